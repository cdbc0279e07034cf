import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejection, storeConformance } from '../../test/store-conformance.ts';
import { createManualClock, systemClock } from '../../test/support/ports.ts';
import { createMemoryStore } from './memory.ts';
import type { ObjectStore } from './store.ts';
import { type ThrottleLimits, withThrottle } from './throttle.ts';

const KB = 1_000;

storeConformance('a throttled store', async () =>
  withThrottle(createMemoryStore(), () => ({ transfers: 4, upBytesPerSecond: 1e9 }), {
    clock: systemClock,
  }),
);

test('writes keep to their bytes per second on average, from the second second on', async () => {
  const { store, clock } = throttled({ upBytesPerSecond: 100 * KB });
  for (let n = 0; n < 10; n += 1) await store.put(`blobs/${n}`, new Uint8Array(200 * KB));
  assert.equal(clock.monotonicMs(), 19_000, 'a second of the twenty was saved up');
});

test('reads keep to theirs, and what is not there or unchanged costs nothing', async () => {
  const { store, clock } = throttled({ downBytesPerSecond: 100 * KB });
  const { tag } = await store.put('heads/a', new Uint8Array(500 * KB));
  await store.get('heads/none');
  await store.get('heads/a', { ifNoneMatch: tag });
  assert.equal(clock.monotonicMs(), 0);
  await store.get('heads/a');
  assert.equal(clock.monotonicMs(), 4_000);
  await store.get('heads/a');
  assert.equal(clock.monotonicMs(), 9_000);
});

test('a limit that cannot be told once holds up nobody after that', async () => {
  let asked = 0;
  const limits = (): ThrottleLimits => {
    asked += 1;
    if (asked === 2) throw new Error('the settings cannot be read');
    return { upBytesPerSecond: 100 * KB };
  };
  const clock = createManualClock(0);
  const store = withThrottle(createMemoryStore(), limits, { clock });
  await assert.rejects(store.put('heads/a', new Uint8Array(1)), /settings cannot be read/);
  await store.put('heads/a', new Uint8Array(1));
});

test('the two directions, listings and deletions do not wait for each other', async () => {
  const { store, clock } = throttled({ upBytesPerSecond: 1 });
  await store.put('heads/a', new Uint8Array(1));
  await store.get('heads/a');
  await store.list('');
  await store.delete('heads/a');
  assert.equal(clock.monotonicMs(), 0);
});

test('an idle line saves up one second and no more', async () => {
  const { store, clock } = throttled({ upBytesPerSecond: 100 * KB });
  await store.put('heads/a', new Uint8Array(100 * KB));
  clock.advance(3_600_000);
  await store.put('heads/a', new Uint8Array(100 * KB));
  assert.deepEqual(clock.pausesMs, []);
  await store.put('heads/a', new Uint8Array(100 * KB));
  assert.deepEqual(clock.pausesMs, [1_000]);
});

test('a limit that changes or falls away holds from the next second of waiting on', async () => {
  const limits: { upBytesPerSecond?: number } = { upBytesPerSecond: 1 * KB };
  const { store, clock } = throttled(limits, () => {
    if (clock.monotonicMs() === 2_000) limits.upBytesPerSecond = 100 * KB;
    if (clock.monotonicMs() === 5_000) delete limits.upBytesPerSecond;
  });
  // 1 kB at once, 2 kB in two seconds, 300 kB in three, and the rest without a limit.
  await store.put('blobs/a', new Uint8Array(10_000 * KB));
  assert.equal(clock.monotonicMs(), 5_000);
});

test('no more transfers than allowed are under way; more are let in when the limit rises', async () => {
  const limits = { transfers: 2 };
  const slow = createSlowStore();
  const store = withThrottle(slow.store, () => limits, { clock: createManualClock(0) });
  const reads = ['a', 'b', 'c', 'd', 'e'].map((key) => store.get(key));
  await slow.settled();
  assert.deepEqual(slow.underWay, ['a', 'b']);
  slow.finish('a');
  await slow.settled();
  assert.deepEqual(slow.underWay, ['b', 'c']);
  limits.transfers = 3;
  slow.finish('b');
  await slow.settled();
  assert.deepEqual(slow.underWay, ['c', 'd', 'e']);
  for (const key of ['c', 'd', 'e']) slow.finish(key);
  assert.equal((await Promise.all(reads)).length, 5);
});

test('a transfer that fails gives its place back', async () => {
  const broken = { ...createMemoryStore(), get: () => Promise.reject(new Error('broken')) };
  const store = withThrottle(broken, () => ({ transfers: 1 }), { clock: createManualClock(0) });
  await assert.rejects(store.get('a'), /broken/);
  await store.put('a', new Uint8Array(1));
});

test('closing ends the waiting: what was not sent fails, and says that it is kept', async () => {
  const sent: string[] = [];
  const memory = createMemoryStore();
  const store = withThrottle(
    {
      ...memory,
      put: (key, body) => {
        sent.push(key);
        return memory.put(key, body);
      },
    },
    () => ({ upBytesPerSecond: 1 }),
    { clock: systemClock },
  );
  const write = rejection(store.put('blobs/a', new Uint8Array(1_000)));
  store.close();
  const error = await write;
  assert.equal(error.kind, 'unreachable');
  assert.equal(error.retry, 'never');
  assert.match(error.hint ?? '', /stays on this device/);
  assert.deepEqual(sent, []);
});

function throttled(limits: ThrottleLimits, beforeEachUse: () => void = () => {}) {
  const clock = createManualClock(0);
  const ask = () => {
    beforeEachUse();
    return limits;
  };
  return { store: withThrottle(createMemoryStore(), ask, { clock }), clock };
}

/** A store whose reads go on until the test says so. */
function createSlowStore() {
  const finishers = new Map<string, () => void>();
  const store: ObjectStore = {
    ...createMemoryStore(),
    get: (key) =>
      new Promise((resolve) => {
        finishers.set(key, () => resolve({ kind: 'missing' }));
      }),
  };
  return {
    store,
    get underWay() {
      return [...finishers.keys()];
    },
    finish(key: string) {
      finishers.get(key)?.();
      finishers.delete(key);
    },
    /** Every promise that can go on has gone on. */
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  };
}
