/** The folders that are carried. Their times lie in the past, as those of a person's files do. */
import { constants } from 'node:fs';
import {
  copyFile,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createSeeded } from './random.ts';
import { createWriter } from './text.ts';

/** 2026-01-01 in UTC, seconds since the Unix epoch. */
const LONG_AGO = 1_767_225_600;
const MEGABYTE = 1024 * 1024;

interface NotesWanted {
  readonly count: number;
  readonly sizeBytes: number;
  /** Notes in each folder. */
  readonly perFolder: number;
}

/** Folders of Markdown, such as `Folder 003/Note 00312.md`. */
export async function writeNotes(
  root: string,
  { count, sizeBytes, perFolder }: NotesWanted,
  seed: number,
): Promise<void> {
  const writer = createWriter(createSeeded(seed, `notes ${count}`));
  for (let first = 0; first < count; first += perFolder) {
    const folder = join(root, `Folder ${digits(first / perFolder, 4)}`);
    await mkdir(folder, { recursive: true });
    const last = Math.min(count, first + perFolder);
    for (let index = first; index < last; index += 1) {
      const path = join(folder, `Note ${digits(index, 6)}.md`);
      await writeOld(path, writer.note(sizeBytes));
    }
  }
}

/** Files of random bytes that begin as JPEG does: what cameras write does not compress either. */
export async function writePhotos(
  root: string,
  { count, sizeBytes }: { readonly count: number; readonly sizeBytes: number },
  seed: number,
): Promise<void> {
  const seeded = createSeeded(seed, 'photos');
  await mkdir(root, { recursive: true });
  for (let index = 0; index < count; index += 1) {
    const bytes = seeded.bytes(sizeBytes);
    bytes.set([0xff, 0xd8, 0xff, 0xe0]);
    await writeOld(join(root, `IMG_${digits(index, 5)}.jpg`), bytes);
  }
}

/** One file of random bytes. */
export async function writeBigFile(path: string, sizeBytes: number, seed: number): Promise<void> {
  const seeded = createSeeded(seed, 'big file');
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'w');
  for (let done = 0; done < sizeBytes; done += MEGABYTE) {
    await file.write(seeded.bytes(Math.min(MEGABYTE, sizeBytes - done)));
  }
  await file.close();
  await utimes(path, LONG_AGO, LONG_AGO);
}

/**
 * Overwrites a megabyte in the middle, at the time that it is, as a person would: a client that
 * compares times with the bucket's has to see it. Returns what was there, and `restoreMiddle` puts
 * it back.
 */
export async function changeMiddle(path: string, seed: number): Promise<Buffer> {
  const before = Buffer.alloc(MEGABYTE);
  const file = await open(path, 'r+');
  const position = Math.floor((await file.stat()).size / 2);
  await file.read(before, 0, MEGABYTE, position);
  await file.write(createSeeded(seed, 'middle').bytes(MEGABYTE), 0, MEGABYTE, position);
  await file.close();
  return before;
}

export async function restoreMiddle(path: string, before: Buffer): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(before, 0, MEGABYTE, Math.floor((await file.stat()).size / 2));
  await file.close();
  await utimes(path, LONG_AGO, LONG_AGO);
}

/** The same files under another root, as hard links: each client finds them in memory alike. */
export async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linkTree(source, target);
    else await link(source, target).catch(() => copyFile(source, target, constants.COPYFILE_EXCL));
  }
}

/**
 * @throws Error where a file of `from` is missing below `to` or has other bytes there. Files are
 *   looked for by the end of their path, as restic restores below the whole former path.
 */
export async function assertSameTree(from: string, to: string): Promise<void> {
  const expected = await filesBelow(from);
  const found = new Map((await filesBelow(to)).map((path) => [path, path]));
  for (const path of expected) {
    const [wanted, here] = [join(from, path), join(to, found.get(path) ?? path)];
    const [a, b] = [await stat(wanted), await stat(here).catch(() => undefined)];
    if (b === undefined) throw new Error(`${here} did not arrive`);
    const isLarge = a.size > 16 * MEGABYTE;
    const isSame =
      a.size === b.size && (isLarge || (await readFile(wanted)).equals(await readFile(here)));
    if (!isSame) throw new Error(`${here} arrived with other bytes`);
  }
}

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !path.startsWith('.satchel'));
}

async function writeOld(path: string, content: string | Buffer): Promise<void> {
  await writeFile(path, content);
  await utimes(path, LONG_AGO, LONG_AGO);
}

const digits = (value: number, width: number): string => String(value).padStart(width, '0');
