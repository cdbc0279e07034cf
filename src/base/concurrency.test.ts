import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { forEachConcurrently } from './concurrency.ts';

/** Runs items that weigh what they are, and tells the most that was under way at once. */
async function run(items: readonly number[], bounds: { items: number; weight: number }) {
  const running: number[] = [];
  const done: number[] = [];
  const most = { items: 0, weight: 0 };
  await forEachConcurrently(items, { ...bounds, weightOf: (item) => item }, async (item) => {
    running.push(item);
    most.items = Math.max(most.items, running.length);
    most.weight = Math.max(
      most.weight,
      running.reduce((sum, one) => sum + one, 0),
    );
    await nextTurn();
    running.splice(running.indexOf(item), 1);
    done.push(item);
  });
  return { most, done };
}

test('neither more items nor more weight than allowed are under way', async () => {
  const light = await run([1, 1, 1, 1, 1, 1], { items: 3, weight: 100 });
  assert.deepEqual(light.most, { items: 3, weight: 3 });
  const heavy = await run([4, 4, 4, 4], { items: 3, weight: 10 });
  assert.deepEqual(heavy.most, { items: 2, weight: 8 });
});

test('what is heavier than allowed goes alone, and nothing is left out', async () => {
  const { most, done } = await run([1, 50, 1, 50, 1], { items: 8, weight: 10 });
  assert.equal(most.weight, 50);
  assert.deepEqual(done.toSorted(), [1, 1, 1, 50, 50]);
});

test('the first failure stops new work and is thrown when the rest has ended', async () => {
  const started: number[] = [];
  let ended = 0;
  const work = forEachConcurrently([1, 2, 3, 4], 2, async (item) => {
    started.push(item);
    await nextTurn();
    if (item === 1) throw new Error('one failed');
    await nextTurn();
    ended += 1;
  });
  await assert.rejects(work, /one failed/);
  assert.ok(started.length < 4);
  assert.equal(ended, started.length - 1);
});
