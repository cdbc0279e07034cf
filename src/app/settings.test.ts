import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { createManualClock, createSeededRandom } from '../../test/support/ports.ts';
import { isErrorKind } from '../base/errors.ts';
import { addCollection, attachCollection, detachCollection } from './collections.ts';
import type { AppContext } from './context.ts';
import { liveSettings, readSettings, writeSettings } from './home.ts';
import { openForReading, type Session, withSession } from './session.ts';
import { applyChanges, checkChange } from './settings.ts';
import { readSettingsFile, writeSettingsFile } from './settings-file.ts';
import { initRepository } from './setup.ts';

interface Bench {
  readonly app: AppContext;
  readonly folder: string;
  /** Sets a setting of the device, as another command does meanwhile. */
  set(name: string, value: string): Promise<void>;
}

/** A home with one collection, `Notes`, in a folder of that name. */
async function bench(context: TestContext): Promise<Bench> {
  const root = mkdtempSync(join(tmpdir(), 'satchel-settings-'));
  context.after(() => rmSync(root, { recursive: true }));
  const app: AppContext = {
    home: join(root, 'home'),
    clock: createManualClock(Date.UTC(2027, 0, 1)),
    random: createSeededRandom(8),
    progress: () => undefined,
    notice: () => undefined,
  };
  const folder = join(root, 'Notes');
  mkdirSync(folder);
  await initRepository(app, { bucket: join(root, 'bucket'), deviceName: 'a' }, undefined);
  await withSession(app, 'test', (session) => addCollection(session, 'vault', folder, undefined));
  const set = async (name: string, value: string): Promise<void> => {
    const session = await openForReading(app);
    try {
      applyChanges(session, [checkChange(session, undefined, name, value)]);
    } finally {
      await session.close();
    }
  };
  return { app, folder, set };
}

suite('settings, changed by two commands at once', () => {
  test('what one sets stays while another attaches and detaches', async (context) => {
    const { app, folder, set } = await bench(context);
    const meanwhile = async (work: (session: Session) => Promise<unknown>): Promise<void> => {
      await withSession(app, 'test', async (session) => {
        await set('poll.idle', '10m');
        await work(session);
      });
      assert.deepEqual(readSettings(app.home).preferences, { 'poll.idle': 600_000 });
      writeSettings(app.home, { ...readSettings(app.home), preferences: {} });
    };
    await meanwhile((session) => detachCollection(session, 'Notes'));
    assert.deepEqual(readSettings(app.home).collections, {});
    await meanwhile((session) => attachCollection(session, 'Notes', folder, undefined));
    const other = join(folder, '../Other');
    mkdirSync(other);
    await meanwhile((session) => addCollection(session, 'vault', other, undefined));
    assert.equal(Object.keys(readSettings(app.home).collections).length, 2);
  });

  test('a running one sees each change, also within one tick of the clock', async (context) => {
    const { app } = await bench(context);
    const first = readSettings(app.home);
    const live = liveSettings(app.home, first);
    const path = join(app.home, 'settings.json');
    for (const transfers of [3, 4, 5]) {
      writeSettings(app.home, { ...first, preferences: { transfers } });
      utimesSync(path, 1e9, 1e9);
      assert.deepEqual(live().preferences, { transfers });
    }
  });
});

test('the file that "settings --yaml" prints is one that can be read', async (context) => {
  const { app } = await bench(context);
  // A collection of other devices has no settings of this one.
  await withSession(app, 'test', (session) => detachCollection(session, 'Notes'));
  const session = await openForReading(app);
  context.after(() => session.close());
  const text = writeSettingsFile(session);
  const changes = readSettingsFile(session, text, 'settings.yaml');
  assert.ok(
    changes.some(({ collection }) => collection?.name === 'Notes'),
    text,
  );
});

test('a file that is no YAML of settings is refused in words', async (context) => {
  const { app } = await bench(context);
  const session = await openForReading(app);
  context.after(() => session.close());
  for (const text of ['limit: [', 'a: &a 1\nlimit.up: *a', '- limit.up']) {
    assert.throws(
      () => readSettingsFile(session, text, 'settings.yaml'),
      (error) =>
        isErrorKind(error, 'usage') &&
        /settings\.yaml.*[^:]\.$/.test(error.message) &&
        /--yaml/.test(error.hint ?? ''),
      text,
    );
  }
});

test('an empty name means no collection, not the only one', async (context) => {
  const { app } = await bench(context);
  await assert.rejects(
    withSession(app, 'test', (session) => detachCollection(session, '')),
    { kind: 'usage' },
  );
  assert.equal(Object.keys(readSettings(app.home).collections).length, 1);
});
