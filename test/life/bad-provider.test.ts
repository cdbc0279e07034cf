/**
 * Providers that stop taking what they took before: no room, no more requests today, no such
 * bucket any more, or no provider at all behind the name. Each is told with what to do; what was
 * saved waits, and goes when it may.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Answer, reply, s3Failure } from '../support/canned-server.ts';
import { type FakeS3, startFakeS3 } from '../support/fake-s3.ts';
import type { S3Operation } from '../support/fake-s3-request.ts';
import { type LittleDav, startLittleDav } from '../support/little-dav.ts';
import { expectToOutlast, type Outage } from '../support/outage.ts';
import { createPair, type Pair } from '../support/pair.ts';
import { bucketAt } from '../support/tamper.ts';
import { useBucket } from '../support/use-bucket.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test-access-key', AWS_SECRET_ACCESS_KEY: 'test-secret' };

const portal = reply(200, '<!doctype html><title>Sign in to the hotel</title>', {
  'content-type': 'text/html',
});
const noBucket = s3Failure(404, 'NoSuchBucket');
/** As Backblaze B2 says it: the code is the one for any refusal. */
const capReached = reply(
  403,
  '<Error><Code>AccessDenied</Code><Message>Transaction cap exceeded, see the Caps &amp; ' +
    'Alerts page to increase your cap.</Message></Error>',
);

interface Told {
  readonly exitCode: number;
  readonly message: RegExp;
  readonly hint: RegExp;
  readonly rounds?: number;
}

const NO_BUCKET: Told = {
  exitCode: 2,
  message: /there is no bucket "test-bucket" at 127/i,
  hint: /Create it/,
};

const S3_TROUBLES: Readonly<Record<string, Told & { on: S3Operation[]; answer: Answer }>> = {
  'over its quota (QuotaExceeded)': {
    on: ['write'],
    answer: s3Failure(403, 'QuotaExceeded'),
    rounds: 2,
    exitCode: 1,
    message: /Bucket "test-bucket" at 127.* is full \(QuotaExceeded\)\./,
    hint: /Make space there or raise its quota/,
  },
  'without room (507)': {
    on: ['write'],
    answer: reply(507, ''),
    exitCode: 1,
    message: /Bucket "test-bucket" at 127.* is full \(status 507\)\./,
    hint: /Make space there or raise its quota/,
  },
  'at a cap of the account': {
    on: ['read', 'write', 'list'],
    answer: capReached,
    exitCode: 5,
    message: /refused to \w+: the transaction cap of the account is reached\./,
    hint: /Raise the transaction cap .*, or wait until it starts anew/,
  },
  'that sends requests to another region': {
    on: ['read', 'write', 'list'],
    answer: s3Failure(301, 'PermanentRedirect', '', { 'x-amz-bucket-region': 'eu-central-1' }),
    exitCode: 2,
    message: /Bucket "test-bucket" is in region eu-central-1\./,
    hint: /Use \?region=eu-central-1 in the bucket URL/,
  },
  'whose bucket is deleted': { on: ['read', 'write', 'list'], answer: noBucket, ...NO_BUCKET },
  'behind a page to sign in': {
    on: ['read', 'write', 'list'],
    answer: portal,
    exitCode: 4,
    message: /does not speak S3: it answered a web page/,
    hint: /sign-in page of the network/,
  },
};

test('an S3 service', async (context) => {
  const { pair, server } = await onFakeS3(context);
  const during = (trouble: FakeS3['trouble'], told: Told): Outage => ({
    ...told,
    begin: () => {
      server.trouble = trouble;
    },
    end: () => {
      server.trouble = undefined;
    },
  });
  for (const [name, { on, answer, ...told }] of Object.entries(S3_TROUBLES)) {
    await context.test(`${name}: exit code ${told.exitCode}; what is saved waits`, async () => {
      const refuse: FakeS3['trouble'] = ({ operation }) =>
        operation !== undefined && on.includes(operation) ? answer : undefined;
      await expectToOutlast(pair, during(refuse, told));
    });
  }
  await context.test('whose bucket is deleted in the middle of sending', async () => {
    let isGone = false;
    const vanish: FakeS3['trouble'] = ({ operation }) => {
      if (isGone) return noBucket;
      // The picture still arrives.
      isGone = operation === 'write';
      return undefined;
    };
    await expectToOutlast(pair, during(vanish, { ...NO_BUCKET, rounds: 2 }));
    assert.ok(isGone);
  });
});

const notSpoken = (answer: RegExp): Told => ({
  exitCode: 4,
  message: new RegExp(`does not speak WebDAV at /dav/notes: it answered ${answer.source}`),
  hint: /Check the address .* sign-in page/,
});

const DAV_TROUBLES: Readonly<Record<string, Told & { answers: Record<string, Answer> }>> = {
  'over its quota': {
    answers: {
      PUT: reply(
        507,
        '<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns">' +
          '<s:message>Quota reached</s:message></d:error>',
      ),
    },
    exitCode: 1,
    message: /\/dav\/notes at 127.* is full \(status 507: Quota reached\)\./,
    hint: /Make space there or raise the quota/,
  },
  'behind a page to sign in': {
    answers: { GET: portal, PUT: portal, PROPFIND: portal, OPTIONS: portal },
    ...notSpoken(/a web page \(status 200\)/),
  },
  'whose listing is a web page': {
    answers: { PROPFIND: reply(207, '<!doctype html><p>hello') },
    ...notSpoken(/a web page, or XML with a document type/),
  },
  'whose listing is empty': {
    answers: { PROPFIND: reply(207, '') },
    ...notSpoken(/something other than a whole listing/),
  },
  'whose listing is cut off': {
    answers: {
      PROPFIND: reply(
        207,
        '<D:multistatus xmlns:D="DAV:"><D:response><D:href>/dav/notes/heads/</D:href>',
      ),
    },
    ...notSpoken(/something other than a whole listing/),
  },
  'that lists another folder': {
    answers: {
      PROPFIND: reply(
        207,
        '<D:multistatus xmlns:D="DAV:"><D:response><D:href>/home/other/</D:href></D:response>' +
          '</D:multistatus>',
      ),
    },
    ...notSpoken(/a listing of another folder \(\/home\/other\/\)/),
  },
  'that answers 207 to a write': {
    answers: { PUT: reply(207, '<D:multistatus xmlns:D="DAV:"/>') },
    ...notSpoken(/status 207/),
  },
};

test('a WebDAV server', async (context) => {
  const { pair, server } = await onLittleDav(context);
  for (const [name, { answers, ...told }] of Object.entries(DAV_TROUBLES)) {
    await context.test(`${name}: exit code ${told.exitCode}; what is saved waits`, async () => {
      await expectToOutlast(pair, {
        ...told,
        begin: () => {
          server.trouble = ({ method }) => answers[method];
        },
        end: () => {
          server.trouble = undefined;
        },
      });
    });
  }
});

test('a name that is gone: exit code 4; what is saved waits', async (context) => {
  const pair = await createPair(context, { env: CREDENTIALS });
  await pair.settle();
  for (const url of [
    's3://a-bucket?endpoint=https://s3.test.invalid',
    'davs://dav.test.invalid/a',
  ]) {
    await expectToOutlast(pair, {
      begin: () => useBucket(pair, 'laptop', url),
      end: () => useBucket(pair, 'laptop', pair.place.bucket),
      exitCode: 4,
      message: /\w+\.test\.invalid cannot be found \(E\w+\)\./,
      hint: /Check the endpoint and that this device is online/,
    });
  }
});

async function onFakeS3(context: TestContext): Promise<{ pair: Pair; server: FakeS3 }> {
  const pair = await createPair(context, { env: CREDENTIALS });
  await pair.settle();
  const server = await startFakeS3(context, bucketAt(pair.place.bucket));
  useBucket(pair, 'laptop', server.url);
  return { pair, server };
}

async function onLittleDav(context: TestContext): Promise<{ pair: Pair; server: LittleDav }> {
  const pair = await createPair(context);
  await pair.settle();
  const server = await startLittleDav(context, bucketAt(pair.place.bucket));
  useBucket(pair, 'laptop', server.url);
  return { pair, server };
}
