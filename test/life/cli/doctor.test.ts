/** What a person gets who asks about a bucket: the doctor's findings, and policies to paste. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import {
  type BucketLifecycleConfiguration,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { S3Bucket } from '../../../src/store/bucket-settings.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';
import { createS3Client } from '../../../src/store/s3-client.ts';
import { formatBucketUrl, parseBucketUrl } from '../../../src/store/url.ts';
import { freshFolder, suiteOnEachBucket } from '../../support/buckets.ts';
import { startFakeS3 } from '../../support/fake-s3.ts';
import { s3ActionOf } from '../../support/fake-s3-request.ts';
import { createPair } from '../../support/pair.ts';
import { createPlace, filesOf, type Place, type Running } from '../../support/satchel.ts';
import { S3_SERVERS, suiteOnServers } from '../../support/servers.ts';
import { save } from '../../support/trees.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test-access-key', AWS_SECRET_ACCESS_KEY: 'test-secret' };

interface Findings {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly id: string;
    readonly outcome: string;
    readonly message: string;
    readonly hint?: string;
  }[];
}

function placeFor(context: TestContext, env = {}): Place {
  const place = createPlace({ env });
  context.after(() => place.remove());
  return place;
}

function messageOf({ checks }: Findings, id: string, outcome: string): string {
  const found = checks.find((check) => check.id === id && check.outcome === outcome);
  return found?.message ?? assert.fail(`no ${outcome} of ${id} in ${JSON.stringify(checks)}`);
}

suite('satchel doctor', () => {
  test('before init it examines the bucket that it is told, and writes nothing there', async (context) => {
    const place = placeFor(context);
    mkdirSync(place.bucket);
    const { exitCode, out, err } = await place.run('laptop', ['doctor', './bucket']);
    assert.equal(exitCode, 0, err);
    assert.match(out, /^ok {7}Objects can be written\.$/m);
    assert.match(out, /\nNothing is wrong with this bucket\.\n$/);
    assert.deepEqual(filesOf(place.bucket), {});
    const home = await place.run('laptop', ['doctor']);
    assert.equal(home.exitCode, 2);
    assert.match(home.err, /satchel init/);
  });

  test("it knows this home's repository from another, and misses it where it is gone", async (context) => {
    const { place, run } = await createPair(context);
    const before = filesOf(place.bucket);
    const findings = (await run('laptop', ['doctor', '--json'])).json<Findings>();
    assert.equal(findings.ok, true);
    assert.match(messageOf(findings, 'repository', 'ok'), /this home's repository .*not encrypted/);
    assert.deepEqual(filesOf(place.bucket), before);

    await run('other', ['init', './other-bucket', '--no-encryption']);
    const other = (await run('laptop', ['doctor', './other-bucket', '--json'])).json<Findings>();
    assert.match(messageOf(other, 'repository', 'ok'), /not this home's/);

    const manifest = filesOf(join(place.root, 'other-bucket'))['satchel.json'] ?? '';
    writeFileSync(join(place.bucket, 'satchel.json'), manifest);
    const swapped = await run('laptop', ['doctor']);
    assert.equal(swapped.exitCode, 3);
    assert.match(swapped.out, /^problem {2}Here is the repository .*, and this home belongs to/m);
    rmSync(join(place.bucket, 'satchel.json'));
    const gone = await run('laptop', ['doctor']);
    assert.equal(gone.exitCode, 3);
    assert.match(gone.out, /satchel\.json is missing/);
  });

  test('at Ctrl-C it removes what it wrote before it ends', async (context) => {
    const place = placeFor(context, CREDENTIALS);
    const bucket = createMemoryStore();
    let running: Running | undefined;
    const written: string[] = [];
    const { url } = await startFakeS3(context, {
      ...bucket,
      async put(key, body) {
        const put = await bucket.put(key, body);
        written.push(key);
        if (key.endsWith('-overwritten')) running?.process.kill('SIGINT');
        return put;
      },
    });
    running = place.start('laptop', ['doctor', url]);
    const { exitCode, err } = await running.ended;
    assert.equal(exitCode, 130, err);
    assert.match(err, /what was written is removed/);
    assert.ok(written.some((key) => key.endsWith('-overwritten')));
    assert.ok(!written.some((key) => key.endsWith('-large')));
    assert.deepEqual((await bucket.list('')).objects, []);
  });
});

suiteOnEachBucket('satchel doctor', (kind) => {
  test('finds no problem in a bucket that works, and removes all it wrote', async (context) => {
    const place = createPlace();
    const bucket = await kind.make(place.root);
    context.after(async () => {
      await bucket.empty();
      place.remove();
    });
    await place.run('laptop', ['init', bucket.url, '--no-encryption'], bucket.env);
    const { out } = await place.run('laptop', ['doctor', '--json'], bucket.env);
    const { checks }: Findings = JSON.parse(out);
    const problems = checks.filter(({ outcome }) => outcome === 'problem');
    assert.deepEqual(problems, []);
    messageOf({ ok: true, checks }, 'round-trip', 'ok');
    const { objects, strange } = await bucket.store.list('doctor/');
    assert.deepEqual([objects, strange], [[], []]);
  });
});

suite('satchel policy', () => {
  test('iam permits just what the program asks a bucket for', async (context) => {
    const bucket = createMemoryStore();
    const server = await startFakeS3(context, bucket);
    const pair = await createPair(context, { env: CREDENTIALS, bucket: server.url });
    save(pair.here, 'large.bin', 'x'.repeat(100_000));
    await pair.settle();
    await pair.must('laptop', 'verify');
    const used = new Set(server.requests.map(s3ActionOf));
    // The doctor also asks for settings of the bucket, which a service may refuse.
    await pair.run('laptop', ['doctor']);
    const ofDoctor = server.requests.map(s3ActionOf).filter((action) => action.startsWith('s3:'));
    for (const action of ofDoctor) used.add(action);
    const policy = (await pair.run('laptop', ['policy', 'iam', '--json'])).json<{
      readonly Statement: readonly {
        readonly Effect: string;
        readonly Action: string | string[];
      }[];
    }>();
    const permitted = policy.Statement.filter(({ Effect }) => Effect === 'Allow');
    assert.deepEqual(permitted.flatMap(({ Action }) => Action).sort(), [...used].sort());
  });

  test('prints to paste, with notes apart; --json is the same document', async (context) => {
    const place = placeFor(context);
    const args = ['policy', 'lifecycle', 's3://my-bucket/notes'];
    const { exitCode, out, err } = await place.run('laptop', args);
    assert.equal(exitCode, 0);
    assert.match(err, /put-bucket-lifecycle-configuration --bucket my-bucket/);
    assert.match(err, /GLACIER_IR is read at once/);
    assert.deepEqual((await place.run('laptop', [...args, '--json'])).json(), JSON.parse(out));
    const terraform = await place.run('laptop', [
      'policy',
      'terraform',
      's3://my-bucket',
      '--json',
    ]);
    assert.match(terraform.json<{ readonly terraform: string }>().terraform, /^resource "aws_s3/m);
  });

  test('says what to do where there are no such policies', async (context) => {
    const place = placeFor(context);
    for (const [url, hint] of [
      ['./bucket', /permissions/],
      ['davs://dav.example.org/notes', /app password/],
    ] as const) {
      const { exitCode, err } = await place.run('laptop', ['policy', 'iam', url]);
      assert.equal(exitCode, 2);
      assert.match(err, hint);
    }
    assert.equal((await place.run('laptop', ['policy', 'bucket', 's3://abc'])).exitCode, 2);
  });
});

suiteOnServers(S3_SERVERS.slice(0, 1), 'satchel doctor and policy', (url) => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;

  /** A bucket of its own, which may be set up badly, and goes with all versions in it. */
  async function ownBucket(
    context: TestContext,
  ): Promise<{ readonly bucket: S3Bucket; readonly client: S3Client }> {
    const settings = parseBucketUrl(url);
    if (settings.kind !== 's3') return assert.fail('no s3:// URL');
    const bucket: S3Bucket = { ...settings, bucket: freshFolder(''), prefix: 'notes' };
    const { client } = await createS3Client(bucket, {});
    await client.send(new CreateBucketCommand({ Bucket: bucket.bucket }));
    context.after(async () => {
      for (const version of await versionsIn(client, bucket)) {
        await client.send(new DeleteObjectCommand({ Bucket: bucket.bucket, ...version }));
      }
      await client.send(new DeleteBucketCommand({ Bucket: bucket.bucket }));
      client.destroy();
    });
    return { bucket, client };
  }

  async function versionsIn(client: S3Client, { bucket }: S3Bucket) {
    const found = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    return [...(found.Versions ?? []), ...(found.DeleteMarkers ?? [])].map(
      ({ Key, VersionId }) => ({ Key, VersionId }),
    );
  }

  test('a bucket that eats data and keeps heads for ever is told so, and mended by the rules', async (context) => {
    const { bucket, client } = await ownBucket(context);
    const place = placeFor(context, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY });
    const doctor = async (): Promise<Findings> =>
      (await place.run('laptop', ['doctor', formatBucketUrl(bucket), '--json'])).json<Findings>();
    const Bucket = bucket.bucket;
    assert.equal((await doctor()).ok, true);

    await client.send(
      new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    );
    const Rules: BucketLifecycleConfiguration['Rules'] = [
      { ID: 'eats', Status: 'Enabled', Filter: { Prefix: 'notes/' }, Expiration: { Days: 30 } },
    ];
    await client.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }),
    );
    const bad = await doctor();
    assert.equal(bad.ok, false);
    assert.match(messageOf(bad, 'versioning', 'warning'), /kept and billed/);
    assert.match(
      messageOf(bad, 'lifecycle', 'problem'),
      /"eats" deletes .*"notes\/" after 30 days/,
    );
    assert.deepEqual(await versionsIn(client, bucket), [], 'versions of the doctor are left');

    const printed = await place.run('laptop', ['policy', 'lifecycle', formatBucketUrl(bucket)]);
    await client.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket,
        LifecycleConfiguration: JSON.parse(printed.out),
      }),
    );
    const mended = await doctor();
    assert.equal(mended.ok, true);
    assert.match(messageOf(mended, 'versioning', 'ok'), /after 1 day\./);
    messageOf(mended, 'lifecycle', 'ok');
  });
});
