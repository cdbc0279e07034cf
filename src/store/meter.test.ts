import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storeConformance } from '../../test/store-conformance.ts';
import { createManualClock, systemRandom } from '../../test/support/ports.ts';
import { utf8 } from '../base/bytes.ts';
import { createMemoryStore } from './memory.ts';
import { withMeter } from './meter.ts';
import { withRetry } from './retry.ts';
import { type ObjectStore, StoreError } from './store.ts';

storeConformance('a metered store', async () => withMeter(createMemoryStore()));

test('requests are counted by class and bodies by byte', async () => {
  const store = withMeter(createMemoryStore());
  await store.put('heads/a', utf8('12345'));
  const { tag } = await store.put('heads/b', utf8('123'));
  await store.get('heads/a');
  await store.get('heads/b', { ifNoneMatch: tag });
  await store.get('heads/c');
  await store.list('');
  await store.delete('heads/a');
  assert.deepEqual(store.snapshot(), {
    get: 3,
    put: 2,
    list: 1,
    delete: 1,
    bytesUp: 8,
    bytesDown: 5 + 'heads/a'.length + 'heads/b'.length,
  });
});

test('since tells what came after a snapshot, and a snapshot does not change', async () => {
  const store = withMeter(createMemoryStore());
  await store.put('a', utf8('12345'));
  const before = store.snapshot();
  await store.get('a');
  assert.equal(before.get, 0);
  assert.deepEqual(store.since(before), {
    get: 1,
    put: 0,
    list: 0,
    delete: 0,
    bytesUp: 0,
    bytesDown: 5,
  });
});

test('each page of a listing is a request, and strange names are bytes as well', async () => {
  const paged: ObjectStore = {
    ...createMemoryStore(),
    list: async () => ({ objects: [{ key: 'abc', sizeBytes: 9 }], strange: ['ä'], pages: 4 }),
  };
  const store = withMeter(paged);
  await store.list('');
  assert.equal(store.snapshot().list, 4);
  assert.equal(store.snapshot().bytesDown, 3 + 2);
});

test('inside the retry wrapper every attempt counts, the failed ones too', async () => {
  let failures = 2;
  const memory = createMemoryStore();
  const flaky: ObjectStore = {
    ...memory,
    async put(key, body) {
      failures -= 1;
      if (failures >= 0) throw new StoreError('unreachable', 'a bad moment', 'soon');
      return memory.put(key, body);
    },
  };
  const meter = withMeter(flaky);
  const store = withRetry(meter, { clock: createManualClock(0), random: systemRandom });
  await store.put('a', utf8('1234'));
  assert.equal(meter.snapshot().put, 3);
  assert.equal(meter.snapshot().bytesUp, 12);
});
