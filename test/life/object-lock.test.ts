/**
 * A bucket that lets nobody delete or replace: an object lock, or a key without that right. What is
 * no longer needed costs space there, and keeps nobody from working.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { KeySlotInfo } from '../../src/api/keys.ts';
import { segmentKey } from '../../src/format/object-keys.ts';
import { dateReplaced, noteReplaced } from '../../src/replica/own.ts';
import { selfId } from '../../src/sync/engine.ts';
import { reply } from '../support/canned-server.ts';
import { type FakeS3, startFakeS3 } from '../support/fake-s3.ts';
import type { S3Operation } from '../support/fake-s3-request.ts';
import { assertWaiting, saveInOutage } from '../support/outage.ts';
import { assertTells, createPair, type Pair } from '../support/pair.ts';
import { asDevice, bucketAt } from '../support/tamper.ts';
import { noise } from '../support/trees.ts';
import { useBucket } from '../support/use-bucket.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test-access-key', AWS_SECRET_ACCESS_KEY: 'test-secret' };
const DAY_MS = 24 * 60 * 60 * 1000;

const locked = reply(
  400,
  '<Error><Code>InvalidRequest</Code><Message>Object is WORM protected and cannot be ' +
    'overwritten</Message></Error>',
);

test('F3: what was replaced stays where it may not be deleted, and sync goes on', async (context) => {
  const { pair, server } = await underLock(context, 'delete');
  const key = await replaceSomething(pair);
  saveInOutage(pair);
  await pair.sync('laptop');
  // A round with nothing to send is the one that tidies up.
  for (const _round of ['tries to delete', 'does not try again']) await pair.sync('laptop');
  assert.equal(deletesOf(server), 1, 'it is left alone for a day');
  assert.ok(existsSync(join(pair.place.bucket, key)));
  const { out } = await pair.must('laptop', 'log');
  assert.match(out, /What is no longer needed stays in the bucket: An object lock in bucket/);
  await pair.sync('desktop');

  server.trouble = undefined;
  await makeDue(pair);
  // The head is written first: to the replica, this test is another program than the one it tests.
  for (const _round of ['writes the head', 'deletes']) await pair.sync('laptop');
  assert.ok(!existsSync(join(pair.place.bucket, key)), 'it goes once that is allowed');
});

test('a head that may not be replaced is exit code 5, and what was saved waits', async (context) => {
  const { pair, server } = await underLock(context, 'write');
  const paths = saveInOutage(pair);
  const ran = await pair.run('laptop', ['sync']);
  assertTells(ran, 5, /An object lock in bucket "test-bucket" at 127.* refused to write/);
  assert.match(ran.err, /hint: .*end the lock or its default retention, or use a bucket without/);
  await assertWaiting(pair, paths);
  server.trouble = undefined;
  await pair.settle();
});

test('F8: a key slot that may not be deleted is exit code 5, and still listed', async (context) => {
  const { pair, server } = await underLock(context, 'delete', { encrypted: true });
  const slots = async (): Promise<KeySlotInfo[]> =>
    (await pair.must('laptop', 'keys', 'list', '--json')).json();
  const passphrase = (await slots()).find(({ kind }) => kind === 'passphrase');
  assert.ok(passphrase !== undefined);
  const remove = ['keys', 'remove', passphrase.id];
  assertTells(await pair.run('laptop', remove), 5, /object lock in bucket .* refused to delete/);
  assert.ok((await slots()).some(({ id }) => id === passphrase.id));
  server.trouble = undefined;
  await pair.must('laptop', ...remove);
  assert.ok(!(await slots()).some(({ id }) => id === passphrase.id));
});

async function underLock(
  context: TestContext,
  refused: S3Operation,
  options: { readonly encrypted?: boolean } = {},
): Promise<{ readonly pair: Pair; readonly server: FakeS3 }> {
  const pair = await createPair(context, { env: CREDENTIALS, ...options });
  await pair.settle();
  const server = await startFakeS3(context, bucketAt(pair.place.bucket));
  useBucket(pair, 'laptop', server.url);
  server.trouble = ({ operation }) => (operation === refused ? locked : undefined);
  return { pair, server };
}

/** Leaves an object in the bucket that the laptop replaced more than a day ago. */
async function replaceSomething(pair: Pair): Promise<string> {
  const key = await asDevice(join(pair.place.root, 'laptop'), ({ engine }) => {
    const object = segmentKey(selfId(engine), 'replaced00000000000000000a');
    noteReplaced(engine.db, object);
    dateReplaced(engine.db, engine.clock.now() - 2 * DAY_MS);
    return object;
  });
  await bucketAt(pair.place.bucket).put(key, noise(1, 100));
  return key;
}

/** Lets a day pass for what waits to be deleted. */
async function makeDue(pair: Pair): Promise<void> {
  await asDevice(join(pair.place.root, 'laptop'), ({ engine }) => {
    engine.db.run('UPDATE replaced SET since = since - ?', 2 * DAY_MS);
  });
}

function deletesOf({ requests }: FakeS3): number {
  return requests.filter(({ method }) => method === 'DELETE').length;
}
