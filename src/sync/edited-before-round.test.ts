/** S3, S5, S6: what a person does to a file before the next round has brought all of what is known. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { TEST_COLLECTION } from '../../test/support/device.ts';
import {
  openVaultDevices,
  type VaultDevice,
  type VaultDevices,
} from '../../test/support/vault-devices.ts';
import { utf8 } from '../base/bytes.ts';
import { outboxEntries } from '../replica/outbox.ts';
import { conflictsOf } from '../replica/records.ts';
import { createMemoryStore } from '../store/memory.ts';
import { chooseFor } from './choose.ts';
import { INLINE_MAX_BYTES } from './kind.ts';
import { pull } from './pull.ts';

const MOVED = ['1.md', '2.md', '3.md'];

/** Longer than what travels in a version itself. */
const LONG = 'long\n'.repeat(INLINE_MAX_BYTES);

/** Both devices have edited a note; device a shows its own side of the conflict. */
async function openConflict(t: TestContext): Promise<VaultDevices> {
  const devices = await openVaultDevices(t);
  await devices.a.put('note.md', 'base');
  await devices.settle();
  await devices.a.put('note.md', 'of a');
  await devices.b.put('note.md', 'of b');
  await devices.settle();
  assert.deepEqual(devices.a.conflicts(), ['note.md']);
  assert.deepEqual(await devices.a.tree(), { 'note.md': 'of a' });
  return devices;
}

function keepLocal({ a: { device } }: VaultDevices): void {
  const [row] = conflictsOf(device.engine.db, TEST_COLLECTION);
  assert.ok(row !== undefined);
  chooseFor(device.engine, TEST_COLLECTION, row.record, { kind: 'local' }, String);
}

async function assertSettledAs(devices: VaultDevices, tree: Record<string, string>): Promise<void> {
  await devices.settle();
  for (const device of [devices.a, devices.b]) {
    assert.deepEqual(device.conflicts(), []);
    assert.deepEqual(await device.tree(), tree);
  }
}

for (const [what, unsent] of [
  ['what was sent', undefined],
  ['a short edit not sent yet', 'edited'],
  ['a long edit not sent yet', LONG],
] as const) {
  test(`who keeps ${what}, and types on, has decided`, async (t) => {
    const devices = await openConflict(t);
    if (unsent !== undefined) {
      await devices.a.put('note.md', unsent);
      await devices.a.takeIn();
    }
    keepLocal(devices);
    await devices.a.put('note.md', 'typed on');
    await assertSettledAs(devices, { 'note.md': 'typed on' });
  });

  test(`who keeps ${what}, and deletes the file, has decided`, async (t) => {
    const devices = await openConflict(t);
    if (unsent !== undefined) {
      await devices.a.put('note.md', unsent);
      await devices.a.takeIn();
    }
    keepLocal(devices);
    await devices.a.remove('note.md');
    await assertSettledAs(devices, {});
  });
}

test('what another device has moved meanwhile stays, where the place that it left is deleted', async (t) => {
  const devices = await openVaultDevices(t);
  const { a, b } = devices;
  for (const name of MOVED) await a.put(`old/${name}`, `text of ${name}`);
  await devices.settle();
  for (const name of MOVED) await b.move(`old/${name}`, `archive/${name}`);
  await b.sync();
  await pullOnly(a);
  await a.remove('old');
  await devices.settle();
  const places = MOVED.map((name) => [`archive/${name}`, `text of ${name}`]);
  assert.deepEqual(filesOf(await a.tree()), Object.fromEntries(places));
  assert.deepEqual(filesOf(await b.tree()), Object.fromEntries(places));
});

test('a name that a file gives up which was never sent goes to the one that waits for it', async (t) => {
  const devices = await openVaultDevices(t);
  const { a, b } = devices;
  await a.put('m.md', 'of a');
  await devices.settle();
  await b.put('n.md', 'of b');
  await b.takeIn();
  await a.move('m.md', 'n.md');
  await a.sync();
  await pullOnly(b);
  await b.opened().putOut();
  assert.equal(Object.keys(await b.tree()).length, 2);
  await b.remove('n.md');
  await assertSettledAs(devices, { 'n.md': 'of a' });
});

test('a file that is only touched, whose new name waits beside an edit of it, is not edited', async (t) => {
  const devices = await openVaultDevices(t);
  const { a, b } = devices;
  await a.put('note.md', 'base');
  await devices.settle();
  await b.put('note.md', 'edited');
  await b.sync();
  await a.move('note.md', 'named.md');
  await a.takeIn();
  await pullOnly(a);
  await a.opened().putOut();
  assert.deepEqual(await a.tree(), { 'named.md': 'edited' });
  const waiting = (): string[] =>
    [...outboxEntries(a.device.engine.db, TEST_COLLECTION, { onlyLocal: false })].map(
      ({ version }) => version.id,
    );
  const renames = waiting();
  await a.put('named.md', 'edited');
  await a.takeIn();
  assert.deepEqual(waiting(), renames);
  await assertSettledAs(devices, { 'named.md': 'edited' });
});

test('what a tool writes in place, setting the time back, is not written over', async (t) => {
  const devices = await openVaultDevices(t);
  const { a, b } = devices;
  await a.put('note.md', 'first');
  await devices.settle();
  await b.put('note.md', 'other');
  await b.sync();
  const { atime, mtime } = statSync(a.at('note.md'));
  writeFileSync(a.at('note.md'), 'third');
  utimesSync(a.at('note.md'), atime, mtime);
  await devices.settle();
  assert.deepEqual(a.conflicts(), ['note.md']);
  assert.deepEqual(await a.tree(), { 'note.md': 'third' });
  assert.deepEqual(await b.tree(), { 'note.md': 'other' });
});

test('an edit of one side of a conflict follows the name that the other side is given', async (t) => {
  const devices = await openConflict(t);
  const { a, b } = devices;
  await b.move('note.md', 'shown.md');
  await devices.settle();
  await b.move('shown.md', 'named.md');
  await b.sync();
  await a.put('shown.md', 'edited');
  await devices.settle();
  assert.deepEqual(await a.tree(), { 'named.md': 'edited' });
  assert.deepEqual(await b.tree(), { 'named.md': 'of b' });
});

test('who gives a file in conflict its former name back has named it', async (t) => {
  const devices = await openConflict(t);
  const { a, b } = devices;
  await b.move('note.md', 'shown.md');
  await devices.settle();
  await a.move('shown.md', 'note.md');
  await devices.settle();
  assert.deepEqual(await a.tree(), { 'note.md': 'of a' });
  assert.deepEqual(await b.tree(), { 'note.md': 'of b' });
});

test('an executable bit that came with the other side can be taken away', async (t) => {
  const devices = await openConflict(t);
  const { a, b } = devices;
  chmodSync(b.at('note.md'), 0o755);
  await devices.settle();
  assert.equal(isExecutable(a.at('note.md')), true);
  chmodSync(a.at('note.md'), 0o644);
  await devices.settle();
  assert.equal(isExecutable(a.at('note.md')), false);
  assert.equal(isExecutable(b.at('note.md')), false);
});

test('a name and a bit given back last, though the rules for what is left out change with them', async (t) => {
  const devices = await openConflict(t);
  const { a, b } = devices;
  await b.move('note.md', 'shown.md');
  chmodSync(b.at('shown.md'), 0o755);
  await devices.settle();
  // With other rules, every file is looked at once more.
  await a.put('.satchelignore', '*.tmp\n');
  await a.move('shown.md', 'note.md');
  chmodSync(a.at('note.md'), 0o644);
  await devices.settle();
  assert.deepEqual(await a.tree(), { '.satchelignore': '*.tmp\n', 'note.md': 'of a' });
  assert.equal(isExecutable(a.at('note.md')), false);
});

test('a name that a person gives stays, though somebody had given it and taken it back', async (t) => {
  const devices = await openVaultDevices(t);
  const { a, b, clock } = devices;
  await a.put('x.md', 'base');
  await devices.settle();
  await b.move('x.md', 'y.md');
  await b.sync();
  await b.put('y.md', 'of b');
  await b.sync();
  await pullOnly(a);
  await b.move('y.md', 'x.md');
  await b.sync();
  clock.advance(60_000);
  await a.move('x.md', 'y.md');
  await a.takeIn();
  await devices.settle();
  assert.deepEqual(await a.tree(), { 'y.md': 'of b' });
  assert.deepEqual(await b.tree(), { 'y.md': 'of b' });
});

test('of several files saved at once, one follows the name that comes for it meanwhile', async (t) => {
  let whileSaving = async (_place: string): Promise<void> => {};
  const devices = await openVaultDevices(t, {
    wrapA: (disk) => ({
      ...disk,
      async stat(path) {
        await whileSaving(path);
        return await disk.stat(path);
      },
    }),
  });
  const { a, b } = devices;
  await a.put('note.md', 'base');
  await a.put('other.md', 'other');
  await devices.settle();
  await a.put('note.md', 'of a');
  await b.put('note.md', 'of b');
  await devices.settle();
  await b.move('note.md', 'shown.md');
  await devices.settle();
  await b.move('shown.md', 'named.md');
  await b.sync();
  let hasPulled = false;
  whileSaving = async (path) => {
    if (hasPulled || !path.includes('other') || readFileSync(a.at('shown.md'), 'utf8') !== 'saved')
      return;
    hasPulled = true;
    await pullOnly(a);
  };
  const files = ['shown.md', 'other.md'].map((path) => ({ path, bytes: utf8('saved') }));
  await a.opened().files?.write(files, { kind: 'nothing' });
  assert.equal(hasPulled, true);
  await devices.settle();
  assert.deepEqual(await a.tree(), { 'named.md': 'saved', 'other.md': 'saved' });
  assert.deepEqual(await b.tree(), { 'named.md': 'of b', 'other.md': 'saved' });
});

test('files that were renamed before they were deleted stay held when they are touched', async (t) => {
  const devices = await openVaultDevices(t);
  const { a, b, clock } = devices;
  const names = [0, 1, 2, 3, 4, 5].map((number) => `${number}.md`);
  for (const name of names) await a.put(name, `text of ${name}`);
  await devices.settle();
  for (const name of names) await b.move(name, `moved ${name}`);
  await b.sync();
  for (const some of [names.slice(0, 4), names.slice(4)]) {
    for (const name of some) await b.remove(`moved ${name}`);
    await b.sync();
    clock.advance(11 * 60_000);
  }
  await a.sync();
  const held = Object.keys(await a.tree());
  assert.equal(held.length, names.length);
  for (const place of held) utimesSync(a.at(place), 1_800_000_000, 1_800_000_000);
  await devices.settle();
  assert.deepEqual(Object.keys(await a.tree()), held);
  assert.deepEqual(filesOf(await b.tree()), {});
});

test('who edits a file that is gone elsewhere leaves the name that a third gave it', async (t) => {
  const store = createMemoryStore();
  const devices = await openVaultDevices(t, { store });
  const { a, b } = devices;
  const { b: c } = await openVaultDevices(t, { store, seed: 2 });
  await a.put('script.md', 'base');
  chmodSync(a.at('script.md'), 0o755);
  await devices.settle();
  await c.sync();
  await c.move('script.md', 'named.md');
  await c.takeIn();
  await b.remove('script.md');
  await b.sync();
  await pullOnly(a);
  await a.put('script.md', 'edited');
  chmodSync(a.at('script.md'), 0o644);
  await a.sync();
  await c.sync();
  await devices.settle();
  await c.sync();
  for (const device of [a, b, c]) {
    assert.deepEqual(await device.tree(), { 'named.md': 'edited' });
    assert.equal(isExecutable(device.at('named.md')), false);
  }
});

test('a file that comes back without its executable bit, before its deletion is sent, has lost it', async (t) => {
  const devices = await openVaultDevices(t);
  const { a, b } = devices;
  const names = [0, 1, 2, 3, 4, 5].map((number) => `${number}.md`);
  for (const name of names) await a.put(name, `text of ${name}`);
  chmodSync(a.at('0.md'), 0o755);
  await devices.settle();
  for (const name of names) await a.remove(name);
  await a.sync();
  assert.equal(Object.keys(await b.tree()).length, names.length);
  await a.put('0.md', 'text of 0.md');
  await devices.settle();
  for (const device of [a, b]) assert.equal(isExecutable(device.at('0.md')), false);
});

function isExecutable(path: string): boolean {
  return (statSync(path).mode & 0o100) !== 0;
}

/** Applies what others published, and puts nothing of it into the folder yet. */
async function pullOnly({ device }: VaultDevice): Promise<void> {
  await pull(device.engine, { list: true });
}

function filesOf(tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).filter(([place]) => !place.endsWith('/')));
}
