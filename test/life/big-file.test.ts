/** A file of many chunks: killed on its way up, it goes on at the chunk where it stopped. */
import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import type { SyncResult } from '../../src/api/status.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { ObjectStore } from '../../src/store/store.ts';
import { startFakeS3 } from '../support/fake-s3.ts';
import { createPlace, type Running } from '../support/satchel.ts';
import { assertSameTree, save, treeOf } from '../support/trees.ts';

const MIB = 1024 * 1024;
const FILE_BYTES = 200 * MIB;
/** The device is killed when the bucket has so many chunks, before it is told of the last one. */
const KILL_AT = 10;
/** Chunks on their way at the same time, of which the device was not told. */
const UNDER_WAY = 4;

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test-access-key', AWS_SECRET_ACCESS_KEY: 'test-secret' };

interface CountedBucket {
  readonly store: ObjectStore;
  /** The chunks sent since it was last emptied. */
  readonly sent: string[];
  /** Killed, by a power cut as it were, when enough was sent. */
  victim: Running | undefined;
}

function createCountedBucket(): CountedBucket {
  const inner = createMemoryStore();
  const bucket: CountedBucket = {
    sent: [],
    victim: undefined,
    store: {
      name: inner.name,
      get: (key, options) => inner.get(key, options),
      list: (prefix) => inner.list(prefix),
      delete: (key) => inner.delete(key),
      close: () => inner.close(),
      async put(key, body) {
        if (key.startsWith('blobs/')) bucket.sent.push(key);
        if (bucket.sent.length >= KILL_AT) bucket.victim?.process.kill('SIGKILL');
        return inner.put(key, body);
      },
    },
  };
  return bucket;
}

/** Bytes that no compression makes shorter, and many of them quickly: the key is no secret. */
function film(): Uint8Array {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(FILE_BYTES));
}

test('F4: a long upload that was killed goes on at the chunk, and arrives whole', async (t) => {
  const bucket = createCountedBucket();
  const { url } = await startFakeS3(t, bucket.store);
  const place = createPlace({ env: CREDENTIALS });
  t.after(() => place.remove());
  const must = async (device: string, ...args: string[]) => {
    const ran = await place.run(device, args);
    assert.equal(ran.exitCode, 0, `${device}: satchel ${args.join(' ')}\n${ran.out}${ran.err}`);
    return ran;
  };
  const here = join(place.root, 'laptop-files/Films');
  const there = join(place.root, 'desktop-files/Films');
  save(here, 'film.mov', film());
  await must('laptop', 'init', url, '--device', 'laptop');
  await must('laptop', 'add', 'vault', here, '--name', 'Films');

  bucket.victim = place.start('laptop', ['sync']);
  const killed = await bucket.victim.ended;
  assert.equal(killed.exitCode, null, `it was killed: ${killed.out}${killed.err}`);
  bucket.victim = undefined;
  const before = new Set(bucket.sent.splice(0));

  const { requests } = (await must('laptop', 'sync', '--json')).json<SyncResult>();
  const after = new Set(bucket.sent);
  const sentTwice = [...after].filter((key) => before.has(key));
  assert.ok(sentTwice.length >= 1, 'of the last chunk the device was not told');
  assert.ok(sentTwice.length <= UNDER_WAY, `${sentTwice.length} chunks were sent twice`);
  assert.ok(before.size + after.size > FILE_BYTES / (8 * MIB), 'it is a file of many chunks');
  assert.equal(requests.put, after.size + 1, 'besides the chunks there is the head');

  await must('desktop', 'join', url, '--device', 'desktop');
  await must('desktop', 'attach', 'Films', there);
  await must('desktop', 'sync');
  assertSameTree(treeOf(there), treeOf(here));
});
