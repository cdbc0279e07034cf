/** The whole examination, on a real folder and on a small S3 server that can be set up badly. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, suite, type TestContext, test } from 'node:test';
import { type Answer, reply, s3Failure, startServer } from '../../test/support/canned-server.ts';
import { type FakeS3, startFakeS3 } from '../../test/support/fake-s3.ts';
import { systemClock, systemRandom } from '../../test/support/ports.ts';
import { isErrorKind } from '../base/errors.ts';
import { type Check, exitCodeOf } from './doctor/check.ts';
import { Stopped } from './doctor/stop.ts';
import { type ExamineOptions, examineBucket } from './doctor.ts';

const NO_HOME = join(tmpdir(), 'satchel-no-such-home');
const MINUTE_MS = 60_000;

before(() => {
  process.env.AWS_ACCESS_KEY_ID = 'test-access-key';
  process.env.AWS_SECRET_ACCESS_KEY = 'test-secret';
});

interface Examined {
  readonly checks: readonly Check[];
  check(id: string): Check;
}

async function examine(
  bucket: string | undefined,
  options: Partial<ExamineOptions> = {},
): Promise<Examined> {
  const checks: Check[] = [];
  const context = {
    home: NO_HOME,
    clock: systemClock,
    random: systemRandom,
    progress: () => undefined,
    notice: () => undefined,
  };
  const report = (check: Check): void => {
    checks.push(check);
  };
  const { signal } = new AbortController();
  await examineBucket(context, { bucket, signal, report, ...options });
  return {
    checks,
    check: (id) => checks.find((one) => one.id === id) ?? assert.fail(`no check ${id}`),
  };
}

function problemsOf({ checks }: Examined): readonly string[] {
  return checks.filter(({ outcome }) => outcome === 'problem').map(({ id }) => id);
}

async function fakeBucket(
  context: TestContext,
): Promise<{ readonly server: FakeS3; keys(): Promise<string[]> }> {
  const server = await startFakeS3(context);
  const { shelf } = server.bucket.objects;
  return { server, keys: async () => (await shelf.entries('')).map(({ key }) => key) };
}

suite('the doctor at a folder', () => {
  function folder(context: TestContext): string {
    const root = mkdtempSync(join(tmpdir(), 'satchel-doctor-'));
    context.after(() => rmSync(root, { recursive: true, force: true }));
    return root;
  }

  test('finds nothing wrong with one, and leaves it as it was', async (context) => {
    const root = folder(context);
    const examined = await examine(root);
    assert.deepEqual(problemsOf(examined), []);
    assert.equal(exitCodeOf(examined.checks), 0);
    assert.match(examined.check('repository').message, /no repository here yet/);
    assert.equal(examined.check('round-trip').outcome, 'ok');
    assert.deepEqual(readdirSync(root), []);
  });

  test('leaves folders alone that were there before', async (context) => {
    const root = folder(context);
    mkdirSync(join(root, 'doctor'));
    await examine(root);
    assert.deepEqual(readdirSync(root), ['doctor']);
  });

  test('says that one is not there, as what cannot be reached', async (context) => {
    const { checks } = await examine(join(folder(context), 'unplugged'));
    assert.deepEqual(
      checks.map(({ id, outcome, kind }) => [id, outcome, kind]),
      [['access', 'problem', 'unreachable']],
    );
    assert.equal(exitCodeOf(checks), 4);
  });

  test('without a bucket and a home is a usage error', async () => {
    await assert.rejects(examine(undefined), (error) => isErrorKind(error, 'usage'));
  });
});

suite('the doctor at an S3 service', () => {
  test('that lacks all settings of buckets finds nothing wrong, and leaves nothing', async (context) => {
    const { server, keys } = await fakeBucket(context);
    server.quirks.add('settings-unknown');
    const examined = await examine(server.url);
    assert.deepEqual(problemsOf(examined), []);
    const unknown = examined.checks.filter(({ outcome }) => outcome === 'unknown');
    assert.deepEqual(
      unknown.map(({ id }) => id),
      ['versioning', 'lifecycle', 'public-access', 'object-lock', 'encryption'],
    );
    assert.match(examined.check('reach').message, /^127\.0\.0\.1:\d+ answers in \d+ ms/);
    assert.equal(examined.check('clock').outcome, 'ok');
    assert.deepEqual(await keys(), []);
  });

  for (const [operation, right] of [
    ['write', 'put'],
    ['read', 'get'],
    ['list', 'list'],
    ['delete', 'delete'],
  ] as const) {
    test(`that forbids to ${operation} names the right that is missing; exit code 5`, async (context) => {
      const { server } = await fakeBucket(context);
      server.forbidden.add(operation);
      const examined = await examine(server.url);
      assert.deepEqual(problemsOf(examined), [right]);
      assert.match(examined.check(right).hint ?? '', /s3:(Put|Get|Delete)Object|s3:ListBucket/);
      assert.equal(exitCodeOf(examined.checks), 5);
    });
  }

  test('that forbids to delete is written to once, and told what stays', async (context) => {
    const { server, keys } = await fakeBucket(context);
    server.forbidden.add('delete');
    const examined = await examine(server.url);
    const [left, ...more] = await keys();
    assert.equal(more.length, 0);
    assert.equal(examined.check('cleanup').outcome, 'warning');
    assert.ok(examined.check('cleanup').message.includes(left ?? 'a key'));
    assert.equal(examined.check('round-trip').outcome, 'unknown');
  });

  test('that hides what is missing from whoever may not list', async (context) => {
    const { server, keys } = await fakeBucket(context);
    server.forbidden.add('list');
    server.quirks.add('missing-hidden');
    const examined = await examine(server.url);
    assert.deepEqual(problemsOf(examined), ['list']);
    assert.equal(examined.check('repository').outcome, 'unknown');
    assert.equal(examined.check('gone-after-delete').outcome, 'unknown');
    assert.deepEqual(await keys(), []);
  });

  test('whose clock is far from ours', async (context) => {
    const { server } = await fakeBucket(context);
    server.aheadMs = 8 * MINUTE_MS;
    assert.equal((await examine(server.url)).check('clock').outcome, 'warning');
    server.aheadMs = -2 * 24 * 60 * MINUTE_MS;
    const { check } = await examine(server.url);
    assert.equal(check('clock').outcome, 'problem');
    assert.match(check('clock').message, /2 days ahead of/);
  });

  test('whose bucket is set up badly', async (context) => {
    const { server } = await fakeBucket(context);
    const set = (name: string, xml: string): unknown => server.bucket.settings.set(name, xml);
    set(
      'versioning',
      '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
    );
    set(
      'lifecycle',
      '<LifecycleConfiguration><Rule><ID>clean-up</ID><Status>Enabled</Status>' +
        '<Filter><Prefix></Prefix></Filter><Expiration><Days>30</Days></Expiration>' +
        '</Rule></LifecycleConfiguration>',
    );
    set(
      'acl',
      '<AccessControlPolicy><Owner><ID>me</ID></Owner><AccessControlList><Grant>' +
        '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group">' +
        '<URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee>' +
        '<Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>',
    );
    server.settings.set('encryption', s3Failure(403, 'AccessDenied'));
    set(
      'object-lock',
      '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule>' +
        '<DefaultRetention><Mode>GOVERNANCE</Mode><Days>30</Days></DefaultRetention>' +
        '</Rule></ObjectLockConfiguration>',
    );
    const examined = await examine(server.url);
    assert.deepEqual(problemsOf(examined), ['lifecycle', 'public-access']);
    assert.match(examined.check('lifecycle').message, /"clean-up" deletes .* after 30 days/);
    assert.match(examined.check('public-access').message, /everybody \(READ\)/);
    assert.equal(examined.check('versioning').outcome, 'warning');
    assert.match(examined.check('object-lock').message, /30 days \(GOVERNANCE\)/);
    assert.match(examined.check('encryption').message, /may not look/);
    assert.match(examined.check('round-trip').message, /object lock would keep/);
    assert.match(examined.check('cleanup').message, /Old versions .* stay/);
    assert.equal(exitCodeOf(examined.checks), 3);
  });

  test('that keeps versions is left without any', async (context) => {
    const { server } = await fakeBucket(context);
    const xml = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
    server.bucket.settings.set('versioning', xml);
    const examined = await examine(server.url);
    assert.equal(examined.check('versioning').outcome, 'warning');
    assert.deepEqual(await server.bucket.objects.shelf.versions(''), []);
  });

  test('stopped at any finding removes what was written', async (context) => {
    const { server, keys } = await fakeBucket(context);
    for (const at of ['put', 'list', 'read-after-overwrite']) {
      const controller = new AbortController();
      const report = ({ id }: Check): void => {
        if (id === at) controller.abort();
      };
      const stopped = examine(server.url, { signal: controller.signal, report });
      await assert.rejects(stopped, Stopped, at);
      assert.deepEqual(await keys(), [], at);
    }
  });
});

suite('the doctor at what is no such service', () => {
  const cases: readonly (readonly [string, Answer, string, number])[] = [
    ['refuses the keys', s3Failure(403, 'InvalidAccessKeyId'), 'access', 5],
    ['has no such bucket', s3Failure(404, 'NoSuchBucket'), 'access', 3],
    ['answers with a web page', reply(200, '<html>', { 'content-type': 'text/html' }), 'access', 4],
  ];
  for (const [what, answer, id, exitCode] of cases) {
    test(`one that ${what} is one problem, and nothing else is looked at`, async (context) => {
      const { endpoint } = await startServer(context, answer);
      const examined = await examine(`s3://a-bucket?endpoint=${endpoint}`);
      assert.deepEqual(
        examined.checks.map((check) => check.id),
        ['reach', 'clock', id],
      );
      assert.deepEqual(problemsOf(examined), [id]);
      assert.equal(exitCodeOf(examined.checks), exitCode);
    });
  }

  test('one that nobody vouches for is reached, and not trusted', async (context) => {
    const { endpoint } = await startServer(context, s3Failure(404, 'NoSuchKey'), { tls: true });
    const examined = await examine(`s3://a-bucket?endpoint=${endpoint}`);
    assert.match(examined.check('reach').message, /TLSv1\.[23] \d+ ms/);
    assert.match(examined.check('access').message, /certificate/);
    assert.equal(exitCodeOf(examined.checks), 4);
  });
});
