import assert from 'node:assert/strict';
import { mkdir, readdir, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { TEST_COLLECTION } from '../../../test/support/device.ts';
import {
  ANY,
  doorOf,
  refusedSave,
  saved,
  textAt,
  textOf,
} from '../../../test/support/file-doors.ts';
import { openVaultDevices } from '../../../test/support/vault-devices.ts';
import { utf8 } from '../../base/bytes.ts';
import { outboxCount, outboxEntries } from '../../replica/outbox.ts';
import { publishCollection } from '../../sync/publish.ts';

test('S4: a save is in the replica and in the folder when it is answered, and arrives elsewhere', async (t) => {
  const { a, b, settle } = await openVaultDevices(t);
  await settle();
  const door = doorOf(a);
  const first = await saved(door, 'Garden/Plan.md', 'Buy seeds', { kind: 'absent' });
  assert.equal(outboxCount(a.device.engine.db, TEST_COLLECTION), 1);
  assert.deepEqual(await a.tree(), { 'Garden/': '', 'Garden/Plan.md': 'Buy seeds' });
  const second = await saved(door, 'Garden/Plan.md', 'Buy bulbs', { kind: 'rev', rev: first.rev });
  assert.ok(second.rev > first.rev);
  const long = 'long '.repeat(10_000);
  await saved(door, 'Garden/long.md', long, { kind: 'absent' });
  const { a: report } = await settle();
  assert.deepEqual(report.failed, []);
  const expected = { 'Garden/': '', 'Garden/Plan.md': 'Buy bulbs', 'Garden/long.md': long };
  assert.deepEqual([await a.tree(), await b.tree()], [expected, expected]);
  assert.deepEqual(await readdir(join(a.root, '.satchel/tmp')), [], 'nothing is left behind');
});

test('S6: what a save put into the folder is no edit of a person, and a scan finds nothing new', async (t) => {
  const { a, settle } = await openVaultDevices(t);
  await settle();
  await saved(doorOf(a), 'note.md', 'one');
  await a.sync();
  const { published, failed } = await a.sync();
  assert.deepEqual([published.versions, failed], [0, []]);
});

test('a save whose answer was lost comes again and changes nothing', async (t) => {
  const { a, settle } = await openVaultDevices(t);
  await settle();
  const door = doorOf(a);
  const first = await saved(door, 'note.md', 'one', { kind: 'absent' });
  const again = await saved(door, 'note.md', 'one', { kind: 'absent' });
  assert.deepEqual(again, first);
});

test('If-Match: only who knows the file as it is may write it', async (t) => {
  const { a, settle } = await openVaultDevices(t);
  await settle();
  const door = doorOf(a);
  const first = await saved(door, 'note.md', 'one', { kind: 'absent' });
  const second = await saved(door, 'note.md', 'two', { kind: 'mtime', mtimeNs: first.mtimeNs });
  const expectations = [
    { kind: 'absent' },
    { kind: 'rev', rev: first.rev },
    { kind: 'rev', rev: 0 },
    { kind: 'mtime', mtimeNs: first.mtimeNs },
  ] as const;
  for (const expected of expectations) {
    const refused = await refusedSave(door, 'note.md', 'three', expected);
    assert.equal(textOf(refused), 'two');
    assert.equal(refused.now?.rev, second.rev);
    assert.equal(refused.now?.mtimeNs, second.mtimeNs);
  }
  const gone = await refusedSave(door, 'other.md', 'x', { kind: 'rev', rev: second.rev });
  assert.equal(gone.now, undefined);
  assert.equal(await textAt(door, 'note.md'), 'two');
  assert.equal(await textAt(door, 'other.md'), undefined);
});

test('S6: an edit on the disk that nobody heard of is taken in first, and never overwritten', async (t) => {
  const { a, b, settle } = await openVaultDevices(t);
  await settle();
  const door = doorOf(a);
  const first = await saved(door, 'note.md', 'mine');
  await a.put('note.md', 'typed in another editor');
  await a.put('new.md', 'made by hand');
  for (const expected of [ANY, { kind: 'rev', rev: first.rev }] as const) {
    const refused = await refusedSave(door, 'note.md', 'mine again', {
      ...expected,
    });
    assert.equal(textOf(refused), 'typed in another editor');
    if (expected.kind === 'nothing') continue;
    const now = refused.now?.rev ?? 0;
    await saved(door, 'note.md', 'both', { kind: 'rev', rev: now });
  }
  const refused = await refusedSave(door, 'new.md', 'x', { kind: 'absent' });
  assert.equal(textOf(refused), 'made by hand');
  await settle();
  assert.deepEqual(await b.tree(), { 'new.md': 'made by hand', 'note.md': 'both' });
  assert.deepEqual([...a.conflicts(), ...b.conflicts()], []);
});

test('names are checked like those from other devices', async (t) => {
  const { a, settle } = await openVaultDevices(t);
  await settle();
  const door = doorOf(a);
  await saved(door, 'Notes/Plan.md', 'one');
  await symlink('/etc', join(a.root, 'out'));
  await mkdir(join(a.root, 'empty'));
  const refused: readonly (readonly [path: string, words: RegExp])[] = [
    ['../outside.md', /"\.\." as a part/],
    ['/etc/passwd', /absolute/],
    ['a//b.md', /empty part/],
    ['C:/x.md', /drive letter/],
    ['a\\b.md', /backslash/],
    [`${'x'.repeat(256)}.md`, /longer than 255 bytes/],
    ['.satchel/attached.json', /belongs to Satchel/],
    ['node_modules/x.js', /ignored here/],
    ['out/passwd', /"out" is a symbolic link/],
    ['out', /"out" is a symbolic link/],
    ['empty', /"empty" is a folder/],
    ['Notes/Plan.md/x.md', /"Notes\/Plan.md" is a file/],
    ['Notes/plan.md', /"Notes\/Plan.md" would be one file on some disks/],
    ['notes/other.md', /"Notes\/other.md" would be one file on some disks/],
  ];
  for (const [path, message] of refused) {
    await assert.rejects(door.write([{ path, bytes: utf8('x') }], ANY), { kind: 'usage', message });
  }
  assert.deepEqual(await a.tree(), {
    'Notes/': '',
    'Notes/Plan.md': 'one',
    'empty/': '',
    out: '-> /etc',
  });
  await assert.rejects(door.read('../outside.md'), { kind: 'usage' });
  await assert.rejects(door.read('out/passwd'), { kind: 'usage' });
  await assert.rejects(door.remove('out/passwd', ANY), { kind: 'usage' });
  await assert.rejects(door.move('Notes/Plan.md', '../x.md', ANY), { kind: 'usage' });
});

test('S8: nothing is saved into a folder that is not the one that was attached', async (t) => {
  const { a, settle } = await openVaultDevices(t);
  await settle();
  await a.remove('.satchel');
  await assert.rejects(saved(doorOf(a), 'note.md', 'x'), { kind: 'attention' });
  assert.deepEqual(await a.tree(), {});
});

test('a page and what it mentions are published together, attachments first', async (t) => {
  const { a, b, settle } = await openVaultDevices(t);
  await settle();
  const files = [
    { path: 'pictures/long.png', bytes: new Uint8Array(100_000).fill(7) },
    { path: 'pictures/short.png', bytes: new Uint8Array(100).fill(8) },
    { path: 'page.md', bytes: utf8('![](pictures/long.png) ![](pictures/short.png)') },
  ];
  const outcome = await doorOf(a).write(files, { kind: 'absent' });
  assert.equal(outcome.kind, 'written');
  const { db } = a.device.engine;
  const entries = [...outboxEntries(db, TEST_COLLECTION, { onlyLocal: false })];
  assert.equal(new Set(entries.map(({ together }) => together)).size, 1);
  assert.ok(entries[0]?.together !== undefined);
  const { published } = await a.sync();
  assert.equal(published.versions, 3);
  const commits = db.all('SELECT n FROM commits WHERE collection = ?', TEST_COLLECTION);
  assert.equal(commits.length, 1);
  await settle();
  assert.deepEqual(Object.keys(await b.tree()), [
    'page.md',
    'pictures/',
    'pictures/long.png',
    'pictures/short.png',
  ]);
});

test('F5: as long as one of them cannot be sent, none of what was saved together is', async (t) => {
  const { a, b, settle } = await openVaultDevices(t);
  await settle();
  const door = doorOf(a);
  const files = [
    { path: 'long.png', bytes: new Uint8Array(100_000).fill(7) },
    { path: 'page.md', bytes: utf8('![](long.png)') },
  ];
  await door.write(files, ANY);
  await a.remove('long.png');
  // Not taken in, so the picture is still to be sent.
  const { published } = await publishOnly(a.device.engine, a.device.open);
  assert.equal(published, 0);
  await door.write([{ path: 'long.png', bytes: new Uint8Array(100_000).fill(9) }], ANY);
  await settle();
  assert.deepEqual(Object.keys(await b.tree()), ['long.png', 'page.md']);
});

async function publishOnly(
  engine: Parameters<typeof publishCollection>[0],
  open: ReadonlyMap<string, NonNullable<Parameters<typeof publishCollection>[2]>>,
): Promise<{ readonly published: number }> {
  const report = await publishCollection(engine, TEST_COLLECTION, open.get(TEST_COLLECTION));
  return { published: report.versions };
}

test('a file is removed from the folder into the trash, and elsewhere as well', async (t) => {
  const { a, b, settle } = await openVaultDevices(t);
  await settle();
  const door = doorOf(a);
  const first = await saved(door, 'note.md', 'one');
  await saved(door, 'kept.md', 'kept');
  await settle();
  const second = await saved(door, 'note.md', 'two');
  const refused = await door.remove('note.md', { kind: 'rev', rev: first.rev });
  assert.ok(refused.kind === 'changed' && textOf(refused) === 'two');
  const removed = await door.remove('note.md', { kind: 'rev', rev: second.rev });
  assert.ok(removed.kind === 'removed' && removed.rev > second.rev);
  await assert.rejects(door.remove('note.md', ANY), { kind: 'usage' });
  await settle();
  assert.deepEqual(
    [await a.tree(), await b.tree()],
    [{ 'kept.md': 'kept' }, { 'kept.md': 'kept' }],
  );
  const [day = ''] = await readdir(join(a.root, '.satchel/trash'));
  assert.deepEqual(await readdir(join(a.root, '.satchel/trash', day)), ['note.md']);
});

test('a file too long for one piece is answered without its content', async (t) => {
  const { a, settle } = await openVaultDevices(t);
  await settle();
  await a.put('long.bin', '');
  await truncate(join(a.root, 'long.bin'), 33 * 1024 * 1024);
  const refused = await refusedSave(doorOf(a), 'long.bin', 'x', { kind: 'absent' });
  assert.ok(refused.now !== undefined && refused.now.rev > 0);
  assert.deepEqual([refused.now.bytes, refused.now.sizeBytes], [undefined, 33 * 1024 * 1024]);
});

test('what is ignored here stays out of the replica, whatever is asked about it', async (t) => {
  const { a, b, settle } = await openVaultDevices(t);
  await a.put('.satchelignore', 'private/');
  await a.put('note.md', 'note');
  await a.put('private/key.txt', 'a secret');
  await settle();
  const door = doorOf(a);
  const asked: readonly (() => Promise<unknown>)[] = [
    () => door.read('private/key.txt'),
    () => door.write([{ path: 'private/key.txt', bytes: utf8('x') }], ANY),
    () => door.move('private/key.txt', 'note.md', ANY),
    () => door.move('private/key.txt', 'taken.md', { kind: 'rev', rev: 1 }),
    () => door.remove('private/key.txt', { kind: 'rev', rev: 1 }),
  ];
  for (const ask of asked) await assert.rejects(ask, { kind: 'usage' });
  await settle();
  assert.deepEqual(Object.keys(await b.tree()).sort(), ['.satchelignore', 'note.md']);
  assert.equal((await a.tree())['private/key.txt'], 'a secret');
});
