import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { createSeededRandom } from '../../test/support/ports.ts';
import { openVaultHome } from '../../test/support/vault-home.ts';
import { attachCollection, detachCollection } from './collections.ts';
import { readSettings, writeSettings } from './home.ts';
import { withSession } from './session.ts';
import { joinRepository } from './setup.ts';
import { runSync } from './sync.ts';

const NAMES = ['a.md', 'b.md', 'c.md', 'd.md'];

/** A home with four files in step with another device, whose folder is asked what came of them. */
async function openBench() {
  const { root, app, bucket, folder, work } = await openVaultHome();
  for (const name of NAMES) writeFileSync(join(folder, name), `text of ${name}`);
  const sync = () => work((session) => runSync(session, undefined));
  await sync();
  const other = { ...app, home: join(root, 'other'), random: createSeededRandom(2) };
  const elsewhere = join(root, 'Elsewhere');
  await joinRepository(other, { bucket, deviceName: 'desktop' }, async () => '');
  const atOther = (work: Parameters<typeof withSession>[2]) => withSession(other, 'test', work);
  await atOther((session) => attachCollection(session, 'Notes', elsewhere, undefined));
  const syncOther = () => atOther((session) => runSync(session, undefined));
  await syncOther();
  return {
    root,
    app,
    folder,
    work,
    sync,
    attach: (place: string) =>
      work((session) => attachCollection(session, 'Notes', place, undefined)),
    async syncBoth() {
      for (const round of [sync, syncOther, sync, syncOther]) await round();
    },
    filesAt: (place: string) =>
      readdirSync(place)
        .filter((name) => name !== '.satchel')
        .sort(),
    elsewhere,
  };
}

suite('S8: a collection that comes to another folder', () => {
  test('where the settings were made anew and the replica stayed, deletes nothing', async () => {
    const bench = await openBench();
    const copy = join(bench.root, 'Copy');
    mkdirSync(copy);
    writeFileSync(join(copy, 'a.md'), 'text of a.md');
    writeSettings(bench.app.home, { ...readSettings(bench.app.home), collections: {} });
    await bench.attach(copy);
    await bench.syncBoth();
    assert.deepEqual(bench.filesAt(bench.elsewhere), NAMES);
    assert.deepEqual(bench.filesAt(copy), NAMES);
  });

  test('after a detach that was cut short, deletes nothing', async () => {
    const bench = await openBench();
    // The program ends where the settings would be written.
    await bench.work(async (session) => {
      const { home } = session.context;
      const context = {
        ...session.context,
        get home(): string {
          throw new Error(`killed before ${home} was written`);
        },
      };
      await assert.rejects(detachCollection({ ...session, context }, 'Notes'), /killed/);
    });
    // What is not there any more was not seen to be deleted.
    rmSync(join(bench.folder, 'b.md'));
    await bench.syncBoth();
    assert.deepEqual(bench.filesAt(bench.elsewhere), NAMES);
    assert.deepEqual(bench.filesAt(bench.folder), NAMES);
    await bench.work((session) => detachCollection(session, 'Notes'));
    const empty = join(bench.root, 'Empty');
    await bench.attach(empty);
    await bench.syncBoth();
    assert.deepEqual(bench.filesAt(bench.elsewhere), NAMES);
    assert.deepEqual(bench.filesAt(empty), NAMES);
  });
});
