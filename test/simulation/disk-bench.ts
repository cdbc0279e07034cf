/** What the suites of a disk work on. */
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { utf8, utf8Text } from '../../src/base/bytes.ts';
import type { Disk } from '../../src/kinds/files/disk.ts';
import type { Person } from './disk-person.ts';

export interface DiskBench {
  readonly disk: Disk;
  /** An empty folder that is there. */
  readonly root: string;
  /** Whoever works on the same disk. */
  readonly person: Omit<Person, 'stat' | 'sync'>;
}

export type OpenDisk = (context: TestContext) => DiskBench;

type Check = (bench: DiskBench, at: (place: string) => string) => Promise<void>;
export type Promises = (title: string, check: Check) => void;

export function promisesOf(open: OpenDisk): Promises {
  return (title, check) =>
    test(title, async (context) => {
      const bench = open(context);
      await check(bench, (place) => join(bench.root, place));
    });
}

/** Why the suites are not for this system; false where they are. */
export function onWindows(): string | false {
  return process.platform === 'win32' ? 'links and errors are others on Windows' : false;
}

export async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield utf8(text);
}

export async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

export async function textAt(disk: Disk, path: string): Promise<string | undefined> {
  return utf8Text(await disk.readFile(path));
}

export async function mtimeMsOf(disk: Disk, path: string): Promise<number> {
  return Number(((await disk.stat(path))?.mtimeNs ?? 0n) / 1_000_000n);
}
