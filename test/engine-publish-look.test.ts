/** S9: a round that only publishes looks at the own head where nobody has looked lately. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { outboxCount } from '../src/replica/outbox.ts';
import { conflictsOf } from '../src/replica/records.ts';
import { withMeter } from '../src/store/meter.ts';
import { StoreError } from '../src/store/store.ts';
import { selfId } from '../src/sync/engine.ts';
import type { RoundOptions } from '../src/sync/round.ts';
import { TEST_COLLECTION, type TestDevice } from './support/device.ts';
import { createPruneWorld, HOUR_MS, syncAll } from './support/prune-world.ts';

const PUBLISH: RoundOptions = { list: false, publishOnly: true };
const MINUTE_MS = 60 * 1000;

/** Two devices; `again` is `a` put back to before its last saves, one of which nobody else has read. */
async function putBack() {
  const world = createPruneWorld();
  const a = await world.open('a', { isFirst: true });
  const b = await world.open('b');
  a.folder.set('note', 'first').set('mine', 'first');
  await syncAll(a, b);
  const restore = world.backUp(a);
  a.folder.set('note', 'second');
  await syncAll(a, b);
  a.folder.set('only in the bucket', 'of the last minute');
  await a.sync();
  a.close();
  return { ...world, b, again: await restore() };
}

function conflicts({ engine }: TestDevice): number {
  return conflictsOf(engine.db, TEST_COLLECTION).length;
}

suite('S9: a round that only publishes', () => {
  test('as the first of a device that was put back, writes over nothing', async () => {
    const { b, again } = await putBack();
    const former = selfId(again.engine);
    again.folder.set('mine', 'edited');
    await again.sync(PUBLISH);
    assert.notEqual(selfId(again.engine), former);
    assert.equal(outboxCount(again.engine.db, TEST_COLLECTION), 1, 'nothing goes out yet');
    await syncAll(again, b, again, b);
    for (const device of [again, b]) {
      assert.deepEqual(Object.fromEntries(device.folder), {
        note: 'second',
        mine: 'edited',
        'only in the bucket': 'of the last minute',
      });
      assert.equal(conflicts(device), 0);
    }
  });

  test('looks with one GET, where the last look is over a minute ago or the clock went back', async () => {
    const world = createPruneWorld();
    const store = withMeter(world.store);
    const a = await world.open('a', { isFirst: true, store });
    await a.sync();
    let saves = 0;
    const save = async (options: RoundOptions): Promise<readonly number[]> => {
      const before = store.snapshot();
      saves += 1;
      a.folder.set('note', `save ${saves}`);
      await a.sync(options);
      const { get, list, put } = store.since(before);
      return [get, list, put];
    };
    assert.deepEqual(await save(PUBLISH), [0, 0, 1]);
    world.clock.advance(MINUTE_MS - 1);
    assert.deepEqual(await save(PUBLISH), [0, 0, 1]);
    assert.deepEqual(await save({ ...PUBLISH, lookFirst: true }), [1, 0, 1]);
    world.clock.advance(MINUTE_MS);
    assert.deepEqual(await save(PUBLISH), [1, 0, 1]);
    assert.deepEqual(await save(PUBLISH), [0, 0, 1]);
    world.clock.advance(-1);
    assert.deepEqual(await save(PUBLISH), [1, 0, 1]);
  });

  test('publishes nothing where it cannot look', async () => {
    const world = createPruneWorld();
    let isAway = false;
    const a = await world.open('a', {
      isFirst: true,
      store: {
        ...world.store,
        async get(key, options) {
          if (isAway) throw new StoreError('unreachable', 'The bucket does not answer.', 'soon');
          return await world.store.get(key, options);
        },
      },
    });
    await a.sync();
    world.clock.advance(HOUR_MS);
    isAway = true;
    a.folder.set('note', 'saved meanwhile');
    await assert.rejects(a.sync(PUBLISH), { kind: 'unreachable' });
    assert.equal(outboxCount(a.engine.db, TEST_COLLECTION), 1);
    isAway = false;
    await a.sync(PUBLISH);
    assert.equal(outboxCount(a.engine.db, TEST_COLLECTION), 0);
  });

  test('asks for no look where nothing waits to be published', async () => {
    const world = createPruneWorld();
    const store = withMeter(world.store);
    const a = await world.open('a', { isFirst: true, store });
    await a.sync();
    world.clock.advance(HOUR_MS);
    const before = store.snapshot();
    await a.sync(PUBLISH);
    assert.equal(store.since(before).get, 0);
  });
});
