import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { reply } from '../../test/support/canned-server.ts';
import { startLittleDav } from '../../test/support/little-dav.ts';
import { systemClock, systemRandom } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { SatchelError } from '../base/errors.ts';
import type { StoreCredentials } from '../store/credentials.ts';
import { createMemoryStore } from '../store/memory.ts';
import { type OpenStoreOptions, openStore } from './store.ts';

const OLD = 'the password before, for tests';
const NEW = 'the password after, for tests';

/** A bucket that takes the new password alone, and a store that is told passwords one by one. */
async function openWith(
  context: TestContext,
  tell: () => Promise<StoreCredentials>,
  more: Partial<OpenStoreOptions> = {},
) {
  const server = await startLittleDav(context, createMemoryStore());
  const right = `Basic ${Buffer.from(`me:${NEW}`).toString('base64')}`;
  server.trouble = ({ headers }) => (headers.authorization === right ? undefined : reply(401, ''));
  let asked = 0;
  const { store } = openStore(`${server.url}?user=me`, {
    clock: systemClock,
    random: systemRandom,
    credentials: async () => {
      asked += 1;
      return await tell();
    },
    ...more,
  });
  context.after(() => store.close());
  return { store, asked: () => asked };
}

suite('credentials of a bucket', () => {
  test('those that are renewed while it is open are taken up', async (context) => {
    const kept = { password: OLD };
    const { store, asked } = await openWith(context, async () => ({ ...kept }), {
      mayRenew: () => true,
    });
    await assert.rejects(store.get('a'), { kind: 'refused' });
    kept.password = NEW;
    assert.deepEqual(await store.get('a'), { kind: 'missing' });
    await store.put('a', new Uint8Array(3));
    assert.equal(asked(), 2);
  });

  test('where nothing is kept, nobody is asked again and again', async (context) => {
    const { store, asked } = await openWith(context, async () => ({ password: OLD }));
    for (let tries = 0; tries < 3; tries += 1) {
      await assert.rejects(store.get('a'), { kind: 'refused' });
    }
    assert.equal(asked(), 1);
  });

  test('a keychain that was locked once is asked again', async (context) => {
    let isLocked = true;
    const { store } = await openWith(context, async () => {
      if (isLocked) throw new SatchelError('refused', 'the keychain is locked');
      return { password: NEW };
    });
    await assert.rejects(store.get('a'), { message: 'the keychain is locked' });
    isLocked = false;
    assert.deepEqual(await store.get('a'), { kind: 'missing' });
  });
});

suite('the certificates of a bucket', () => {
  test('a file without any is told as such, before anything is sent', async () => {
    const path = join(temporaryFolder('ca'), 'authorities.pem');
    writeFileSync(path, 'no certificate\n');
    for (const bucket of ['davs://127.0.0.1:9/x', 's3://a-bucket?endpoint=https://127.0.0.1:9']) {
      const url = `${bucket}${bucket.includes('?') ? '&' : '?'}ca-file=${path}`;
      const { store } = openStore(url, { clock: systemClock, random: systemRandom });
      await assert.rejects(store.get('a'), {
        kind: 'usage',
        message: `There is no certificate in ${path}.`,
      });
      store.close();
    }
  });
});
