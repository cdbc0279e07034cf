/**
 * The suite that every store passes: the promises of `src/store/store.ts`, one by one.
 * `open` gives a store whose bucket is empty and stays so for others while the test runs.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { utf8 } from '../src/base/bytes.ts';
import { type GetResult, type ObjectStore, StoreError } from '../src/store/store.ts';

export type OpenStore = (context: TestContext) => Promise<ObjectStore>;

/** What the contract leaves to a store. */
export interface StoreHabits {
  /** Tags come only when a body has rested for a while, so `put` tells none. */
  readonly tagsLate?: boolean;
  /** There is nothing under a key for a moment while it is replaced. */
  readonly gapsInReplacing?: boolean;
  /** How many objects are more than fit on a page of a listing. More than S3's 1,000 by default. */
  readonly manyObjects?: number;
}

const MANY_OBJECTS = 1_100;

export function storeConformance(name: string, open: OpenStore, habits: StoreHabits = {}): void {
  suite(`${name} keeps the store contract`, () => {
    const promise = (title: string, check: (store: ObjectStore) => Promise<void>) =>
      test(title, async (context) => check(await open(context)));
    bodies(promise);
    tags(promise);
    if (!habits.tagsLate) tagsAtOnce(promise);
    listings(promise, habits.manyObjects ?? MANY_OBJECTS);
    deletions(promise);
    limits(promise);
    concurrency(promise, habits.gapsInReplacing ?? false);
  });
}

type Promises = (title: string, check: (store: ObjectStore) => Promise<void>) => void;

function bodies(promise: Promises): void {
  promise('a key that was never written is missing, in an empty bucket too', async (store) => {
    assert.deepEqual(await store.get('satchel.json'), { kind: 'missing' });
    assert.deepEqual(await store.get('deep/down/nothing'), { kind: 'missing' });
  });

  promise('what was put is got back, byte for byte', async (store) => {
    const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index);
    await store.put('heads/device-1', everyByte);
    assert.deepEqual(found(await store.get('heads/device-1')).body, everyByte);
  });

  promise('an empty body is a body', async (store) => {
    await store.put('empty', new Uint8Array(0));
    assert.deepEqual(found(await store.get('empty')).body, new Uint8Array(0));
  });

  promise('a body of 5 MiB passes whole', async (store) => {
    const body = new Uint8Array(randomBytes(5 * 1024 * 1024));
    await store.put('blobs/ab/large', body);
    const back = found(await store.get('blobs/ab/large')).body;
    assert.equal(Buffer.compare(back, body), 0);
  });

  promise('a view into a larger buffer is stored as that view', async (store) => {
    await store.put('view', utf8('before-inside-after').subarray(7, 13));
    assert.deepEqual(found(await store.get('view')).body, utf8('inside'));
  });

  promise('changing a body after put or get changes nothing stored', async (store) => {
    const body = utf8('as written');
    await store.put('own', body);
    body.fill(0);
    found(await store.get('own')).body.fill(0);
    assert.deepEqual(found(await store.get('own')).body, utf8('as written'));
  });

  promise('a second put replaces the first', async (store) => {
    await store.put('heads/a', utf8('a long first body'));
    await store.put('heads/a', utf8('second'));
    assert.deepEqual(found(await store.get('heads/a')).body, utf8('second'));
  });

  promise('every character and length that a key may have works', async (store) => {
    const keys = ['x', '0-9._-z', '_', '-', 'a/b/c/d/e', `${'k'.repeat(99)}/${'l'.repeat(100)}`];
    for (const key of keys) await store.put(key, utf8(key));
    for (const key of keys) assert.deepEqual(found(await store.get(key)).body, utf8(key));
  });
}

function tags(promise: Promises): void {
  promise(
    'a get with the present tag answers unchanged, with a former one the body',
    async (store) => {
      await store.put('heads/a', utf8('one'));
      const tag = await tagOf(store, 'heads/a');
      assert.deepEqual(await store.get('heads/a', { ifNoneMatch: tag }), { kind: 'unchanged' });

      await store.put('heads/a', utf8('two'));
      const second = found(await store.get('heads/a', { ifNoneMatch: tag }));
      assert.deepEqual(second.body, utf8('two'));
      assert.notEqual(second.tag, tag);
    },
  );

  promise('a tag names one body, however fast bodies of one length follow', async (store) => {
    const bodies = new Map<string, number>();
    for (let round = 0; round < 60; round += 1) {
      await store.put('heads/a', Uint8Array.of(round));
      const { body, tag } = found(await store.get('heads/a'));
      assert.deepEqual(body, Uint8Array.of(round));
      if (tag !== undefined) assert.equal(bodies.get(tag), undefined, `${tag} names two bodies`);
      if (tag !== undefined) bodies.set(tag, round);
    }
  });

  promise('a tag does not bring back a deleted object', async (store) => {
    await store.put('heads/a', utf8('gone'));
    const tag = await tagOf(store, 'heads/a');
    await store.delete('heads/a');
    assert.deepEqual(await store.get('heads/a', { ifNoneMatch: tag }), { kind: 'missing' });
  });
}

function tagsAtOnce(promise: Promises): void {
  promise('put tells the tag that get gives, and the same body keeps it', async (store) => {
    const { tag } = await store.put('heads/a', utf8('same'));
    assert.notEqual(tag, undefined);
    assert.equal(found(await store.get('heads/a')).tag, tag);
    assert.deepEqual(await store.put('heads/a', utf8('same')), { tag });
  });
}

function listings(promise: Promises, manyObjects: number): void {
  promise('an empty bucket lists nothing, and so does a prefix without objects', async (store) => {
    assert.deepEqual(await listed(store, ''), []);
    await store.put('heads/a', utf8('1'));
    assert.deepEqual(await listed(store, 'segments/'), []);
  });

  promise('a listing tells every key below the prefix, with its size', async (store) => {
    await store.put('satchel.json', utf8('{}'));
    await store.put('segments/a/1', utf8('12345'));
    await store.put('segments/a/2', utf8(''));
    await store.put('segments/b/1', utf8('1'));
    assert.deepEqual(await listed(store, ''), [
      'satchel.json 2',
      'segments/a/1 5',
      'segments/a/2 0',
      'segments/b/1 1',
    ]);
    assert.deepEqual(await listed(store, 'segments/'), [
      'segments/a/1 5',
      'segments/a/2 0',
      'segments/b/1 1',
    ]);
    assert.deepEqual(await listed(store, 'segments/a/'), ['segments/a/1 5', 'segments/a/2 0']);
  });

  promise('a prefix ends at the folder: a/b/ has nothing of a/bc/ nor of a/b.c', async (store) => {
    await store.put('a/b/1', utf8('1'));
    await store.put('a/bc/1', utf8('1'));
    await store.put('a/b.c', utf8('1'));
    await store.put('a/b-c/1', utf8('1'));
    assert.deepEqual(await listed(store, 'a/b/'), ['a/b/1 1']);
  });

  promise('what was listed can be got under the same key', async (store) => {
    const keys = ['_', 'a-b_c.d', 'a.b/c-d/e_f'];
    for (const key of keys) await store.put(key, utf8(key));
    const listing = await store.list('');
    assert.deepEqual(listing.strange, []);
    for (const { key } of listing.objects) {
      assert.deepEqual(found(await store.get(key)).body, utf8(key));
    }
    assert.equal(listing.objects.length, keys.length);
  });

  promise(`${manyObjects} objects are listed once each`, async (store) => {
    const keys = Array.from({ length: manyObjects }, (_, index) => `blobs/${index % 7}/${index}`);
    await inParallel(16, keys, (key) => store.put(key, utf8('x')));
    const listing = await store.list('blobs/');
    assert.deepEqual(listing.objects.map((object) => object.key).sort(), keys.toSorted());
  });
}

function deletions(promise: Promises): void {
  promise('a deleted object is missing and not listed; others stay', async (store) => {
    await store.put('heads/a', utf8('1'));
    await store.put('heads/b', utf8('2'));
    await store.delete('heads/a');
    assert.deepEqual(await store.get('heads/a'), { kind: 'missing' });
    assert.deepEqual(await listed(store, ''), ['heads/b 1']);
  });

  promise('deleting what is not there succeeds, again and again', async (store) => {
    await store.put('heads/a', utf8('1'));
    await store.delete('heads/a');
    await store.delete('heads/a');
    await store.delete('never/was/there');
  });

  promise('a deleted key can be written again', async (store) => {
    await store.put('heads/a', utf8('1'));
    await store.delete('heads/a');
    await store.put('heads/a', utf8('2'));
    assert.deepEqual(found(await store.get('heads/a')).body, utf8('2'));
  });
}

function limits(promise: Promises): void {
  promise(
    'a body longer than maxBytes is damaged, one of just that length is not',
    async (store) => {
      await store.put('heads/a', new Uint8Array(1_000));
      assert.equal(found(await store.get('heads/a', { maxBytes: 1_000 })).body.length, 1_000);
      const error = await rejection(store.get('heads/a', { maxBytes: 999 }));
      assert.equal(error.kind, 'damaged');
      assert.equal(error.retry, 'never');
      // And the store is in order afterwards.
      assert.equal(found(await store.get('heads/a')).body.length, 1_000);
    },
  );

  promise(
    'keys and prefixes outside the contract are refused before anything is sent',
    async (store) => {
      const keys = [
        '',
        '/a',
        'a/',
        'a//b',
        '../a',
        'a/../b',
        '.hidden',
        'A',
        'a b',
        'ä',
        'a\0',
        'k'.repeat(201),
      ];
      for (const key of keys) {
        const requests = [
          () => store.get(key),
          () => store.put(key, utf8('x')),
          () => store.delete(key),
        ];
        for (const request of requests) {
          assert.equal((await rejection(request())).kind, 'internal', JSON.stringify(key));
        }
      }
      for (const prefix of ['a', '/', '../', 'A/', 'a//']) {
        assert.equal((await rejection(store.list(prefix))).kind, 'internal', prefix);
      }
      assert.deepEqual(await listed(store, ''), []);
    },
  );

  promise('a body over 64 MiB is refused', async (store) => {
    const body = new Uint8Array(64 * 1024 * 1024 + 1);
    assert.equal((await rejection(store.put('large', body))).retry, 'never');
    assert.deepEqual(await store.get('large'), { kind: 'missing' });
  });
}

function concurrency(promise: Promises, gapsInReplacing: boolean): void {
  promise(
    'writers and readers of one key at once: every body read is one that was put',
    async (store) => {
      const writers = [1, 2, 3, 4];
      const sizeBytes = 100_000;
      await store.put('heads/shared', new Uint8Array(sizeBytes).fill(1));
      let isWriting = true;
      const write = async (writer: number) => {
        for (let round = 0; round < 10; round += 1) {
          await store.put('heads/shared', new Uint8Array(sizeBytes + writer).fill(writer));
        }
      };
      const read = async () => {
        while (isWriting) {
          const result = await store.get('heads/shared');
          if (gapsInReplacing && result.kind === 'missing') continue;
          const { body } = found(result);
          const [writer = 0] = body;
          assert.ok(
            body.length === sizeBytes || body.length === sizeBytes + writer,
            `${body.length}`,
          );
          assert.ok(
            body.every((byte) => byte === writer),
            `a body of writer ${writer} is torn`,
          );
        }
      };
      const readers = [read(), read()];
      await Promise.all(writers.map(write)).finally(() => {
        isWriting = false;
      });
      await Promise.all(readers);
      const last = found(await store.get('heads/shared')).body;
      assert.equal(last.length, sizeBytes + (last[0] ?? 0));
    },
  );

  promise('first writers of many keys in one new folder do not meet', async (store) => {
    const keys = Array.from({ length: 32 }, (_, index) => `segments/new/folder/${index}`);
    await Promise.all(keys.map((key) => store.put(key, utf8(key))));
    assert.equal((await store.list('segments/new/')).objects.length, keys.length);
  });

  promise('listing while others write and delete tells what stays', async (store) => {
    await store.put('stays', utf8('1'));
    const churn = inParallel(
      4,
      Array.from({ length: 40 }, (_, index) => `churn/${index}`),
      async (key) => {
        await store.put(key, utf8('x'));
        await store.delete(key);
      },
    );
    for (let round = 0; round < 10; round += 1) {
      const keys = (await store.list('')).objects.map((object) => object.key);
      assert.ok(keys.includes('stays'));
    }
    await churn;
    assert.deepEqual(await listed(store, ''), ['stays 1']);
  });
}

/** The found result, or a failed test. */
export function found(result: GetResult): Extract<GetResult, { kind: 'found' }> {
  assert.equal(result.kind, 'found');
  return result.kind === 'found' ? result : assert.fail();
}

/** The tag of what lies under a key, once there is one. */
async function tagOf(store: ObjectStore, key: string): Promise<string> {
  for (const _ of Array(200)) {
    const { tag } = found(await store.get(key));
    if (tag !== undefined) return tag;
    await setTimeout(50);
  }
  return assert.fail(`${key} has no tag after 10 s`);
}

/** The StoreError that a request ends with; anything else fails the test. */
export async function rejection(request: Promise<unknown>): Promise<StoreError> {
  const outcome = await request.then(
    () => assert.fail('the request succeeded'),
    (error: unknown) => error,
  );
  if (!(outcome instanceof StoreError)) throw outcome;
  return outcome;
}

/** Runs `work` on all items, `width` of them at a time. */
export async function inParallel<T>(
  width: number,
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const rest = items.values();
  const lane = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

async function listed(store: ObjectStore, prefix: string): Promise<string[]> {
  const { objects } = await store.list(prefix);
  return objects.map(({ key, sizeBytes }) => `${key} ${sizeBytes}`).sort();
}
