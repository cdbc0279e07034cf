import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openTwoDevices, TEST_COLLECTION, TEST_KEY } from '../../test/support/device.ts';
import { concat, utf8 } from '../base/bytes.ts';
import { contentHash } from '../base/hash.ts';
import { BLOB_MAX_BYTES } from '../format/chunker.ts';
import type { Version } from '../format/commit.ts';
import { openObject } from '../format/seal.ts';
import { StoreError } from '../store/store.ts';
import { readContent, uploadContent } from './contents.ts';
import type { Engine } from './engine.ts';
import { publishCollection } from './publish.ts';

/** Too long to travel inline. */
const SAVED = 'saved '.repeat(5_000);

/** What a file may hold by the time it is read again. */
const LATER: Readonly<Record<string, string>> = {
  'as long, and different': 'later '.repeat(5_000),
  shorter: SAVED.slice(1),
  longer: `${SAVED}!`,
  empty: '',
};

/** A version whose content is still to be filled in. */
const VERSION: Version = {
  id: 'version',
  record: 'record',
  stamp: [1_800_000_000_000, 'author'],
  fields: { path: 'big' },
};

async function* inHalves(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  const middle = Math.floor(bytes.length / 2);
  yield bytes.subarray(0, middle);
  yield bytes.subarray(middle);
}

suite('uploading content', () => {
  for (const [name, later] of Object.entries(LATER)) {
    test(`changed between take-in and upload (${name}): nothing is sent under the wrong hash`, async () => {
      const { store, a, b } = await openTwoDevices();
      a.folder.set('big', 'short');
      for (const device of [a, b]) await device.sync();
      const open = a.open.get(TEST_COLLECTION);
      a.folder.set('big', SAVED);
      await open?.takeIn();
      a.folder.set('big', later);
      const report = await publishCollection(a.engine, TEST_COLLECTION, open);
      assert.equal(report.versions, 0);
      assert.deepEqual(
        report.failed.map(({ path }) => path),
        ['big'],
      );
      assert.deepEqual((await store.list('blobs/')).objects, []);
      for (const device of [a, b]) await device.sync();
      assert.equal(b.folder.get('big'), later);
    });
  }

  test('content that is still what was saved goes out as one blob', async () => {
    const { store, a } = await openTwoDevices();
    await a.sync();
    const bytes = utf8(SAVED);
    const expected = { hash: contentHash(bytes), sizeBytes: bytes.length };
    const blobs = await uploadContent(a.engine, inHalves(bytes), expected, () => undefined);
    assert.deepEqual(
      blobs?.map(([, sizeBytes]) => sizeBytes),
      [bytes.length],
    );
    assert.equal((await store.list('blobs/')).objects.length, 1);
  });

  test('F4: an upload that failed is made again, though another device says that the blob is there', async () => {
    const { store, a, b } = await openTwoDevices();
    for (const device of [a, b]) await device.sync();
    const engine: Engine = {
      ...b.engine,
      store: {
        ...store,
        async put(key, body) {
          await store.put(key, key.startsWith('blobs/') ? body.subarray(1) : body);
          throw new StoreError('unreachable', 'the connection broke off', 'never');
        },
      },
    };
    for (const device of [a, b]) device.folder.set('big', SAVED);
    await a.sync();
    const bytes = utf8(SAVED);
    const expected = { hash: contentHash(bytes), sizeBytes: bytes.length };
    await assert.rejects(uploadContent(engine, inHalves(bytes), expected, () => undefined));
    for (const device of [b, a]) await device.sync();
    const [blob] = (await store.list('blobs/')).objects;
    const found = await store.get(blob?.key ?? '');
    assert.ok(found.kind === 'found' && blob !== undefined);
    const whole = openObject(TEST_KEY, blob.key, found.body, BLOB_MAX_BYTES);
    assert.equal(whole.length, bytes.length);
  });

  test('of content in several blobs that changed, none is given to the version', async () => {
    const { a } = await openTwoDevices();
    await a.sync();
    const saved = new Uint8Array(BLOB_MAX_BYTES + 1);
    const expected = { hash: contentHash(saved), sizeBytes: saved.length };
    const later = saved.with(0, 1);
    assert.equal(
      await uploadContent(a.engine, inHalves(later), expected, () => undefined),
      undefined,
    );
  });
});

suite('fetching content', () => {
  for (const sizeBytes of [30_000, BLOB_MAX_BYTES + 1]) {
    test(`F6: whole blobs of other content (${sizeBytes} bytes) are damage, not content`, async () => {
      const { a } = await openTwoDevices();
      await a.sync();
      const [content, other] = [new Uint8Array(sizeBytes), new Uint8Array(sizeBytes).fill(1)];
      const hash = contentHash(content);
      const upload = (bytes: Uint8Array) => {
        const expected = { hash: contentHash(bytes), sizeBytes };
        return uploadContent(a.engine, inHalves(bytes), expected, () => undefined);
      };
      const fetched = async (blobs: Version['blobs']) => {
        const version: Version = { ...VERSION, hash, size: sizeBytes, blobs };
        const pieces: Uint8Array[] = [];
        for await (const piece of readContent(a.engine, TEST_COLLECTION, version)) {
          pieces.push(piece);
        }
        return contentHash(concat(pieces));
      };
      assert.equal(await fetched(await upload(content)), hash);
      await assert.rejects(fetched(await upload(other)), { kind: 'damaged' });
    });
  }
});
