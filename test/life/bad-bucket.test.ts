/**
 * Buckets that refuse, are not there, are full or are none at all, as a person meets them: the
 * exit code tells what to do, nothing is half-made, and what was saved waits for the bucket.
 */
import assert from 'node:assert/strict';
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import type { Status } from '../../src/api/status.ts';
import { type Answer, reply, s3Failure, startServer } from '../support/canned-server.ts';
import { startFakeS3 } from '../support/fake-s3.ts';
import { assertTells, createPair } from '../support/pair.ts';
import { createPlace } from '../support/satchel.ts';
import { smallDisk } from '../support/small-disk.ts';
import { bucketAt } from '../support/tamper.ts';
import { noise, save } from '../support/trees.ts';
import { useBucket } from '../support/use-bucket.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test-access-key', AWS_SECRET_ACCESS_KEY: 'test-secret' };

/** Somebody who is not root, to whom permissions mean something. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534 } : {};

suite('a service that does not serve', () => {
  const page: Answer = reply(200, '<!doctype html><title>Sign in</title>', {
    'content-type': 'text/html',
  });
  const faults: readonly (readonly [string, Answer, number, RegExp])[] = [
    ['an endpoint that answers HTML', page, 4, /does not speak S3/],
    ['a bucket that is not there', s3Failure(404, 'NoSuchBucket'), 2, /no bucket/],
    ['keys that are refused', s3Failure(403, 'InvalidAccessKeyId'), 5, /credentials/],
    ['no permission for anything', s3Failure(403, 'AccessDenied'), 5, /refused to read/],
  ];
  for (const [name, answer, exitCode, message] of faults) {
    test(`${name} is exit code ${exitCode}; what was saved waits`, async (context) => {
      const { endpoint } = await startServer(context, answer);
      await expectFailure(context, `s3://a-bucket?endpoint=${endpoint}`, exitCode, message);
    });
  }

  test('a certificate that nobody vouches for is exit code 4, and names the option', async (context) => {
    const { endpoint } = await startServer(context, page, { tls: true });
    const url = `s3://a-bucket?endpoint=${endpoint}`;
    await expectFailure(context, url, 4, /certificate.*\n.*--insecure-tls/);
  });

  test('an endpoint where nothing listens is exit code 4', async (context) => {
    const url = 's3://a-bucket?endpoint=http://127.0.0.1:9';
    await expectFailure(context, url, 4, /Nothing answers at 127.0.0.1:9/);
  });
});

suite('a service that permits only a part', () => {
  const parts = [
    ['read', /refused to read .*\n.*s3:GetObject/],
    ['list', /refused to list .*\n.*s3:ListBucket/],
    ['write', /refused to write .*\n.*s3:PutObject/],
  ] as const;

  for (const [operation, message] of parts) {
    test(`no permission to ${operation} is exit code 5 and names it; allowed again, all goes on`, async (context) => {
      const pair = await createPair(context, { env: CREDENTIALS });
      const server = await startFakeS3(context, bucketAt(pair.place.bucket));
      await pair.settle();
      useBucket(pair, 'laptop', server.url);
      save(pair.here, 'new.md', 'waits for permission\n');
      server.forbidden.add(operation);
      assertTells(await pair.run('laptop', ['sync']), 5, message);
      const pending = (await pair.must('laptop', 'pending', '--json')).json<unknown[]>();
      assert.equal(pending.length, 1);
      const [collection] = (await pair.must('laptop', 'status', '--json')).json<Status>()
        .collections;
      assert.equal(collection?.state, 'attention');
      assert.match(collection?.lastError ?? '', /refused/);
      server.forbidden.delete(operation);
      await pair.settle();
      assert.ok(existsSync(join(pair.there, 'new.md')));
    });
  }

  test('init and join that may not read, list or write leave the home as it was', async (context) => {
    const place = createPlace({ env: CREDENTIALS });
    context.after(() => place.remove());
    await place.run('first', ['init', place.bucket]);
    const full = await startFakeS3(context, bucketAt(place.bucket));
    const empty = await startFakeS3(context, bucketAt(place.root));
    for (const operation of ['read', 'write'] as const) {
      empty.forbidden.add(operation);
      const init = await place.run('new', ['init', empty.url]);
      assertTells(init, 5, new RegExp(`refused to ${operation}`));
      empty.forbidden.delete(operation);
    }
    for (const operation of ['read', 'list'] as const) {
      full.forbidden.add(operation);
      const join = await place.run('new', ['join', full.url]);
      assertTells(join, 5, new RegExp(`refused to ${operation}`));
      full.forbidden.delete(operation);
    }
    assert.equal(existsSync(join(place.root, 'new/settings.json')), false);
    const joined = await place.run('new', ['join', full.url]);
    assert.equal(joined.exitCode, 0, joined.err);
  });
});

suite('a folder as bucket', () => {
  test('that may not be written is exit code 5, and goes on when it may', async (context) => {
    const pair = await createPair(context, NOBODY);
    await pair.settle();
    save(pair.here, 'new.md', 'waits for permission\n');
    const heads = join(pair.place.bucket, 'heads');
    for (const [folder, mode, operation] of [
      [heads, 0o500, 'write'],
      [heads, 0o000, 'read'],
    ] as const) {
      chmodSync(folder, mode);
      const ran = await pair.run('laptop', ['sync']);
      assertTells(ran, 5, new RegExp(`Cannot ${operation} .*permission denied`));
      chmodSync(folder, 0o700);
    }
    await pair.settle();
  });

  test('on a full disk is told with what to do; with room again, all goes on', async (context) => {
    const disk = smallDisk(context, 2);
    if (disk === undefined) return context.skip('only root can make a small disk');
    const pair = await createPair(context, { bucket: join(disk.path, 'bucket') });
    await pair.settle();
    save(pair.here, 'film.mp4', noise(1, 3_000_000));
    save(pair.here, 'note.md', 'short\n');
    assertTells(await pair.run('laptop', ['sync']), 1, /the disk is full\.\nhint: Make space/);
    disk.grow(20);
    await pair.settle();
    await pair.must('desktop', 'verify');
  });
});

/** Neither a new device nor one that was at work gets on with such a bucket, or is harmed by it. */
async function expectFailure(
  context: TestContext,
  url: string,
  exitCode: number,
  message: RegExp,
): Promise<void> {
  const pair = await createPair(context, { env: CREDENTIALS });
  assertTells(await pair.run('new', ['init', url]), exitCode, message);
  assert.equal(existsSync(join(pair.place.root, 'new/settings.json')), false);
  useBucket(pair, 'laptop', url);
  save(pair.here, 'new.md', 'waits for the bucket\n');
  assertTells(await pair.run('laptop', ['sync']), exitCode, message);
  const pending = (await pair.must('laptop', 'pending', '--json')).json<{ path: string }[]>();
  assert.deepEqual(
    pending.map(({ path }) => path),
    ['new.md'],
  );
  useBucket(pair, 'laptop', pair.place.bucket);
  await pair.settle();
  assert.ok(existsSync(join(pair.there, 'new.md')));
}
