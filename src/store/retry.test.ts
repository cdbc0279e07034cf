import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejection, storeConformance } from '../../test/store-conformance.ts';
import { createManualClock, systemClock, systemRandom } from '../../test/support/ports.ts';
import type { Random } from '../base/ports.ts';
import { createMemoryStore } from './memory.ts';
import { withRetry } from './retry.ts';
import { type ObjectStore, type RetryAdvice, StoreError } from './store.ts';

const LONGEST: Random = { bytes: (count) => new Uint8Array(count).fill(255) };
const SHORTEST: Random = { bytes: (count) => new Uint8Array(count) };

storeConformance('a retrying store', async () =>
  withRetry(createMemoryStore(), { clock: systemClock, random: systemRandom }),
);

test('"soon" is tried 5 times, with pauses that double from 200 ms', async () => {
  const { tries, pausesMs } = await exhaust(['soon'], LONGEST);
  assert.equal(tries, 5);
  assert.deepEqual(pausesMs, [200, 400, 800, 1_600]);
});

test('"slower" is tried 7 times, with pauses from 1 s that stop growing at 20 s', async () => {
  const { tries, pausesMs } = await exhaust(['slower'], LONGEST);
  assert.equal(tries, 7);
  assert.deepEqual(pausesMs, [1_000, 2_000, 4_000, 8_000, 16_000, 20_000]);
});

test('"never" is not tried again', async () => {
  assert.deepEqual(await exhaust(['never'], LONGEST), { tries: 1, pausesMs: [] });
});

test('chance takes away at most half of a pause', async () => {
  const { pausesMs } = await exhaust(['soon'], SHORTEST);
  assert.deepEqual(pausesMs, [100, 200, 400, 800]);
});

test('advice that changes from try to try does not add up to more tries', async () => {
  const { tries } = await exhaust(['soon', 'slower'], LONGEST);
  assert.ok(tries <= 7, `${tries} tries`);
  assert.equal((await exhaust(['soon', 'never'], LONGEST)).tries, 2);
});

test('the answer of the first try that succeeds is the answer', async () => {
  const clock = createManualClock(0);
  const store = withRetry(failing(['slower', 'soon']).store, { clock, random: LONGEST });
  assert.deepEqual(await store.get('a'), { kind: 'missing' });
  assert.equal(clock.pausesMs.length, 2);
});

test('each request that is sent again is told, and no other', async () => {
  let retries = 0;
  const onRetry = (): void => {
    retries += 1;
  };
  const ports = { clock: createManualClock(0), random: LONGEST, onRetry };
  await withRetry(failing(['slower', 'soon']).store, ports).get('a');
  assert.equal(retries, 2);
  await assert.rejects(withRetry(failing(['never']).store, ports).get('a'));
  assert.equal(retries, 2);
});

test('list, put and delete are tried again like get', async () => {
  for (const request of [
    (store: ObjectStore) => store.list(''),
    (store: ObjectStore) => store.put('a', new Uint8Array(1)),
    (store: ObjectStore) => store.delete('a'),
  ]) {
    const clock = createManualClock(0);
    await request(withRetry(failing(['soon']).store, { clock, random: LONGEST }));
    assert.deepEqual(clock.pausesMs, [200]);
  }
});

test('what is no StoreError is a defect and thrown at once', async () => {
  const clock = createManualClock(0);
  const broken: ObjectStore = {
    ...createMemoryStore(),
    get: async () => {
      throw new TypeError('a defect');
    },
  };
  await assert.rejects(withRetry(broken, { clock, random: LONGEST }).get('a'), TypeError);
  assert.deepEqual(clock.pausesMs, []);
});

test('close ends a pause, and the request fails with the error that it had', async () => {
  const { store: flaky, sent } = failing(Array<RetryAdvice>(9).fill('slower'));
  // The real clock: without the interruption this test would take a minute.
  const store = withRetry(flaky, { clock: systemClock, random: LONGEST });
  const request = rejection(store.get('a'));
  store.close();
  assert.equal((await request).message, 'try 1');
  assert.equal(sent(), 1);
});

/** A store whose first requests fail with the given advice, one after the other. */
function failing(advice: readonly RetryAdvice[]): { store: ObjectStore; sent: () => number } {
  const memory = createMemoryStore();
  let count = 0;
  const fail = () => {
    const retry = advice[count];
    count += 1;
    if (retry !== undefined) throw new StoreError('unreachable', `try ${count}`, retry);
  };
  return {
    sent: () => count,
    store: {
      ...memory,
      async get(key, options) {
        fail();
        return memory.get(key, options);
      },
      async put(key, body) {
        fail();
        return memory.put(key, body);
      },
      async list(prefix) {
        fail();
        return memory.list(prefix);
      },
      async delete(key) {
        fail();
        return memory.delete(key);
      },
    },
  };
}

/** Lets requests fail with the given advice in turn, for ever; the last error is thrown. */
async function exhaust(advice: readonly RetryAdvice[], random: Random) {
  const clock = createManualClock(0);
  const cycle = Array.from({ length: 50 }, (_, index) => advice[index % advice.length] ?? 'never');
  const { store, sent } = failing(cycle);
  const error = await rejection(withRetry(store, { clock, random }).get('a'));
  assert.equal(error.message, `try ${sent()}`);
  return { tries: sent(), pausesMs: clock.pausesMs };
}
