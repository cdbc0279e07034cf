import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { createManualClock, createSeededRandom } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { isErrorKind } from '../base/errors.ts';
import { setMeta } from '../replica/meta.ts';
import { addCollection } from './collections.ts';
import type { AppContext } from './context.ts';
import { goTo, parseDestination } from './follow.ts';
import { changeSettings } from './home.ts';
import { openForWork, withSession } from './session.ts';
import { initRepository } from './setup.ts';

function contextIn(root: string): AppContext {
  return {
    home: join(root, 'home'),
    clock: createManualClock(Date.UTC(2027, 0, 1)),
    random: createSeededRandom(5),
    progress: () => undefined,
    notice: () => undefined,
  };
}

test('who waited for the lock goes by what the one before it left, not by what it found', async (t) => {
  const root = temporaryFolder('session');
  const app = contextIn(root);
  await initRepository(app, { bucket: join(root, 'bucket'), deviceName: 'laptop' }, undefined);
  mkdirSync(join(root, 'Notes'));
  await withSession(app, 'test', (session) =>
    addCollection(session, 'vault', join(root, 'Notes'), 'Notes'),
  );

  const { exec } = DatabaseSync.prototype;
  let isOver = false;
  t.mock.method(DatabaseSync.prototype, 'exec', function (this: DatabaseSync, sql: string): void {
    // The last moment before the lock is there: until now another command had it.
    if (sql === 'BEGIN EXCLUSIVE' && !isOver) {
      isOver = true;
      changeSettings(app.home, (settings) => ({ ...settings, collections: {} }));
    }
    exec.call(this, sql);
  });
  const session = await openForWork(app, 'test');
  try {
    assert.ok(isOver);
    assert.deepEqual([...session.open.keys()], []);
    assert.deepEqual(session.settings.collections, {});
  } finally {
    await session.close();
  }
});

test('work in a home that is not set up is refused, and leaves no home behind', async () => {
  const app = contextIn(temporaryFolder('session'));
  await assert.rejects(openForWork(app, 'test'), (error) => isErrorKind(error, 'usage'));
  assert.ok(!existsSync(app.home));
});

test('S10: what one bucket said of the clock does not go along to another', async () => {
  const root = temporaryFolder('session');
  const app = contextIn(root);
  await initRepository(app, { bucket: join(root, 'bucket'), deviceName: 'laptop' }, undefined);
  cpSync(join(root, 'bucket'), join(root, 'other'), { recursive: true });
  const how = { overrides: {}, insecureTls: false, password: undefined };
  await withSession(app, 'test', async ({ engine }) =>
    setMeta(engine.db, 'clock-offset', '900000'),
  );
  await withSession(app, 'test', async (session) => {
    assert.equal(session.engine.clock.now(), app.clock.now() + 900_000);
    await goTo(session, parseDestination(join(root, 'other'), how));
  });
  // A folder tells no time: what was heard before would count for ever.
  await withSession(app, 'test', async ({ engine }) => {
    assert.equal(engine.clock.now(), app.clock.now());
  });
});
