import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { withEnv } from '../../test/support/environment.ts';
import { createSeededRandom, systemClock } from '../../test/support/ports.ts';
import type { StoreCredentials } from '../store/credentials.ts';
import { parseBucketUrl } from '../store/url.ts';
import { ambientCredentials } from './ambient.ts';
import type { AppContext } from './context.ts';
import type { Settings } from './home.ts';
import {
  choosePlace,
  isSupplied,
  type KeptIn,
  readKeyRing,
  readStoreCredentials,
  refuseMisplaced,
  writeKeyRing,
  writeStoreCredentials,
} from './secrets.ts';
import { exposedFiles } from './secrets-file.ts';

const PASSWORD = { password: 'a password for tests' };
const KEYS = { accessKeys: { accessKeyId: 'TESTKEYID', secretAccessKey: 'a secret for tests' } };

function bench(context: TestContext, ask?: AppContext['ask']): AppContext {
  const home = mkdtempSync(join(tmpdir(), 'satchel-secrets-'));
  context.after(() => rmSync(home, { recursive: true }));
  return {
    home,
    clock: systemClock,
    random: createSeededRandom(1),
    progress: () => undefined,
    notice: () => undefined,
    ...(ask === undefined ? {} : { ask }),
  };
}

const settings = (bucket: string, secrets: KeptIn | undefined): Settings => ({
  format: 1,
  bucket,
  repository: 'r',
  encryption: 'aes-256-gcm',
  deviceName: 'd',
  collections: {},
  ...(secrets === undefined ? {} : { secrets }),
});

const DAV = 'davs://dav.example.org/notes?user=me';
const S3 = 's3://bucket/prefix?endpoint=https://s3.example.org';

suite('secrets of a home', () => {
  test('keys and credentials are in files that only their owner reads', async (context) => {
    const app = bench(context);
    withEnv(context, { SATCHEL_KEYCHAIN: 'off' });
    const kept = await choosePlace(app, { sessionOnly: false });
    assert.deepEqual(kept, { place: 'file' });
    const ring = [
      { epoch: 0, root: new Uint8Array(32).fill(1) },
      { epoch: 1, root: new Uint8Array(32).fill(2) },
    ];
    await writeKeyRing(app, ring, kept);
    const now = await writeStoreCredentials(app, PASSWORD, kept);
    assert.deepEqual(readdirSync(app.home).sort(), ['key.json', 'secrets.json']);
    for (const name of readdirSync(app.home)) {
      assert.equal(statSync(join(app.home, name)).mode & 0o777, 0o600, name);
    }
    assert.deepEqual(await readKeyRing(app, settings(DAV, now)), ring);
    assert.deepEqual(await readStoreCredentials(app, settings(DAV, now)), PASSWORD);
  });

  test('files that others can read are named, unless nobody gets into the home', {
    skip: process.platform === 'win32',
  }, async (context) => {
    const app = bench(context);
    await writeStoreCredentials(app, KEYS, { place: 'file' });
    const path = join(app.home, 'secrets.json');
    chmodSync(app.home, 0o755);
    assert.deepEqual(exposedFiles(app.home), []);
    chmodSync(path, 0o640);
    assert.deepEqual(exposedFiles(app.home), [path]);
    chmodSync(app.home, 0o700);
    assert.deepEqual(exposedFiles(app.home), []);
  });

  test('a home of Satchel 0.1 keeps its key in a file, without saying so', async (context) => {
    const app = bench(context);
    const ring = [{ epoch: 0, root: new Uint8Array(32).fill(1) }];
    await writeKeyRing(app, ring, { place: 'file' });
    const written = JSON.parse(readFileSync(join(app.home, 'key.json'), 'utf8'));
    assert.deepEqual(Object.keys(written), ['root']);
    assert.deepEqual(await readKeyRing(app, settings(DAV, undefined)), ring);
  });

  test('a session-only home keeps nothing, and asks for the password it needs', async (context) => {
    const asked: string[] = [];
    const app = bench(context, async (secret) => {
      asked.push(secret.kind);
      return PASSWORD.password;
    });
    const kept = await choosePlace(app, { sessionOnly: true });
    await writeKeyRing(app, [{ epoch: 0, root: new Uint8Array(32) }], kept);
    const now = await writeStoreCredentials(app, PASSWORD, kept);
    assert.deepEqual(readdirSync(app.home), []);
    assert.equal(await readKeyRing(app, settings(DAV, now)), undefined);
    assert.deepEqual(await readStoreCredentials(app, settings(DAV, now)), PASSWORD);
    assert.deepEqual(asked, ['password']);
  });

  test('the environment and profiles win over what is kept', async (context) => {
    const app = bench(context);
    withEnv(context, { AWS_ACCESS_KEY_ID: undefined, AWS_PROFILE: undefined });
    const kept = async (credentials: StoreCredentials) =>
      await writeStoreCredentials(app, credentials, { place: 'file' });
    const withKeys = await kept(KEYS);
    assert.deepEqual(await readStoreCredentials(app, settings(S3, withKeys)), KEYS);
    assert.deepEqual(await readStoreCredentials(app, settings(`${S3}&profile=x`, withKeys)), {});
    withEnv(context, { AWS_ACCESS_KEY_ID: 'OTHERTESTKEYID', SATCHEL_WEBDAV_PASSWORD: 'other' });
    assert.deepEqual(await readStoreCredentials(app, settings(S3, withKeys)), {});
    const withPassword = await kept(PASSWORD);
    assert.deepEqual(await readStoreCredentials(app, settings(DAV, withPassword)), {
      password: 'other',
    });
  });

  test('a variable that is empty says nothing: what a person entered counts', async (context) => {
    const app = bench(context);
    const empty = { AWS_ACCESS_KEY_ID: '', AWS_PROFILE: '', SATCHEL_WEBDAV_PASSWORD: '' };
    withEnv(context, empty);
    const kept = await writeStoreCredentials(app, KEYS, { place: 'file' });
    assert.deepEqual(await readStoreCredentials(app, settings(S3, kept)), KEYS);
    const withPassword = await writeStoreCredentials(app, PASSWORD, { place: 'file' });
    assert.deepEqual(await readStoreCredentials(app, settings(DAV, withPassword)), PASSWORD);
    assert.deepEqual(
      [...new Set([S3, DAV].map((url) => isSupplied(parseBucketUrl(url))))],
      [false],
    );
    for (const scheme of ['s3', 'dav'] as const) {
      const found = ambientCredentials(empty, scheme, undefined);
      assert.notEqual(found?.isBinding, true, scheme);
    }
  });

  test('a password in a keychain that is switched off is asked for', async (context) => {
    const app = bench(context, async () => PASSWORD.password);
    withEnv(context, { SATCHEL_KEYCHAIN: 'off', SATCHEL_WEBDAV_PASSWORD: undefined });
    const kept: KeptIn = { place: 'keychain', account: 'a', credentials: true };
    assert.deepEqual(await readStoreCredentials(app, settings(DAV, kept)), PASSWORD);
  });

  test('a password for a bucket that asks for none is refused, not kept', () => {
    for (const bucket of ['/mnt/disk/satchel', S3]) {
      assert.throws(() => refuseMisplaced(parseBucketUrl(bucket), PASSWORD), { kind: 'usage' });
    }
    refuseMisplaced(parseBucketUrl(DAV), PASSWORD);
    refuseMisplaced(parseBucketUrl(S3), KEYS);
  });

  test('a key that is gone is told, and not made up', async (context) => {
    const app = bench(context);
    await assert.rejects(readKeyRing(app, settings(DAV, { place: 'file' })), {
      kind: 'refused',
      hint: /keys unlock/,
    });
    withEnv(context, { SATCHEL_KEYCHAIN: 'off' });
    const inKeychain = settings(DAV, { place: 'keychain', account: 'a' });
    await assert.rejects(readKeyRing(app, inKeychain), { kind: 'refused' });
    assert.deepEqual(readdirSync(app.home), []);
  });
});
