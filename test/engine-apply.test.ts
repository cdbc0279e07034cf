/** S2: what was fetched applies once, however its author has cut it meanwhile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REGISTRY_ID } from '../src/format/ids.ts';
import { appliedUpTo, clockOf } from '../src/replica/clocks.ts';
import { waitingUnits } from '../src/replica/peers.ts';
import { commitsOf } from '../src/replica/versions.ts';
import { applyWaiting, keepUnit, unitOfCommit } from '../src/sync/apply.ts';
import { selfId } from '../src/sync/engine.ts';
import { openTwoDevices, TEST_COLLECTION } from './support/device.ts';

test('S2: a part of a merged segment that waited beside it does not take the clock back', async () => {
  const { a, b } = await openTwoDevices();
  const author = selfId(a.engine);
  for (const words of ['one', 'two', 'three']) {
    a.folder.set(words, words);
    await a.sync();
  }
  const commits = [...commitsOf(a.engine.db, TEST_COLLECTION, author, 1, 3)];
  const [, second, third] = commits;
  assert.ok(second !== undefined && third !== undefined);
  const { engine } = b;
  keepUnit(engine, unitOfCommit(author, TEST_COLLECTION, second), 'second');
  const whole = { author, collection: TEST_COLLECTION, from: 1, to: 3, clock: undefined, commits };
  keepUnit(engine, whole, 'third!');
  assert.equal(applyWaiting(engine, TEST_COLLECTION), 3);
  assert.equal(appliedUpTo(engine.db, TEST_COLLECTION, author), 3);
  assert.deepEqual(clockOf(engine.db, TEST_COLLECTION)[author], [3, 'third!']);
  assert.deepEqual(waitingUnits(engine.db, TEST_COLLECTION), []);
  assert.deepEqual(waitingUnits(engine.db, REGISTRY_ID), []);
});
