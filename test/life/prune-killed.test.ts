/**
 * Rule S12 with a pruner that is killed, as by `kill -9`, at ever later moments of each step:
 * nothing that is needed goes, and what is not needed goes in the end.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { PruneResult } from '../../src/api/bucket.ts';
import { killedAt, wasKilled } from '../support/killed-life.ts';
import { createPair, type Pair } from '../support/pair.ts';
import type { Environment, Ran } from '../support/satchel.ts';
import { clockShiftedBy } from '../support/shifted-clock.ts';
import { assertSameTree, noise, save, treeOf } from '../support/trees.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const PICTURES = 4;

test('S12: a prune that is killed goes on when it is run again, and deletes only what may go', async (context) => {
  const pair = await pairWithHistory(context);
  const before = blobsIn(pair);
  assert.equal(before.length, 2 * PICTURES);
  const announcing = await pruneUntilDone(pair, 30);
  assert.deepEqual(blobsIn(pair), before, 'a week passes between the announcement and the end');
  // A content that is condemned by now is saved once more, on another device.
  save(pair.there, 'again.jpg', noise(0, 30_000), { age: 700 });
  for (const device of ['desktop', 'laptop']) await runAt(31, pair, device, ['sync']);
  const deleting = await pruneUntilDone(pair, 40);
  for (const day of [50, 60]) await runAt(day, pair, 'laptop', ['prune']);
  assert.ok(announcing > 3 && deleting > 3, `killed ${announcing} and ${deleting} times`);

  for (const device of ['laptop', 'desktop']) {
    await runAt(60, pair, device, ['sync']);
    await runAt(60, pair, device, ['verify']);
  }
  assertSameTree(treeOf(pair.there), treeOf(pair.here));
  assert.equal(blobsIn(pair).length, PICTURES + 1, 'the former pictures are gone');
  await runAt(60, pair, 'tablet', ['join', pair.place.bucket, '--device', 'tablet']);
  const tablet = join(pair.place.root, 'tablet-files');
  await runAt(60, pair, 'tablet', ['attach', 'Notes', tablet]);
  await runAt(60, pair, 'tablet', ['sync']);
  assertSameTree(treeOf(tablet), treeOf(pair.here));
});

/** Pictures, each of which was replaced by another a while ago, and a history of a day. */
async function pairWithHistory(context: TestContext): Promise<Pair> {
  const pair = await createPair(context);
  for (const generation of [0, 1]) {
    for (let index = 0; index < PICTURES; index += 1) {
      const picture = noise(generation * PICTURES + index, 30_000);
      save(pair.here, `pictures/${index}.jpg`, picture, { age: 100 * (generation + 1) + index });
    }
    await pair.settle();
  }
  for (const key of ['history.all', 'history.daily']) {
    await pair.must('laptop', 'settings', 'Notes', key, '1d');
  }
  for (const device of ['laptop', 'desktop', 'laptop']) await runAt(20, pair, device, ['sync']);
  return pair;
}

/** Prunes, killed at ever later moments, until it lives to its end. Returns how often it was. */
async function pruneUntilDone(pair: Pair, day: number): Promise<number> {
  for (let kills = 0; ; kills += 1) {
    const moment = 2 + kills * 7;
    const ran = await pair.run('laptop', ['prune', '--json'], both(day, killedAt(moment)));
    if (wasKilled(ran)) continue;
    assert.equal(ran.exitCode, 0, ran.err);
    ran.json<PruneResult>();
    return kills;
  }
}

/** Runs so many days later, to end well. */
async function runAt(
  day: number,
  pair: Pair,
  device: string,
  args: readonly string[],
): Promise<Ran> {
  const ran = await pair.run(device, args, clockShiftedBy(day * DAY_MS));
  assert.equal(ran.exitCode, 0, `${device}, day ${day}: ${args}\n${ran.out}${ran.err}`);
  return ran;
}

function both(day: number, killing: Environment): Environment {
  const options = [clockShiftedBy(day * DAY_MS).NODE_OPTIONS, killing.NODE_OPTIONS];
  return { ...killing, NODE_OPTIONS: options.join(' ') };
}

/** The names of all blobs in the bucket. */
function blobsIn({ place }: Pair): readonly string[] {
  const folder = join(place.bucket, 'blobs');
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}
