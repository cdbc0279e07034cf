import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { TEST_COLLECTION } from '../../test/support/device.ts';
import { openVaultDevices } from '../../test/support/vault-devices.ts';
import { openVaultHome } from '../../test/support/vault-home.ts';
import { hasVersion } from '../replica/versions.ts';
import { endIdentity } from '../sync/ends.ts';
import { selfId } from '../sync/engine.ts';
import { pull } from '../sync/pull.ts';
import { findCollection } from './collection-list.ts';
import { readMoments } from './moments.ts';
import { runSync } from './sync.ts';
import { type Tree, type TreeQuery, TreeReader } from './tree-at.ts';
import { listFolder, pageOf } from './tree-list.ts';
import { compareText, readNodes, readPlacedNodes, type TreeNode } from './tree-nodes.ts';

function node(path: string, more: Partial<TreeNode> = {}): TreeNode {
  return {
    record: path,
    path,
    kind: 'file',
    size: 10,
    timeMs: 1_000,
    device: 'laptop',
    isGone: false,
    version: `version of ${path}`,
    hash: 'hash',
    ...more,
  };
}

function sorted(...nodes: readonly TreeNode[]): readonly TreeNode[] {
  return [...nodes].sort((a, b) => compareText(a.path, b.path));
}

const TREE = sorted(
  node('b.md'),
  node('A.md', { timeMs: 2_000 }),
  node('Journal/one.md', { size: 1 }),
  node('Journal/2027/two.md', { size: 2, timeMs: 9_000, device: 'desktop' }),
  node('Journal 2/three.md'),
  node('empty', { kind: 'folder', size: 0 }),
  node('Journal/was.md', { isGone: true, size: 100, timeMs: 99_000 }),
  node('old/was.md', { isGone: true, size: 100 }),
  node('b.md', { isGone: true, record: 'another', size: 7 }),
);

suite('a folder of a tree', () => {
  const words = (folder: string, options: Partial<Parameters<typeof listFolder>[2]> = {}) =>
    listFolder(TREE, folder, { deleted: false, ...options }).map(
      ({ path, kind, size, files, isGone }) =>
        `${isGone ? 'deleted ' : ''}${kind} ${path} ${size} ${files}`,
    );

  test('has folders first, with all that is in them, then files by name in any case', () => {
    assert.deepEqual(words(''), [
      'folder empty 0 0',
      'folder Journal 3 2',
      'folder Journal 2 10 1',
      'file A.md 10 1',
      'file b.md 10 1',
    ]);
    assert.deepEqual(words('Journal'), ['folder Journal/2027 2 1', 'file Journal/one.md 1 1']);
    assert.deepEqual(words('nowhere'), []);
    const [, journal] = listFolder(TREE, '', { deleted: false });
    assert.deepEqual([journal?.timeMs, journal?.device], [9_000, 'desktop'], 'its newest save');
  });

  test('has what was deleted where that is asked for, apart from what is there', () => {
    assert.deepEqual(words('', { deleted: true }), [
      'folder empty 0 0',
      'folder Journal 3 2',
      'folder Journal 2 10 1',
      'deleted folder old 100 1',
      'file A.md 10 1',
      'file b.md 10 1',
    ]);
    assert.ok(words('Journal', { deleted: true }).includes('deleted file Journal/was.md 100 1'));
  });

  test('is searched with all below it, in any case', () => {
    assert.deepEqual(words('', { search: 'TWO' }), ['file Journal/2027/two.md 2 1']);
    assert.deepEqual(words('Journal 2', { search: 'journal' }), ['file Journal 2/three.md 10 1']);
    assert.deepEqual(words('', { search: 'was', deleted: true }), [
      'deleted file Journal/was.md 100 1',
      'deleted file old/was.md 100 1',
    ]);
  });

  test('comes in pages, and goes on at its place where it has changed meanwhile', () => {
    const many = sorted(
      ...Array.from({ length: 2_345 }, (_, index) =>
        node(`${index % 3 === 0 ? 'd' : 'f'}/${index}`),
      ),
      ...Array.from({ length: 2_345 }, (_, index) => node(`file ${index}`)),
    );
    const lines = listFolder(many, '', { deleted: false });
    const read: string[] = [];
    let after: string | undefined;
    do {
      const page = pageOf(lines, after, 100);
      assert.equal(page.total, lines.length);
      read.push(...page.lines.map(({ path }) => path));
      after = page.next ?? undefined;
    } while (after !== undefined);
    assert.deepEqual(
      read,
      lines.map(({ path }) => path),
    );
    const { next, lines: first } = pageOf(lines, undefined, 100);
    const without = lines.filter(({ path }) => path !== first.at(-1)?.path);
    assert.deepEqual(pageOf(without, next ?? undefined, 5).lines, lines.slice(100, 105));
  });
});

suite('the tree of a home', () => {
  test('is fresh after each save, and each moment stays as it was', async () => {
    const { clock, folder, work } = await openVaultHome();
    await work(async (session) => {
      const reader = new TreeReader();
      const read = (query: Partial<TreeQuery> = {}): Promise<Tree> =>
        reader.page(session, findCollection(session, 'Notes'), {
          folder: '',
          atMs: undefined,
          deleted: false,
          limit: 100,
          ...query,
        });
      const paths = async (query?: Partial<TreeQuery>) =>
        (await read(query)).entries.map(({ path }) => path);
      assert.deepEqual(await read(), { entries: [], next: null, total: 0 });
      writeFileSync(join(folder, 'a.md'), 'text');
      await runSync(session, undefined);
      const atMs = clock.now();
      const { entries, ...rest } = await read();
      const [{ version, ...entry } = { version: null }] = entries;
      assert.deepEqual(entry, {
        path: 'a.md',
        kind: 'file',
        size: 4,
        files: 1,
        time: new Date(atMs).toISOString(),
        device: 'laptop',
        deleted: false,
      });
      const { id } = findCollection(session, 'Notes');
      assert.ok(hasVersion(session.engine.db, id, version ?? ''));
      assert.deepEqual(rest, { next: null, total: 1 });
      clock.advance(60_000);
      rmSync(join(folder, 'a.md'));
      writeFileSync(join(folder, 'b.md'), 'more text');
      await runSync(session, undefined);
      assert.deepEqual(await paths(), ['b.md']);
      assert.deepEqual(await paths({ deleted: true }), ['a.md', 'b.md']);
      assert.deepEqual(await paths({ atMs }), ['a.md']);
      assert.deepEqual(await paths({ atMs: atMs - 1 }), []);
    });
  });

  test('tells how much was saved on which day', async () => {
    const { clock, folder, work } = await openVaultHome();
    await work(async (session) => {
      const save = async (work: () => void) => {
        work();
        await runSync(session, undefined);
        clock.advance(60_000);
      };
      await save(() => writeFileSync(join(folder, 'a.md'), 'four'));
      await save(() => writeFileSync(join(folder, 'b.md'), 'fives'));
      clock.advance(3 * 24 * 60 * 60 * 1000);
      await save(() => writeFileSync(join(folder, 'a.md'), 'sixsix'));
      await save(() => rmSync(join(folder, 'b.md')));
      const { days } = await readMoments(session.engine, findCollection(session, 'Notes').id);
      assert.deepEqual(days, [
        { day: '2027-01-01', written: 2, deleted: 0, bytes: 9 },
        { day: '2027-01-04', written: 1, deleted: 1, bytes: 6 },
      ]);
      const { id } = findCollection(session, 'Notes');
      const earlier = await readMoments(session.engine, id, -60_000);
      assert.deepEqual(
        earlier.days.map(({ day, written }) => [day, written]),
        [
          ['2026-12-31', 1],
          ['2027-01-01', 1],
          ['2027-01-04', 1],
        ],
      );
    });
  });

  test('S9a: is the same now and at this moment where the identity of the device has ended', async (t) => {
    const { a, b, clock, settle } = await openVaultDevices(t);
    await a.put('other.md', 'text');
    await settle();
    await a.put('note.md', 'of a');
    await settle();
    await b.put('note.md', 'of b');
    await b.sync();
    const { engine } = a.device;
    const kind = engine.kindOf(TEST_COLLECTION);
    assert.ok(kind !== undefined);
    await pull(engine, { list: true });
    endIdentity(engine, selfId(engine), TEST_COLLECTION, 1);
    assert.deepEqual(a.conflicts(), ['note.md']);
    const source = { engine, collection: TEST_COLLECTION, kind };
    const then = await readNodes(source, clock.now());
    assert.deepEqual(await readNodes(source, undefined), then);
    assert.equal(then.length, 2);
  });

  test('S5: has files whose names collide where they are on the disk', async (t) => {
    const { a, b, settle } = await openVaultDevices(t);
    await a.put('one.md', 'one');
    await a.put('two.md', 'two');
    await settle();
    await a.move('one.md', 'same.md');
    await b.move('two.md', 'same.md');
    await settle();
    const kind = a.device.engine.kindOf(TEST_COLLECTION);
    assert.ok(kind !== undefined);
    const source = { engine: a.device.engine, collection: TEST_COLLECTION, kind };
    const nodes = (await readPlacedNodes(source)).filter(({ isGone }) => !isGone);
    assert.equal(nodes.length, 2);
    assert.deepEqual(
      nodes.map(({ path }) => path),
      Object.keys(await a.tree()).sort(compareText),
    );
  });
});
