/** Setting up over the API: real homes, buckets that are folders, and an S3 service on loopback. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { checkAnswers } from '../../../test/support/checked-handlers.ts';
import { ASKER } from '../../../test/support/daemon-bench.ts';
import { type FakeS3, startFakeS3 } from '../../../test/support/fake-s3.ts';
import { beSomebody, startPageOf } from '../../../test/support/page-homes.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { ROUTES, type RouteName } from '../../api/routes.ts';
import { isSetUp } from '../../app/home.ts';
import { HANDLERS } from '../handlers.ts';
import type { Daemon, Handler } from '../ports.ts';

const PASSPHRASE = 'a passphrase for tests only';
const KEYS = { accessKeyId: 'test-access-key', secretAccessKey: 'test-secret' };

type Answered<N extends RouteName> = Awaited<ReturnType<Handler<(typeof ROUTES)[N]>>>;

interface Person {
  readonly root: string;
  readonly home: string;
  readonly daemon: Daemon;
  /** Asks a route; input and answer are held against their schemas. */
  ask<N extends RouteName>(name: N, input?: object): Promise<Answered<N>>;
}

async function person(context: TestContext, root = temporaryFolder('setup'), name = 'laptop') {
  const home = join(root, `${name}-home`);
  const { daemon } = await startPageOf(context, home, undefined);
  const handlers = checkAnswers(HANDLERS);
  const ask = async <N extends RouteName>(route: N, input: object = {}): Promise<Answered<N>> => {
    const checked = ROUTES[route].input.strict().parse(input);
    const handle = handlers[route] as (...args: readonly unknown[]) => Promise<Answered<N>>;
    return await handle(daemon, checked, ASKER);
  };
  return { root, home, daemon, ask } satisfies Person;
}

function minio({ endpoint }: FakeS3, bucket = 'test-bucket') {
  return { provider: 'minio', answers: { endpoint, bucket, prefix: 'satchel' }, ...KEYS };
}

suite('setting up by the page', () => {
  test('tells the providers, and credentials that are here by name alone', async (context) => {
    const root = temporaryFolder('setup');
    beSomebody(context, join(root, 'me'));
    const { ask } = await person(context, root);
    const before = await ask('providers');
    assert.ok(before.providers.length > 15);
    assert.deepEqual(before.detected, []);
    const aws = before.providers.find(({ id }) => id === 'aws');
    assert.deepEqual(
      aws?.questions.map(({ name }) => name),
      ['region', 'bucket', 'prefix'],
    );
    assert.match(aws?.price ?? '', /^0\.023 USD for a GB and month \(prices of /);

    mkdirSync(join(root, 'me/.aws'));
    writeFileSync(join(root, 'me/.aws/credentials'), '[default]\naws_secret_access_key = hidden\n');
    writeFileSync(join(root, 'me/.aws/config'), '[profile work]\nregion = x\n[sso-session s]\n');
    const after = await ask('providers');
    assert.deepEqual(after.detected, [
      { scheme: 's3', from: 'the AWS profile "default"', profile: null, isBinding: false },
      { scheme: 's3', from: 'the AWS profile "work"', profile: 'work', isBinding: false },
    ]);
    assert.ok(!JSON.stringify(after).includes('hidden'));
  });

  test('an S3 bucket is tried, made, and set up with typed keys', async (context) => {
    const root = temporaryFolder('setup');
    beSomebody(context, join(root, 'me'));
    const server = await startFakeS3(context);
    const { ask, daemon } = await person(context, root);
    const choice = minio(server, 'my-notes');
    const missing = await ask('checkBucket', choice);
    assert.equal(missing.holds, 'missing');
    assert.ok(missing.checks.some(({ outcome }) => outcome === 'problem'));
    await ask('createBucket', choice);
    const empty = await ask('checkBucket', choice);
    assert.equal(empty.holds, 'none', JSON.stringify(empty.checks));
    assert.ok(!empty.checks.some(({ outcome }) => outcome === 'problem'));

    const made = await ask('setUp', { ...choice, device: 'laptop', passphrase: PASSPHRASE });
    assert.ok(made.encrypted);
    assert.ok(made.recovery?.kit.includes(made.recovery.recoveryKey));
    assert.deepEqual(made.notices, []);
    assert.equal(daemon.host().id, made.repository);
    await assert.rejects(ask('setUp', { ...choice, device: 'laptop', passphrase: PASSPHRASE }), {
      kind: 'usage',
      message: /set up already/,
    });

    const tablet = await person(context, root, 'tablet');
    const found = await tablet.ask('checkBucket', choice);
    assert.equal(found.holds, 'repository');
    assert.equal(found.encrypted, true);
    const wish = { ...choice, device: 'tablet', join: true };
    await assert.rejects(tablet.ask('setUp', { ...wish, passphrase: 'another one' }), {
      kind: 'refused',
    });
    assert.ok(!isSetUp(tablet.home), 'nothing half made is left');
    await assert.rejects(tablet.ask('setUp', wish), { kind: 'usage', message: /is missing/ });
    const joined = await tablet.ask('setUp', {
      ...wish,
      passphrase: made.recovery?.recoveryKey,
    });
    assert.equal(joined.repository, made.repository);
    assert.equal(joined.recovery, null);
  });

  test('wrong keys are told in words, and no folder of an answer is guessed', async (context) => {
    const root = temporaryFolder('setup');
    beSomebody(context, join(root, 'me'));
    const server = await startFakeS3(context);
    const { ask } = await person(context, root);
    const wrong = { ...minio(server), secretAccessKey: 'mistyped' };
    const tried = await ask('checkBucket', wrong);
    assert.equal(tried.holds, 'unknown');
    assert.match(tried.checks.at(-1)?.message ?? '', /refused|key/i);
    await assert.rejects(ask('checkBucket', { ...wrong, secretAccessKey: ' ' }), {
      kind: 'usage',
      message: /incomplete/,
    });
    await assert.rejects(ask('checkBucket', { url: 'notes' }), { message: /whole path/ });
    await assert.rejects(ask('checkBucket', {}), { message: 'No bucket is named.' });
  });

  test('a bucket that goes in mid-setup leaves no half of a home, and the next try works', async (context) => {
    const root = temporaryFolder('setup');
    beSomebody(context, join(root, 'me'));
    const server = await startFakeS3(context);
    const { ask, home, daemon } = await person(context, root);
    const choice = minio(server);
    const wish = { ...choice, device: 'laptop', passphrase: PASSPHRASE };
    assert.equal((await ask('checkBucket', choice)).holds, 'none');
    const { bucket } = server;
    server.buckets.clear();
    await assert.rejects(ask('setUp', wish), (error: Error) => {
      assert.match(error.message, /bucket/);
      return true;
    });
    assert.ok(!isSetUp(home));
    assert.deepEqual(daemon.homes(), []);
    server.buckets.set('test-bucket', bucket);
    assert.ok((await ask('setUp', wish)).encrypted);
  });

  test('a folder with what others put there is no empty bucket for a move', async (context) => {
    const root = temporaryFolder('setup');
    beSomebody(context, join(root, 'me'));
    const { ask, daemon } = await person(context, root);
    const first = { url: join(root, 'first') };
    await ask('setUp', { ...first, device: 'laptop', isEncrypted: false });
    const full = join(root, 'full');
    mkdirSync(full);
    writeFileSync(join(full, 'somebody-elses.txt'), 'theirs');
    await assert.rejects(ask('move', { url: full }), {
      kind: 'usage',
      message: /There is something/,
    });
    rmSync(join(full, 'somebody-elses.txt'));
    const moved = await ask('move', { url: full });
    assert.ok(moved.objects > 0);
    assert.ok(moved.to.endsWith('/full'));
    await daemon.host().sync();
    assert.equal(daemon.host().status().bucket, moved.to);
    assert.equal((await ask('checkBucket', first)).holds, 'own', 'what a move left can be told');
    const other = await person(context, root, 'tablet');
    assert.equal((await other.ask('checkBucket', first)).holds, 'repository');
  });
});

suite('linking a device by the page', () => {
  test('a link is waited for, works once, and slows whoever guesses its code', async (context) => {
    const root = temporaryFolder('setup');
    beSomebody(context, join(root, 'me'));
    const { ask } = await person(context, root);
    await ask('setUp', { url: join(root, 'bucket'), device: 'laptop', passphrase: PASSPHRASE });
    const made = await ask('makeLink');
    assert.ok(made.hasCredentials);
    const state = { id: made.id, until: made.until };
    const waiting = await ask('linkState', state);
    assert.equal(waiting.state, 'waiting');
    assert.ok(waiting.secondsLeft > 800 && waiting.secondsLeft <= 900);

    const desktop = await person(context, root, 'desktop');
    const wish = { link: made.link, device: 'desktop' };
    await assert.rejects(desktop.ask('joinLink', { ...wish, code: '0000-0000' }), {
      message: 'The code is wrong.',
    });
    assert.ok(!isSetUp(desktop.home));
    const joined = await desktop.ask('joinLink', { ...wish, code: made.code });
    assert.ok(joined.encrypted);
    assert.equal(desktop.daemon.host().id, joined.repository);
    assert.equal((await ask('linkState', state)).state, 'used');

    const tablet = await person(context, root, 'tablet');
    await assert.rejects(tablet.ask('joinLink', { ...wish, code: made.code }), {
      kind: 'refused',
      message: /used before/,
    });
    assert.ok(ROUTES.joinLink.isGuarded, 'each wrong code slows the next');
  });

  test('a link that is taken back is gone, and one that has died says so', async (context) => {
    const root = temporaryFolder('setup');
    beSomebody(context, join(root, 'me'));
    const { ask } = await person(context, root);
    await ask('setUp', { url: join(root, 'bucket'), device: 'laptop', isEncrypted: false });
    const made = await ask('makeLink', { credentials: false });
    const object = join(root, 'bucket/links', made.id);
    assert.ok(existsSync(object));
    await ask('cancelLink', { id: made.id });
    assert.ok(!existsSync(object));
    const past = { id: made.id, until: '2020-01-01T00:00:00.000Z' };
    assert.deepEqual(await ask('linkState', past), { state: 'died', secondsLeft: 0 });
  });
});
