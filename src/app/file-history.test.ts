import assert from 'node:assert/strict';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { openEditorHomes } from '../../test/support/editor-homes.ts';
import { findCollection } from './collection-list.ts';
import { compareVersions, fileVersions, openContent, restoreFile } from './file-history.ts';
import { restoreMoment } from './restore-folder.ts';

const COLLECTION = 'Notes';

suite('one file through time', () => {
  test('a version tells which file is meant, though another has its path now', async (t) => {
    const [one] = await openEditorHomes(t, ['laptop']);
    assert.ok(one !== undefined);
    const { session, folder, sync } = one;
    const at = (path: string): string => join(folder, path);
    writeFileSync(at('draft.md'), 'the letter\n');
    await sync();
    const [first] = (await fileVersions(session, { collection: COLLECTION, path: 'draft.md' }))
      .versions;
    assert.ok(first !== undefined);
    renameSync(at('draft.md'), at('letter.md'));
    await sync();
    writeFileSync(at('draft.md'), 'something else\n');
    await sync();

    const target = { collection: COLLECTION, path: 'draft.md', version: first.id };
    const { path, deleted, versions } = await fileVersions(session, target);
    assert.deepEqual([path, deleted], ['letter.md', false]);
    assert.deepEqual(
      versions.map((version) => version.path),
      ['letter.md', 'draft.md'],
    );
    const now = await fileVersions(session, { collection: COLLECTION, path: 'draft.md' });
    assert.ok(!now.versions.some(({ id }) => id === first.id));
    assert.equal(openContent(session, target).name, 'draft.md');
    assert.equal((await compareVersions(session, target, undefined)).to.text, 'the letter\n');
    const other = now.versions[0]?.id;
    await assert.rejects(compareVersions(session, target, other), { kind: 'usage' });
  });

  test('S6: an edit that nobody had taken in is a version before another one is restored', async (t) => {
    const [one] = await openEditorHomes(t, ['laptop']);
    assert.ok(one !== undefined);
    const { session, folder, sync } = one;
    const place = join(folder, 'plan.md');
    for (const text of ['one\n', 'two\n']) {
      writeFileSync(place, text);
      await sync();
    }
    const { versions } = await fileVersions(session, { collection: COLLECTION, path: 'plan.md' });
    writeFileSync(place, 'not taken in yet\n');
    const target = { collection: COLLECTION, path: 'plan.md', version: versions[1]?.id ?? '' };
    const { before, failed } = await restoreFile(session, target, { dryRun: false });
    assert.deepEqual(failed, []);
    assert.equal(readFileSync(place, 'utf8'), 'one\n');
    const undo = { path: 'plan.md', atMs: Date.parse(before), exact: true, dryRun: false };
    await restoreMoment(session, findCollection(session, COLLECTION), undo);
    assert.equal(readFileSync(place, 'utf8'), 'not taken in yet\n');
  });

  test('a version with what is there already changes nothing', async (t) => {
    const [one] = await openEditorHomes(t, ['laptop']);
    assert.ok(one !== undefined);
    const { session, folder, sync } = one;
    writeFileSync(join(folder, 'plan.md'), 'one\n');
    await sync();
    const { versions } = await fileVersions(session, { collection: COLLECTION, path: 'plan.md' });
    const target = { collection: COLLECTION, path: 'plan.md', version: versions[0]?.id ?? '' };
    for (const dryRun of [true, false]) {
      const { restored } = await restoreFile(session, target, { dryRun });
      assert.deepEqual(restored, []);
    }
    const after = await fileVersions(session, { collection: COLLECTION, path: 'plan.md' });
    assert.equal(after.versions.length, 1);
  });
});
