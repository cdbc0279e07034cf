/** Two devices that carry one folder, made ready for what a test does to them. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { SyncResult } from '../../src/api/status.ts';
import {
  createPlace,
  type Environment,
  type Place,
  type PlaceOptions,
  type Ran,
} from './satchel.ts';
import { assertSameTree, save, treeOf } from './trees.ts';

export interface Pair {
  readonly place: Place;
  /** The folder on the device `laptop`. */
  readonly here: string;
  /** The folder on the device `desktop`. */
  readonly there: string;
  run(device: string, args: readonly string[], env?: Environment): Promise<Ran>;
  /** Runs what has to end well. */
  must(device: string, ...args: string[]): Promise<Ran>;
  /** A round that has to end with this exit code. */
  sync(device: string, exitCode?: number): Promise<SyncResult>;
  /** Rounds on both that have to end well, and leave equal folders. */
  settle(): Promise<void>;
}

export interface PairOptions extends PlaceOptions {
  /** False by default: passphrases take time. */
  readonly encrypted?: boolean;
  /** Fills the folder of the laptop. */
  readonly fill?: (root: string) => void;
  /** The folder of the desktop, if not in the place. */
  readonly there?: string;
  /** The bucket, if not in the place. */
  readonly bucket?: string;
}

export async function createPair(context: TestContext, options: PairOptions = {}): Promise<Pair> {
  const place = createPlace(options);
  context.after(() => place.remove());
  const here = join(place.root, 'laptop-files/Notes');
  const there = options.there ?? join(place.root, 'desktop-files/Notes');
  mkdirSync(here, { recursive: true });
  (options.fill ?? saveNotes)(here);
  place.give(place.root);
  const pair = pairIn(place, here, there);
  const encryption = options.encrypted === true ? [] : ['--no-encryption'];
  const bucket = options.bucket ?? place.bucket;
  await pair.must('laptop', 'init', bucket, '--device', 'laptop', ...encryption);
  await pair.must('laptop', 'add', 'vault', here);
  await pair.sync('laptop');
  await pair.must('desktop', 'join', bucket, '--device', 'desktop');
  await pair.must('desktop', 'attach', 'Notes', there);
  return pair;
}

function pairIn(place: Place, here: string, there: string): Pair {
  const pair: Pair = {
    place,
    here,
    there,
    run: (device, args, env) => place.run(device, args, env),
    async must(device, ...args) {
      const ran = await place.run(device, args);
      assert.equal(ran.exitCode, 0, `${device}: satchel ${args.join(' ')}\n${ran.out}${ran.err}`);
      return ran;
    },
    async sync(device, exitCode = 0) {
      const ran = await place.run(device, ['sync', '--json']);
      assert.equal(ran.exitCode, exitCode, `sync on ${device}: ${ran.out}${ran.err}`);
      return ran.json<SyncResult>();
    },
    async settle() {
      for (const device of ['laptop', 'desktop', 'laptop', 'desktop']) await pair.sync(device);
      assertSameTree(treeOf(there), treeOf(here));
    },
  };
  return pair;
}

/** A handful of short notes. */
export function saveNotes(root: string): void {
  for (let day = 1; day <= 5; day += 1) {
    save(root, `Journal/day ${day}.md`, `# Day ${day}\n`, { age: day });
  }
}

/** What every failure owes a person: what happened, what to do next, and no stack trace. */
export function assertTells(ran: Ran, exitCode: number, message: RegExp): void {
  assert.equal(ran.exitCode, exitCode, `${ran.out}${ran.err}`);
  assert.match(ran.err, message);
  assert.doesNotMatch(ran.err, /\n\s+at /);
  assert.match(ran.err, /hint: |warning: /);
}
