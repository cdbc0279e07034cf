/**
 * A device put back from last month's backup (rules S9, S12): what it sent since then is in the
 * bucket, others have gone on and pruned. It catches up, and nothing comes back or is lost.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import type { PruneResult } from '../../src/api/bucket.ts';
import { backUpLaptop } from '../support/copied-machine.ts';
import { createPair, type Pair } from '../support/pair.ts';
import type { Ran } from '../support/satchel.ts';
import { clockShiftedBy } from '../support/shifted-clock.ts';
import { assertSameTree, noise, save, treeOf } from '../support/trees.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

suite('S9: a device restored from a backup', () => {
  for (const [words, isFolderToo] of [
    ['with its folder', true],
    ['without its folder, which is as it was', false],
  ] as const) {
    test(`${words}, after a month of work and pruning, catches up`, async (context) => {
      const pair = await pairWithPictures(context);
      const restore = backUpLaptop(pair);
      await liveAMonth(pair);
      const expected = treeOf(pair.here);
      restore({ isFolderToo });
      // Something was saved after the backup was put back, and before the first sync.
      save(pair.here, 'after the restore.md', 'saved at once\n', { age: 990 });
      for (const device of ['laptop', 'desktop', 'laptop', 'desktop']) {
        await runAt(100, pair, device, 'sync');
      }
      const { 'after the restore.md': saved, ...others } = treeOf(pair.here);
      assert.ok(saved !== undefined);
      assertSameTree(others, expected);
      assertSameTree(treeOf(pair.there), treeOf(pair.here));
      assert.match((await pair.must('laptop', 'log')).out, /goes on under a new identity/);
      for (const device of ['laptop', 'desktop']) await runAt(100, pair, device, 'verify');
    });
  }
});

async function pairWithPictures(context: TestContext): Promise<Pair> {
  const pair = await createPair(context);
  for (let index = 0; index < 4; index += 1) {
    save(pair.here, `pictures/old ${index}.jpg`, noise(index, 30_000), { age: 100 + index });
  }
  await pair.settle();
  return pair;
}

/** Both save, rename and delete for a month; at the end, what nobody needs is pruned. */
async function liveAMonth(pair: Pair): Promise<void> {
  for (let day = 0; day < 30; day += 10) {
    for (const [index, [device, root]] of [
      ['laptop', pair.here] as const,
      ['desktop', pair.there] as const,
    ].entries()) {
      const age = 200 + day * 10 + index;
      save(root, `Journal/day ${1 + index}.md`, `${device}, ${day}\n`.repeat(3000), { age });
      save(root, `pictures/${device} ${day}.jpg`, noise(age, 30_000), { age });
      if (day > 0) rmSync(join(root, `pictures/${device} ${day - 10}.jpg`));
      await runAt(day, pair, device, 'sync');
    }
  }
  rmSync(join(pair.there, 'pictures/old 0.jpg'));
  rmSync(join(pair.there, 'Journal/day 5.md'));
  for (const device of ['desktop', 'laptop', 'desktop', 'laptop'])
    await runAt(30, pair, device, 'sync');
  assertSameTree(treeOf(pair.there), treeOf(pair.here));
  for (const key of ['history.all', 'history.daily']) {
    await pair.must('desktop', 'settings', 'Notes', key, '1d');
  }
  const blobs = blobsIn(pair);
  let deleted = 0;
  for (const day of [60, 70, 80]) {
    for (const device of ['laptop', 'desktop']) await runAt(day, pair, device, 'sync');
    const ran = await runAt(day, pair, 'desktop', 'prune', '--json');
    deleted += ran.json<PruneResult>().deleted.objects;
  }
  assert.ok(deleted > 3, `${deleted} objects were pruned`);
  assert.ok(blobsIn(pair) < blobs);
}

/** Runs so many days later, to end well. */
async function runAt(
  day: number,
  pair: Pair,
  device: string,
  ...args: readonly string[]
): Promise<Ran> {
  const ran = await pair.run(device, args, clockShiftedBy(day * DAY_MS));
  assert.equal(ran.exitCode, 0, `${device}, day ${day}: ${args}\n${ran.out}${ran.err}`);
  return ran;
}

function blobsIn({ place }: Pair): number {
  const folder = join(place.bucket, 'blobs');
  return existsSync(folder) ? readdirSync(folder, { recursive: true }).length : 0;
}
