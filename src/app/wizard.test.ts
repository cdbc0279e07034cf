/** What the wizard of `init` does to a bucket that is not there yet, at real folders and a server. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { reply } from '../../test/support/canned-server.ts';
import { startLittleDav } from '../../test/support/little-dav.ts';
import { systemClock, systemRandom } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { createMemoryStore } from '../store/memory.ts';
import type { AppContext } from './context.ts';
import { createBucket, hasRepository, isBucketMissing } from './wizard.ts';

const app: AppContext = {
  home: '/no/such/home',
  clock: systemClock,
  random: systemRandom,
  progress: () => undefined,
  notice: () => undefined,
};

const credentials = { password: 'a password for tests' };

suite('a bucket that is not there yet', () => {
  test('is made where it is a folder', async () => {
    const bucket = join(temporaryFolder('wizard'), 'deep/bucket');
    const access = { bucket, credentials: undefined };
    assert.equal(await isBucketMissing(app, access), true);
    await createBucket(app, access);
    assert.equal(await isBucketMissing(app, access), false);
    assert.equal(await hasRepository(app, access), false);
  });

  test('is made on a WebDAV server, with the password that was typed', async (context) => {
    const server = await startLittleDav(context, createMemoryStore());
    let isThere = false;
    server.trouble = ({ method, headers }) => {
      if (headers.authorization === undefined) return reply(401, '');
      if (method === 'MKCOL') {
        isThere = true;
        return reply(201, '');
      }
      return isThere ? undefined : reply(404, '');
    };
    const access = { bucket: `${server.url}?user=me`, credentials };
    assert.equal(await isBucketMissing(app, access), true);
    await createBucket(app, access);
    assert.equal(await isBucketMissing(app, access), false);
  });

  test('is not taken for missing where nobody can say', async (context) => {
    const server = await startLittleDav(context, createMemoryStore());
    for (const status of [401, 500]) {
      server.trouble = () => reply(status, '');
      const access = { bucket: `${server.url}?user=me`, credentials };
      assert.equal(await isBucketMissing(app, access), false, String(status));
    }
    const folder = temporaryFolder('wizard');
    mkdirSync(join(folder, 'bucket'));
    const access = { bucket: join(folder, 'bucket'), credentials: undefined };
    assert.equal(await isBucketMissing(app, access), false);
  });
});
