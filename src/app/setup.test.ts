import assert from 'node:assert/strict';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { withEnv } from '../../test/support/environment.ts';
import { createManualClock, createSeededRandom } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { isErrorKind } from '../base/errors.ts';
import type { AppContext } from './context.ts';
import { readSettings, writeSettings } from './home.ts';
import { initRepository } from './setup.ts';
import { setUpByChoice } from './setup-by-page.ts';

const START_MS = Date.UTC(2027, 0, 1);
const PASSPHRASE = 'a passphrase for tests only';

function machine() {
  const root = temporaryFolder('setup');
  const notices: string[] = [];
  const app: AppContext = {
    home: join(root, 'home'),
    clock: createManualClock(START_MS),
    random: createSeededRandom(6),
    progress: () => undefined,
    notice: (text) => void notices.push(text),
  };
  return { root, app, notices, bucket: join(root, 'bucket') };
}

process.env.SATCHEL_KEYCHAIN = 'off';

test('the recovery key is returned, whatever the first sync meets', async () => {
  const { app, notices, bucket } = machine();
  // A folder where a draft would be is more than the sweep of drafts can take.
  const inTheWay = join(app.home, 'settings.json.1.tmp');
  mkdirSync(inTheWay, { recursive: true });
  utimesSync(inTheWay, START_MS / 1000 - 3600, START_MS / 1000 - 3600);
  const options = { bucket, deviceName: 'laptop' };
  const { recoveryKey } = await initRepository(app, options, async () => PASSPHRASE);
  assert.ok(recoveryKey !== undefined);
  assert.equal(notices.length, 1);
  assert.match(notices[0] ?? '', /^The device is set up, but its first sync failed: /);
});

test('on the page as well, where the list of homes cannot be written', async (t) => {
  const { root, app, bucket } = machine();
  // Homes among temporary files are not listed at all, and this is one.
  withEnv(t, { TMPDIR: '/nowhere', XDG_DATA_HOME: join(root, 'share') });
  writeFileSync(join(root, 'share'), '');
  const { recovery, notices } = await setUpByChoice(app, {
    url: bucket,
    device: 'laptop',
    passphrase: PASSPHRASE,
    isEncrypted: true,
    join: false,
  });
  assert.ok(recovery !== null);
  assert.equal(notices.length, 1);
  assert.match(notices[0] ?? '', /satchel-homes\.json/);
});

test('a home that another command sets up meanwhile stays as that one made it', async (t) => {
  const { root, app, bucket } = machine();
  const { exec } = DatabaseSync.prototype;
  t.mock.method(DatabaseSync.prototype, 'exec', function (this: DatabaseSync, sql: string): void {
    // The last moment before the lock is there: until now the other command had it.
    if (sql === 'BEGIN EXCLUSIVE') {
      t.mock.restoreAll();
      writeSettings(app.home, {
        format: 1,
        bucket: join(root, 'other'),
        repository: 'other',
        encryption: 'none',
        deviceName: 'laptop',
        collections: {},
      });
    }
    exec.call(this, sql);
  });
  await assert.rejects(
    initRepository(app, { bucket, deviceName: 'desktop' }, undefined),
    (error) => isErrorKind(error, 'usage') && error.message.includes('set up already'),
  );
  assert.equal(readSettings(app.home).repository, 'other');
});
