/** The examinations of objects, on stores that keep the contract, stretch it, or break it. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { chooseSeed, createManualClock, createSeededRandom } from '../../../test/support/ports.ts';
import type { Random } from '../../base/ports.ts';
import { createMemoryStore } from '../../store/memory.ts';
import { type GetResult, type ObjectStore, StoreError } from '../../store/store.ts';
import type { Bench } from './bench.ts';
import { examineLargeBody, examineOverwrites } from './bodies.ts';
import type { Check } from './check.ts';
import { examineRights } from './rights.ts';
import { Scratch } from './scratch.ts';

const NOW_MS = 1_800_000_000_000;
const seed = chooseSeed();

interface Examined {
  readonly checks: readonly Check[];
  check(id: string): Check;
  /** The keys that are in the bucket after the sweep. */
  readonly left: readonly string[];
}

/** Runs the whole of it on a store made of `bucket`. */
async function examine(change: (bucket: ObjectStore) => Partial<ObjectStore>): Promise<Examined> {
  const bucket = createMemoryStore();
  const store: ObjectStore = { ...bucket, ...change(bucket) };
  const clock = createManualClock(NOW_MS);
  const seeded = createSeededRandom(seed);
  // The large body needs no chance, and would take long to make.
  const random: Random = {
    bytes: (count) => (count > 1000 ? new Uint8Array(count).fill(7) : seeded.bytes(count)),
  };
  const checks: Check[] = [];
  const scratch = new Scratch({ store, clock, random });
  const bench: Bench = { store, scratch, clock, random, report: (check) => checks.push(check) };
  await examineRights(bench, {}, async () => undefined);
  await examineOverwrites(bench);
  await examineLargeBody(bench);
  await scratch.sweep(store);
  return {
    checks,
    check: (id) => checks.find((one) => one.id === id) ?? assert.fail(`no check ${id}`),
    left: (await bucket.list('')).objects.map(({ key }) => key),
  };
}

function refusal(operation: string): () => Promise<never> {
  return async () => {
    throw new StoreError('refused', `may not ${operation}`, 'never');
  };
}

/** A store whose answers lag: what was put is shown only to the n-th read after it. */
function lagging(bucket: ObjectStore, reads: number): Partial<ObjectStore> {
  const former = new Map<string, Uint8Array | undefined>();
  let blind = 0;
  return {
    async put(key, body) {
      const before = await bucket.get(key);
      former.set(key, before.kind === 'found' ? before.body : undefined);
      blind = reads;
      return await bucket.put(key, body);
    },
    async get(key): Promise<GetResult> {
      blind -= 1;
      if (blind < 0 || !former.has(key)) return await bucket.get(key);
      const body = former.get(key);
      return body === undefined ? { kind: 'missing' } : { kind: 'found', body, tag: 'former' };
    },
  };
}

suite(`objects in a bucket (TEST_SEED=${seed})`, () => {
  test('a store that keeps the contract gets nothing but ok, and nothing is left', async () => {
    const { checks, left } = await examine(() => ({}));
    assert.deepEqual(
      checks.map(({ id, outcome }) => `${id} ${outcome}`),
      [
        'put ok',
        'get ok',
        'read-after-write ok',
        'list ok',
        'list-after-write ok',
        'delete ok',
        'gone-after-delete ok',
        'read-after-overwrite ok',
        'tags ok',
        'conditional-get ok',
        'round-trip ok',
      ],
    );
    assert.deepEqual(left, []);
  });

  test('reads that lag are warned of, with how long they took', async () => {
    const { check, checks, left } = await examine((bucket) => lagging(bucket, 2));
    for (const id of ['read-after-write', 'read-after-overwrite']) {
      assert.equal(check(id).outcome, 'warning', id);
      assert.match(check(id).message, /only after 0\.8 s|only after 0\.3 s/);
    }
    assert.ok(checks.every(({ outcome }) => outcome !== 'problem'));
    assert.deepEqual(left, []);
  });

  test('what is never read back is a problem', async () => {
    const { check } = await examine((bucket) => lagging(bucket, 1000));
    assert.equal(check('read-after-write').outcome, 'problem');
    assert.equal(check('read-after-overwrite').outcome, 'problem');
    assert.equal(check('round-trip').outcome, 'problem');
  });

  test('a listing that shows nothing new is a problem, one that is late a warning', async () => {
    const never = await examine(() => ({ list: async () => ({ objects: [], strange: [] }) }));
    assert.equal(never.check('list-after-write').outcome, 'problem');
    let lists = 0;
    const late = await examine((bucket) => ({
      list: async (prefix) => {
        lists += 1;
        return lists > 1 ? await bucket.list(prefix) : { objects: [], strange: [] };
      },
    }));
    assert.equal(late.check('list-after-write').outcome, 'warning');
  });

  test('a deleted object that is still read is a problem', async () => {
    const { check, left } = await examine((bucket) => {
      const copies = createMemoryStore();
      return {
        put: async (key, body) => {
          await copies.put(key, body);
          return await bucket.put(key, body);
        },
        get: (key, options) => copies.get(key, options),
      };
    });
    assert.equal(check('gone-after-delete').outcome, 'problem');
    assert.deepEqual(left, []);
  });

  test('a body that comes back altered is a problem of damage', async () => {
    const { check } = await examine((bucket) => ({
      get: async (key, options) => {
        const found = await bucket.get(key, options);
        if (found.kind !== 'found') return found;
        const body = found.body.slice();
        body[body.length - 1] = (body.at(-1) ?? 0) ^ 1;
        return { ...found, body };
      },
    }));
    assert.deepEqual(
      [check('round-trip').outcome, check('round-trip').kind],
      ['problem', 'damaged'],
    );
    assert.equal(check('read-after-write').kind, 'damaged');
  });

  test('tags made of time and size are a problem: they call different bodies the same', async () => {
    const { check } = await examine((bucket) => ({
      get: async (key, options) => {
        const found = await bucket.get(key, options);
        return found.kind === 'found' ? { ...found, tag: `${found.body.length}-now` } : found;
      },
    }));
    assert.equal(check('tags').outcome, 'problem');
    assert.match(check('tags').message, /miss what another one saved/);
  });

  test('tags that change from read to read, and conditions that are ignored, are warned of', async () => {
    let reads = 0;
    const { check } = await examine((bucket) => ({
      get: async (key) => {
        reads += 1;
        const found = await bucket.get(key);
        return found.kind === 'found' ? { ...found, tag: `tag-${reads}` } : found;
      },
    }));
    assert.equal(check('tags').outcome, 'warning');
    assert.equal(check('conditional-get').outcome, 'warning');
    assert.match(check('conditional-get').message, /If-None-Match/);
  });

  test('tags that come only after a while will do', async () => {
    let sinceWrite = 0;
    const { check } = await examine((bucket) => ({
      put: async (key, body) => {
        sinceWrite = 0;
        return await bucket.put(key, body);
      },
      get: async (key, options) => {
        sinceWrite += 1;
        const found = await bucket.get(key, options);
        return found.kind === 'found' && sinceWrite < 4 ? { ...found, tag: undefined } : found;
      },
    }));
    assert.equal(check('tags').outcome, 'ok');
    assert.equal(check('conditional-get').outcome, 'ok');
  });

  for (const right of ['put', 'get', 'list', 'delete'] as const) {
    test(`no right to ${right} is a problem of that right alone`, async () => {
      const { checks } = await examine(() => ({ [right]: refusal(right) }));
      const rights = checks.filter(({ id }) => ['put', 'get', 'list', 'delete'].includes(id));
      assert.deepEqual(
        rights.map(({ id, outcome, kind }) => [id, outcome, kind]),
        ['put', 'get', 'list', 'delete'].map((id) =>
          id === right ? [id, 'problem', 'refused'] : [id, 'ok', undefined],
        ),
      );
    });
  }

  test('what an examination left that was killed is removed by a later one, others stay', async () => {
    const stampOf = (ageMs: number): string => (NOW_MS - ageMs).toString(36);
    const kept = [
      `doctor/${stampOf(60_000)}-0123456789abcdef-first`,
      'doctor/notes-of-somebody',
      'heads/a',
    ];
    const { left } = await examine((bucket) => ({
      list: async (prefix) => {
        const old = `doctor/${stampOf(2 * 3_600_000)}-0123456789abcdef-large`;
        for (const key of [old, ...kept]) await bucket.put(key, new Uint8Array(1));
        return await bucket.list(prefix);
      },
    }));
    assert.deepEqual([...left].sort(), [...kept].sort());
  });

  test('a lost reply to a write leaves nothing behind', async () => {
    const { check, left } = await examine((bucket) => ({
      put: async (key, body) => {
        await bucket.put(key, body);
        throw new StoreError('unreachable', 'the reply was lost', 'soon');
      },
    }));
    assert.equal(check('put').kind, 'unreachable');
    assert.deepEqual(left, []);
  });
});
