/** What a poll asks the bucket for (rules S2, S15). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headKey } from '../src/format/object-keys.ts';
import { createMemoryStore } from '../src/store/memory.ts';
import type { ObjectStore } from '../src/store/store.ts';
import { openDevice } from './support/device.ts';
import { createManualClock, createSeededRandom } from './support/ports.ts';

test('S15: while one head cannot be read, a newcomer asks for the others conditionally', async () => {
  const store = createMemoryStore();
  const clock = createManualClock(1_800_000_000_000);
  const random = createSeededRandom(1);
  const whole: string[] = [];
  const watched: ObjectStore = {
    ...store,
    async get(key, options) {
      const result = await store.get(key, options);
      if (result.kind === 'found') whole.push(key);
      return result;
    },
  };
  const a = await openDevice({ store, clock, random, name: 'a', isFirst: true });
  await a.sync();
  const torn = headKey('torn'.padEnd(26, 'a'));
  await store.put(torn, Buffer.from('half a head'));
  const late = await openDevice({ store: watched, clock, random, name: 'late' });
  await late.sync();
  whole.length = 0;
  await late.sync({ list: true, everyHead: true });
  assert.deepEqual([...new Set(whole)], [torn]);
});
