import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type EditorHome, openEditorHomes } from '../../test/support/editor-homes.ts';
import { listRegistry } from '../sync/registry.ts';
import { listCollections } from './collection-list.ts';
import { changesSince } from './editor-changes.ts';
import { parseExpected } from './editor-door.ts';
import { deleteFile, moveFile } from './editor-files.ts';
import { orderOf, reorder } from './editor-order.ts';

const ANY = parseExpected(undefined);

async function fill({ folder, sync }: EditorHome, names: readonly string[]): Promise<void> {
  mkdirSync(join(folder, 'N/sub'), { recursive: true });
  for (const name of names) writeFileSync(join(folder, 'N', name), name);
  writeFileSync(join(folder, 'N/sub/x.md'), 'x');
  await sync();
}

test('S3: two devices that move different entries agree on both', async (t) => {
  const [laptop, desktop] = await openEditorHomes(t, ['laptop', 'desktop']);
  assert.ok(laptop !== undefined && desktop !== undefined);
  const names = ['a', 'b', 'c', 'd', 'e'];
  await fill(laptop, names);
  assert.deepEqual(reorder(laptop.session, 'Notes', 'N', names), names);
  await laptop.sync();
  await desktop.sync();
  assert.deepEqual(orderOf(desktop.session, 'Notes', 'N'), names);
  reorder(laptop.session, 'Notes', 'N', ['e', 'a', 'b', 'c', 'd']);
  reorder(desktop.session, 'Notes', 'N', ['a', 'c', 'd', 'b', 'e']);
  for (const home of [laptop, desktop, laptop, desktop]) await home.sync();
  for (const { session } of [laptop, desktop]) {
    assert.deepEqual(orderOf(session, 'Notes', 'N'), ['e', 'a', 'c', 'd', 'b']);
  }
});

test('names that are left out follow in their order, and what is gone is dropped', async (t) => {
  const [home] = await openEditorHomes(t, ['laptop']);
  assert.ok(home !== undefined);
  const { session } = home;
  await fill(home, ['a', 'b', 'c', 'd']);
  reorder(session, 'Notes', 'N', ['d', 'sub', 'c', 'b', 'a']);
  assert.deepEqual(reorder(session, 'Notes', 'N', ['a', 'd']), ['a', 'd', 'sub', 'c', 'b']);
  await deleteFile(session, 'Notes', 'N/c', ANY);
  assert.deepEqual(reorder(session, 'Notes', 'N', ['b']), ['b', 'a', 'd', 'sub']);
  for (const wrong of [['a/b'], ['a', 'a'], ['\ud800']]) {
    assert.throws(() => reorder(session, 'Notes', 'N', wrong), { kind: 'usage' });
  }
  assert.deepEqual(reorder(session, 'Notes', '', ['N']), ['N']);
});

test('a renamed file keeps its place, and a moved folder its order', async (t) => {
  const [home] = await openEditorHomes(t, ['laptop']);
  assert.ok(home !== undefined);
  const { session } = home;
  await fill(home, ['a', 'b', 'c']);
  reorder(session, 'Notes', 'N', ['c', 'sub', 'a', 'b']);
  reorder(session, 'Notes', 'N/sub', ['x.md']);
  await moveFile(session, 'Notes', 'N', 'N', ANY);
  await moveFile(session, 'Notes', 'N/a', 'N/z', ANY);
  assert.deepEqual(orderOf(session, 'Notes', 'N'), ['c', 'sub', 'z', 'b']);
  await moveFile(session, 'Notes', 'N', 'M', ANY);
  assert.deepEqual(orderOf(session, 'Notes', 'M'), ['c', 'sub', 'z', 'b']);
  assert.deepEqual(orderOf(session, 'Notes', 'M/sub'), ['x.md']);
  assert.deepEqual(orderOf(session, 'Notes', 'N'), []);
  await moveFile(session, 'Notes', 'M/b', 'b', ANY);
  assert.deepEqual(orderOf(session, 'Notes', 'M'), ['c', 'sub', 'z']);
});

test('changes tell of an order, here and elsewhere, and no file comes of it', async (t) => {
  const [laptop, desktop] = await openEditorHomes(t, ['laptop', 'desktop']);
  assert.ok(laptop !== undefined && desktop !== undefined);
  await fill(laptop, ['a', 'b']);
  await desktop.sync();
  const cursors = [laptop, desktop].map(
    ({ session }) => changesSince(session, 'Notes', undefined, 10).cursor,
  );
  reorder(laptop.session, 'Notes', 'N', ['b', 'a']);
  await laptop.sync();
  const { collections } = await desktop.sync();
  assert.deepEqual(collections[0]?.failed, []);
  for (const [index, { session }] of [laptop, desktop].entries()) {
    const answer = changesSince(session, 'Notes', cursors[index], 10);
    const brief = answer.changes.map(({ change, path, device }) => [change, path, device]);
    assert.deepEqual(brief, [['reordered', 'N', 'laptop']]);
    assert.deepEqual(changesSince(session, 'Notes', answer.cursor, 10).changes, []);
    assert.equal(listRegistry(session.engine).length, 1);
    assert.equal(listCollections(session).length, 1);
  }
});
