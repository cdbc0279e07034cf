/**
 * What a bucket of any kind is like through the store that Satchel opens on it: what the doctor
 * finds, and what a reader meets while a body is replaced.
 */

import type { Bench } from '../../src/app/doctor/bench.ts';
import { examineOverwrites } from '../../src/app/doctor/bodies.ts';
import type { Check } from '../../src/app/doctor/check.ts';
import { examineRights } from '../../src/app/doctor/rights.ts';
import { Scratch } from '../../src/app/doctor/scratch.ts';
import { equalBytes, utf8 } from '../../src/base/bytes.ts';
import { MAX_BODY_BYTES, type ObjectStore } from '../../src/store/store.ts';
import { BY_CHANCE, type Question } from './capabilities.ts';
import { systemClock, systemRandom } from './ports.ts';

export interface StoreBench {
  readonly store: ObjectStore;
  /** What the doctor said, by the id of the check. */
  readonly outcomes: ReadonlyMap<string, Check['outcome']>;
}

const SHARED_KEY = 'heads/shared';
const REPLACED_BYTES = 128 * 1024;
const REPLACEMENTS = 40;
/** After this long a tag that hangs on the time of a write has settled. */
const SETTLED_MS = 2_500;

/** Examines a bucket as the doctor does. What that writes is removed again. */
export async function openStoreBench(store: ObjectStore): Promise<StoreBench> {
  const outcomes = new Map<string, Check['outcome']>();
  const ports = { store, clock: systemClock, random: systemRandom };
  const scratch = new Scratch(ports);
  const report = ({ id, outcome }: Check): void => {
    outcomes.set(id, outcome);
  };
  const bench: Bench = { ...ports, scratch, report };
  await examineRights(bench, {}, async () => {});
  await examineOverwrites(bench);
  await scratch.sweep(store);
  return { store, outcomes };
}

export const STORE_QUESTIONS: readonly Question<StoreBench>[] = [
  { title: 'What was written is read', ask: when('read-after-write') },
  { title: 'What was written is listed', ask: when('list-after-write') },
  { title: 'What was overwritten is read anew', ask: when('read-after-overwrite') },
  { title: 'What was deleted is gone', ask: when('gone-after-delete') },
  { title: 'A tag for each body', ask: whenTagIsTold },
  {
    title: 'Reading what is known already',
    ask: async ({ outcomes }) =>
      outcomes.get('conditional-get') === 'ok' ? 'moves no body' : 'moves the body again',
  },
  { title: 'A body of 64 MiB, the largest there is', ask: whetherLargestIsTaken },
  { title: 'Torn reads while a body is replaced', ask: whetherReadsTear },
  { title: `Gaps while a body is replaced${BY_CHANCE}`, ask: whetherReadsMiss },
];

const TIMES: Readonly<Record<Check['outcome'], string>> = {
  ok: 'at once',
  warning: 'late',
  problem: 'never',
  unknown: 'not tried',
};

function when(id: string): (bench: StoreBench) => Promise<string> {
  return async ({ outcomes }) => TIMES[outcomes.get(id) ?? 'unknown'];
}

async function whenTagIsTold({ store }: StoreBench): Promise<string> {
  const { tag } = await store.put('heads/tag', utf8('a body'));
  if (tag !== undefined) return 'with the write';
  await systemClock.sleep(SETTLED_MS);
  const read = await store.get('heads/tag');
  return read.kind === 'found' && read.tag !== undefined ? 'some seconds later' : 'never';
}

async function whetherLargestIsTaken({ store }: StoreBench): Promise<string> {
  const body = systemRandom.bytes(MAX_BODY_BYTES);
  await store.put('blobs/largest', body);
  const read = await store.get('blobs/largest');
  return read.kind === 'found' && equalBytes(read.body, body) ? 'comes back whole' : 'does not';
}

async function whetherReadsTear({ store }: StoreBench): Promise<string> {
  return (await readWhileReplaced(store)).torn === 0 ? 'none' : 'seen';
}

async function whetherReadsMiss({ store }: StoreBench): Promise<string> {
  return (await readWhileReplaced(store)).missing === 0 ? 'none seen' : 'seen';
}

/** One device writes, as for each object of Satchel's that changes, and two read. */
async function readWhileReplaced(store: ObjectStore): Promise<{ torn: number; missing: number }> {
  const seen = { torn: 0, missing: 0 };
  await store.put(SHARED_KEY, new Uint8Array(REPLACED_BYTES));
  let isWriting = true;
  const write = async (): Promise<void> => {
    for (let round = 1; round <= REPLACEMENTS; round += 1) {
      await store.put(SHARED_KEY, new Uint8Array(REPLACED_BYTES + round).fill(round));
    }
  };
  const read = async (): Promise<void> => {
    while (isWriting) {
      const result = await store.get(SHARED_KEY);
      if (result.kind !== 'found') {
        seen.missing += 1;
        continue;
      }
      const { body } = result;
      const round = body[0] ?? 0;
      const isWhole = body.every((byte) => byte === round);
      if (!isWhole || body.length !== REPLACED_BYTES + round) seen.torn += 1;
    }
  };
  const readers = [read(), read()];
  await write().finally(() => {
    isWriting = false;
  });
  await Promise.all(readers);
  return seen;
}
