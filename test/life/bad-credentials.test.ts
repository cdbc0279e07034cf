/** Credentials that stop being accepted while Satchel uses them: expired, rotated, changed. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type CannedRequest, reply, s3Failure } from '../support/canned-server.ts';
import { type FakeS3, startFakeS3 } from '../support/fake-s3.ts';
import { startLittleDav } from '../support/little-dav.ts';
import { assertWaiting } from '../support/outage.ts';
import { assertTells, createPair, type Pair } from '../support/pair.ts';
import { bucketAt } from '../support/tamper.ts';
import { assertSameTree, noise, save, treeOf } from '../support/trees.ts';
import { useBucket } from '../support/use-bucket.ts';

const PICTURES = 6;
const KEYS = ['test-key-1', 'test-key-2', 'test-old-key', 'test-new-key'];

test('temporary ones that expire in mid-transfer are renewed, and the transfer goes on', async (context) => {
  const { pair, server } = await onFakeS3(context, '&profile=temporary');
  // Each time it is asked it gives the next key, as a sign-in service would.
  const count = join(pair.place.root, 'count');
  const program = join(pair.place.root, 'give-key.sh');
  writeFileSync(
    program,
    `#!/bin/sh\necho x >> "${count}"\nn=$(wc -l < "${count}" | tr -d ' ')\n` +
      `echo '{"Version":1,"AccessKeyId":"test-key-'$n'","SecretAccessKey":"test-secret",` +
      `"SessionToken":"test-token","Expiration":"2999-01-01T00:00:00Z"}'\n`,
  );
  chmodSync(program, 0o755);
  writeAws(pair, 'config', `[profile temporary]\ncredential_process = ${program}\n`);
  savePictures(pair);
  expireAfter(server, 'test-key-1', 3);
  await pair.sync('laptop');
  assert.deepEqual(new Set(server.requests.map(keyOf)), new Set(['test-key-1', 'test-key-2']));
  await pair.sync('desktop');
  assertSameTree(treeOf(pair.there), treeOf(pair.here));
});

test('ones that nobody renews are exit code 5; what has arrived is not sent again', async (context) => {
  const { pair, server } = await onFakeS3(context);
  const session = (key: string) => ({
    AWS_ACCESS_KEY_ID: key,
    AWS_SECRET_ACCESS_KEY: 'test-secret',
    AWS_SESSION_TOKEN: 'test-token',
  });
  const paths = savePictures(pair);
  expireAfter(server, 'test-key-1', 3);
  const ran = await pair.run('laptop', ['sync'], session('test-key-1'));
  assertTells(
    ran,
    5,
    /127.* does not accept the credentials \(ExpiredToken: as the service says\)/,
  );
  assert.match(ran.err, /hint: The session has expired: sign in again .*, or renew the session/);
  await assertWaiting(pair, paths);
  const renewed = await pair.run('laptop', ['sync'], session('test-key-2'));
  assert.equal(renewed.exitCode, 0, renewed.err);
  const stored = server.requests.filter((request) => isPicture(request) && !wasExpired(request));
  assert.equal(stored.length, PICTURES, 'each picture arrived once');
  await pair.sync('desktop');
  assertSameTree(treeOf(pair.there), treeOf(pair.here));

  /** From the fourth picture on, the first key was refused. */
  function wasExpired(request: CannedRequest): boolean {
    const first = server.requests.filter((sent) => isPicture(sent) && keyOf(sent) === 'test-key-1');
    return first.indexOf(request) >= 3;
  }
});

test('ones that are rotated in the credentials file: a watch that was refused goes on', async (context) => {
  const { pair, server } = await onFakeS3(context, '&profile=kept');
  const writeKey = (key: string): void =>
    writeAws(
      pair,
      'credentials',
      `[kept]\naws_access_key_id = ${key}\naws_secret_access_key = test-secret\n`,
    );
  writeKey('test-old-key');
  for (const name of ['a', 'b']) save(pair.here, `${name}.md`, 'while the old key works\n');
  const watch = pair.place.start('laptop', ['watch']);
  context.after(() => watch.process.kill('SIGKILL'));
  await watch.waitFor('2 changes sent');
  server.trouble = ({ sent }) =>
    keyOf(sent) === 'test-old-key' ? s3Failure(403, 'InvalidAccessKeyId') : undefined;
  save(pair.here, 'after.md', 'while no key works\n');
  await watch.waitFor('does not accept the credentials (InvalidAccessKeyId');
  await watch.waitFor('"satchel keys bucket" takes the new one. Next try in');
  writeKey('test-new-key');
  await watch.waitFor('1 change sent');
  await pair.sync('desktop');
  assert.ok(server.requests.some((request) => keyOf(request) === 'test-new-key'));
  watch.process.kill('SIGINT');
  assert.equal((await watch.ended).exitCode, 0);
  // Whoever starts one that cannot work is told at once.
  writeKey('test-old-key');
  assertTells(await pair.run('laptop', ['watch']), 5, /does not accept the credentials/);
  assertSameTree(treeOf(pair.there), treeOf(pair.here));
});

test('a WebDAV password that was changed: exit code 5, until the device is told the new one', async (context) => {
  const pair = await createPair(context);
  await pair.settle();
  const server = await startLittleDav(context, bucketAt(pair.place.bucket));
  useBucket(pair, 'laptop', `${server.url}?user=anna`);
  const accept = (password: string): void => {
    const expected = `Basic ${Buffer.from(`anna:${password}`).toString('base64')}`;
    server.trouble = ({ headers }) =>
      headers.authorization === expected
        ? undefined
        : reply(401, '', { 'www-authenticate': 'Basic realm="files"' });
  };
  const file = join(pair.place.root, 'password');
  const tell = async (password: string): Promise<void> => {
    writeFileSync(file, `${password}\n`);
    await pair.must('laptop', 'keys', 'bucket', '--password-file', file);
  };
  accept('the first one, for tests');
  await tell('the first one, for tests');
  await pair.sync('laptop');
  accept('the second one, for tests');
  save(pair.here, 'new.md', 'saved meanwhile\n');
  const ran = await pair.run('laptop', ['sync']);
  assertTells(ran, 5, /127.* does not accept the password of "anna"/);
  assert.match(ran.err, /hint: .*"satchel keys bucket" takes the new one/);
  await assertWaiting(pair, ['new.md']);
  await tell('the second one, for tests');
  await pair.settle();
  assert.ok(existsSync(join(pair.there, 'new.md')));
});

async function onFakeS3(
  context: TestContext,
  query = '',
): Promise<{ readonly pair: Pair; readonly server: FakeS3 }> {
  const pair = await createPair(context);
  await pair.settle();
  const server = await startFakeS3(context, bucketAt(pair.place.bucket));
  for (const key of KEYS) server.keys.set(key, { secret: 'test-secret' });
  useBucket(pair, 'laptop', `${server.url}${query}`);
  return { pair, server };
}

/** Files that are objects of their own, so that sending them takes a while. */
function savePictures(pair: Pair): readonly string[] {
  const paths = Array.from({ length: PICTURES }, (_, index) => `pictures/${index}.jpg`);
  for (const [index, path] of paths.entries()) {
    save(pair.here, path, noise(index, 40_000), { age: 900 + index });
  }
  return paths;
}

/** Refuses a key once it has written so many pictures. */
function expireAfter(server: FakeS3, key: string, pictures: number): void {
  let written = 0;
  server.trouble = ({ sent }) => {
    if (keyOf(sent) !== key) return undefined;
    if (written === pictures) return s3Failure(400, 'ExpiredToken');
    if (isPicture(sent)) written += 1;
    return undefined;
  };
}

function isPicture({ method, url }: CannedRequest): boolean {
  return method === 'PUT' && url.includes('/blobs/');
}

/** The key that a request was signed with (AWS Signature Version 4). */
function keyOf({ headers }: CannedRequest): string | undefined {
  return /\bCredential=([^/]+)\//.exec(headers.authorization ?? '')?.[1];
}

/** Writes what the AWS tools read in the home of whoever runs Satchel. */
function writeAws(pair: Pair, name: 'config' | 'credentials', text: string): void {
  mkdirSync(join(pair.place.root, '.aws'), { recursive: true });
  writeFileSync(join(pair.place.root, '.aws', name), text);
}
