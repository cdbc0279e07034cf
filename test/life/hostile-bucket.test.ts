/**
 * Buckets in the hands of somebody who means harm, as a person meets them: the whole program over
 * real HTTP. What an attack does to the engine, one by one, is in `test/engine-hostile.long.test.ts`.
 */
import assert from 'node:assert/strict';
import { cpSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import type { Verification } from '../../src/app/verify.ts';
import { type Answer, reply } from '../support/canned-server.ts';
import { type FakeS3, startFakeS3 } from '../support/fake-s3.ts';
import { startLittleDav } from '../support/little-dav.ts';
import { assertTells, createPair, type Pair } from '../support/pair.ts';
import { measuringMemory, peakMemoryOf } from '../support/peak-memory.ts';
import type { Ran } from '../support/satchel.ts';
import { clockShiftedBy } from '../support/shifted-clock.ts';
import { asDevice, bucketAt, headOf, spoil } from '../support/tamper.ts';
import { assertSameTree, noise, save, treeOf } from '../support/trees.ts';
import { useBucket } from '../support/use-bucket.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test-access-key', AWS_SECRET_ACCESS_KEY: 'test-secret' };
const HOUR_MS = 60 * 60 * 1000;
/** The program itself takes some 130 MB; what never ends would take all there is. */
const MOST_MEMORY_BYTES = 300_000_000;

/** As fast as it is read, and without end. */
const endless: Answer = (_request, response) => {
  response.writeHead(200, { etag: '"x"' });
  const flood = () => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536, 32)));
  };
  response.on('drain', flood);
  flood();
};

/** Both devices in step, with the bucket behind a server; the laptop has saved more since. */
async function pairAtServer(
  context: TestContext,
): Promise<{ readonly pair: Pair; readonly server: FakeS3; readonly head: string }> {
  const pair = await createPair(context, { env: CREDENTIALS });
  await pair.settle();
  const server = await startFakeS3(context, bucketAt(pair.place.bucket));
  save(pair.here, 'news.md', 'of the laptop\n');
  save(pair.here, 'photo.jpg', noise(1, 50_000));
  await pair.sync('laptop');
  save(pair.there, 'mine.md', 'of the desktop\n');
  useBucket(pair, 'desktop', server.url);
  const head = await asDevice(join(pair.place.root, 'laptop'), headOf);
  return { pair, server, head };
}

function assertModest(ran: Ran): void {
  const bytes = peakMemoryOf(ran);
  assert.ok(bytes < MOST_MEMORY_BYTES, `${bytes} bytes of memory`);
}

suite('answers without end, over S3', () => {
  test('F6: an endless head is cut off and named; the rest goes on, in little memory', async (context) => {
    const { pair, server, head } = await pairAtServer(context);
    const before = treeOf(pair.there);
    server.trouble = ({ operation, key }) =>
      operation === 'read' && key === head ? endless : undefined;
    const ran = await pair.run('desktop', ['sync'], measuringMemory());
    assertTells(ran, 7, new RegExp(`${head} is longer than the \\d+ bytes it may have`));
    assert.match(ran.err, /satchel verify/);
    assertModest(ran);
    assertSameTree(treeOf(pair.there), before);
    assert.equal((await pair.must('desktop', 'pending', '--json')).out, '[]\n', 'its own went up');
    server.trouble = undefined;
    await pair.settle();
  });

  test('F6: an endless blob leaves its file waiting, and verify names it', async (context) => {
    const { pair, server } = await pairAtServer(context);
    server.trouble = ({ operation, key }) =>
      operation === 'read' && key.startsWith('blobs/') ? endless : undefined;
    const ran = await pair.run('desktop', ['sync'], measuringMemory());
    assertTells(ran, 3, /photo\.jpg.*blobs\/\S+ is longer than the \d+ bytes it may have/s);
    assertModest(ran);
    const { damaged } = (await pair.run('desktop', ['verify', '--json'])).json<Verification>();
    assert.deepEqual(
      damaged.map(({ affected }) => affected),
      [['photo.jpg']],
    );
    server.trouble = undefined;
    await pair.settle();
  });

  test('an endless list ends in exit code 4; what is saved waits, and all goes on after it', async (context) => {
    const { pair, server } = await pairAtServer(context);
    let pages = 0;
    server.trouble = ({ operation }) => {
      if (operation !== 'list') return undefined;
      pages += 1;
      const entries = Array.from(
        { length: 1_000 },
        (_, index) => `<Contents><Key>heads/${pages}x${index}</Key><Size>7</Size></Contents>`,
      );
      return reply(
        200,
        `<ListBucketResult><Name>b</Name><IsTruncated>true</IsTruncated><NextContinuationToken>` +
          `${pages}</NextContinuationToken>${entries.join('')}</ListBucketResult>`,
      );
    };
    const ran = await pair.run('desktop', ['sync'], measuringMemory());
    assertTells(ran, 4, /a listing that never ends/);
    assertModest(ran);
    assert.ok(pages < 50, `${pages} pages were asked for`);
    server.trouble = undefined;
    await pair.settle();
  });
});

test('F6, WebDAV: an endless head is cut off and named', async (context) => {
  const pair = await createPair(context);
  await pair.settle();
  const server = await startLittleDav(context, bucketAt(pair.place.bucket));
  const head = await asDevice(join(pair.place.root, 'laptop'), headOf);
  save(pair.here, 'news.md', 'of the laptop\n');
  await pair.sync('laptop');
  useBucket(pair, 'desktop', server.url);
  server.trouble = ({ method, url }) =>
    method === 'GET' && url.endsWith(head) ? endless : undefined;
  const ran = await pair.run('desktop', ['sync'], measuringMemory());
  assertTells(ran, 7, new RegExp(`${head} is longer than`));
  assertModest(ran);
  server.trouble = undefined;
  await pair.settle();
});

test('F6, a folder: a head of ten gigabytes is not read', async (context) => {
  const pair = await createPair(context);
  await pair.settle();
  const head = await asDevice(join(pair.place.root, 'laptop'), headOf);
  const mend = await spoil(pair.place.bucket, head, (body) => body);
  truncateSync(join(pair.place.bucket, head), 10_000_000_000);
  const ran = await pair.run('desktop', ['sync'], measuringMemory());
  assertTells(ran, 7, new RegExp(`${head} is longer than`));
  assertModest(ran);
  await mend();
  await pair.settle();
});

test('S10: a bucket put back to an earlier day is told, and filled again by the devices', async (context) => {
  const pair = await createPair(context, { encrypted: true });
  await pair.settle();
  const earlier = join(pair.place.root, 'earlier');
  cpSync(pair.place.bucket, earlier, { recursive: true });
  save(pair.here, 'news.md', 'of the laptop\n');
  save(pair.here, 'photo.jpg', noise(1, 50_000));
  save(pair.there, 'mine.md', 'of the desktop\n');
  await pair.settle();
  const before = treeOf(pair.here);
  rmSync(pair.place.bucket, { recursive: true });
  cpSync(earlier, pair.place.bucket, { recursive: true });
  await pair.settle();
  assertSameTree(treeOf(pair.here), before);
  for (const device of ['laptop', 'desktop']) {
    assert.match((await pair.must(device, 'log')).out, /an older head of this device/);
    await pair.must(device, 'verify');
  }
  const folder = join(pair.place.root, 'tablet-files/Notes');
  await pair.must('tablet', 'join', pair.place.bucket, '--device', 'tablet');
  await pair.must('tablet', 'attach', 'Notes', folder);
  await pair.sync('tablet');
  assertSameTree(treeOf(folder), before);
});

test('F8: a claim that the key was changed stops publishing while it stands, and not for ever', async (context) => {
  const pair = await createPair(context, { encrypted: true });
  await pair.settle();
  const head = await asDevice(join(pair.place.root, 'laptop'), headOf);
  const mend = await spoil(pair.place.bucket, head, (body) => {
    const claiming = Uint8Array.from(body);
    claiming[4] = 2;
    return claiming;
  });
  save(pair.there, 'mine.md', 'waits\n');
  const ran = await pair.run('desktop', ['sync']);
  assertTells(ran, 7, new RegExp(`${head} is sealed with a key that this device does not have`));
  assert.match(ran.err, /If nobody changed the key, the object was altered/);
  assert.match((await pair.must('desktop', 'pending')).out, /mine\.md/);
  await mend();
  for (const hours of [1, 3]) {
    const later = await pair.run('desktop', ['sync'], clockShiftedBy(hours * HOUR_MS));
    assert.equal(later.exitCode, 0, later.err);
  }
  assert.match((await pair.must('desktop', 'log')).out, /was not changed after all/);
  await pair.settle();
  assert.ok('mine.md' in treeOf(pair.here));
});
