/** Saves through the door while rounds are under way, and while the process ends half-way. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { TEST_COLLECTION } from '../../../test/support/device.ts';
import { createDice, type Dice } from '../../../test/support/dice.ts';
import { ANY, doorOf, saved, textAt } from '../../../test/support/file-doors.ts';
import { chooseSeed, createSeededRandom } from '../../../test/support/ports.ts';
import { fusedDisk } from '../../../test/support/vault-bench.ts';
import { openVaultDevices, type VaultDevice } from '../../../test/support/vault-devices.ts';
import { utf8 } from '../../base/bytes.ts';
import { isErrorKind } from '../../base/errors.ts';
import { contentHash } from '../../base/hash.ts';
import { outboxEntries } from '../../replica/outbox.ts';
import { versionsOf } from '../../replica/versions.ts';
import type { FileStamp } from '../../sync/kind.ts';
import type { Disk } from '../files/disk.ts';

const PATHS = ['a.md', 'b.md', 'n/c.md', 'n/d.md', 'deep/er/e.md', 'picture.png'] as const;

/** A disk that lets others run before each call, as often as the dice say. */
function slowDisk(disk: Disk, dice: Dice): Disk {
  const slow =
    <A extends readonly unknown[], R>(act: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      for (let turns = dice.below(4); turns > 0; turns -= 1) await turn();
      return act(...args);
    };
  return {
    ...disk,
    list: slow(disk.list),
    stat: slow(disk.stat),
    readFile: slow(disk.readFile),
    writeNew: slow(disk.writeNew),
    rename: slow(disk.rename),
    replace: slow(disk.replace),
    link: slow(disk.link),
    remove: slow(disk.remove),
    flushFolder: slow(disk.flushFolder),
  };
}

/** What a person at the editor believes to be in the folder, and what was ever saved. */
interface Editor {
  readonly files: Map<string, string>;
  readonly everSaved: Set<string>;
  count: number;
}

/** One act at the editor, each with If-Match, as a plugin would. */
async function act(device: VaultDevice, editor: Editor, dice: Dice): Promise<void> {
  const door = doorOf(device);
  const path = PATHS[dice.below(PATHS.length)] ?? 'a.md';
  const now = await door.read(path);
  const expected =
    now === undefined ? ({ kind: 'absent' } as const) : { ...now, kind: 'rev' as const };
  const kind = dice.below(10);
  if (kind === 0 && now !== undefined) {
    const removed = await door.remove(path, expected);
    if (removed.kind === 'removed') editor.files.delete(path);
    return;
  }
  const to = PATHS[dice.below(PATHS.length)] ?? 'b.md';
  if (kind === 1 && now !== undefined && to !== path && (await door.read(to)) === undefined) {
    const moved = await door.move(path, to, expected);
    if (moved.kind === 'changed') return;
    editor.files.delete(path);
    editor.files.set(to, String(new TextDecoder().decode(now.bytes)));
    return;
  }
  editor.count += 1;
  const isLong = dice.below(4) === 0;
  const text = `${editor.count} ${device.device.name} ${isLong ? 'long '.repeat(5_000) : ''}`;
  const written = await door.write([{ path, bytes: utf8(text) }], expected);
  if (written.kind === 'changed') return;
  editor.everSaved.add(text);
  editor.files.set(path, text);
}

async function actOften(device: VaultDevice, editor: Editor, dice: Dice, times: number) {
  for (let index = 0; index < times; index += 1) {
    for (let turns = dice.below(20); turns > 0; turns -= 1) await turn();
    try {
      await act(device, editor, dice);
    } catch (error) {
      // A file on its way to another place is asked for again later.
      if (!isErrorKind(error, 'busy') && !isErrorKind(error, 'usage')) throw error;
    }
  }
}

test('S6: saves in the middle of rounds are neither lost nor taken for something else', async (t) => {
  const seed = chooseSeed();
  t.diagnostic(`seed ${seed}`);
  const dice = createDice(createSeededRandom(seed));
  const wrapA = (disk: Disk) => slowDisk(disk, dice);
  const { a, b, settle } = await openVaultDevices(t, { wrapA, seed });
  await settle();
  const editor: Editor = { files: new Map(), everSaved: new Set(), count: 0 };
  for (let round = 0; round < 25; round += 1) {
    // Nobody else works on these files, so the folder has to be what the editor believes.
    await b.put(`from b/${round % 3}.md`, `round ${round}`);
    if (round % 5 === 4) await b.move('from b', `moved ${round}`);
    await b.sync();
    await Promise.all([a.sync(), actOften(a, editor, dice, 3)]);
    for (const [path, text] of editor.files) {
      assert.equal(await textAt(doorOf(a), path), text, `${path} in round ${round}`);
    }
  }
  await settle();
  const { published, failed } = await a.sync();
  assert.deepEqual([published.versions, failed], [0, []]);
  const tree = await a.tree();
  assert.deepEqual(await b.tree(), tree);
  const own = Object.entries(tree).filter(([path]) => PATHS.some((known) => known === path));
  assert.deepEqual(new Map(own), new Map([...editor.files].sort()));
  assert.deepEqual([...a.conflicts(), ...b.conflicts()], []);
});

test('S1: saves on two devices at once end in a conflict at worst, and nothing is lost', async (t) => {
  const seed = chooseSeed();
  t.diagnostic(`seed ${seed}`);
  const dice = createDice(createSeededRandom(seed));
  const wrap = (disk: Disk) => slowDisk(disk, dice);
  const { a, b, settle } = await openVaultDevices(t, { wrapA: wrap, wrapB: wrap, seed });
  await settle();
  const editors = [a, b].map(() => ({ files: new Map(), everSaved: new Set<string>(), count: 0 }));
  for (let round = 0; round < 12; round += 1) {
    for (const [index, device] of [a, b].entries()) {
      const editor = editors[index];
      if (editor === undefined) continue;
      await Promise.all([device.sync(), actOften(device, editor, dice, 3)]);
    }
  }
  await settle();
  const quiet = await settle();
  assert.deepEqual([quiet.a.published.versions, quiet.b.published.versions], [0, 0]);
  assert.deepEqual([...a.conflicts()].sort(), [...b.conflicts()].sort());
  // What each device last believed of a file is in the history of both.
  for (const editor of editors) {
    for (const text of editor.files.values()) {
      for (const device of [a, b]) assert.ok(isKnown(device, text), `${text.slice(0, 20)} is lost`);
    }
  }
});

function isKnown({ device }: VaultDevice, text: string): boolean {
  const { db } = device.engine;
  const rows = db.all('SELECT DISTINCT record FROM versions WHERE collection = ?', TEST_COLLECTION);
  const hash = contentHash(utf8(text));
  return rows.some(({ record }) =>
    versionsOf(db, TEST_COLLECTION, String(record)).some(({ version }) => version.hash === hash),
  );
}

test('S6: what is saved while the folder is looked through is left for the next look', async (t) => {
  let meanwhile: (() => Promise<unknown>) | undefined;
  const wrapA = (disk: Disk): Disk => ({
    ...disk,
    list: async (folder) => {
      const entries = await disk.list(folder);
      const work = folder.endsWith('/empty') ? meanwhile : undefined;
      if (work === undefined) return entries;
      meanwhile = undefined;
      await work();
      return entries;
    },
  });
  const { a, b, settle } = await openVaultDevices(t, { wrapA });
  for (const name of ['gone', 'moved', 'written']) await a.put(`${name}.md`, name);
  await settle();
  await a.put('typed.md', 'typed by hand');
  await mkdir(join(a.root, 'empty'));
  const door = doorOf(a);
  meanwhile = async () => {
    await saved(door, 'new.md', 'new');
    await saved(door, 'empty/new.md', 'no more');
    await saved(door, 'written.md', 'anew');
    await door.remove('gone.md', ANY);
    await door.move('moved.md', 'elsewhere.md', ANY);
    await door.read('typed.md');
  };
  await a.takeIn();
  assert.equal(meanwhile, undefined, 'the folder was not looked through');
  const pending = [...outboxEntries(a.device.engine.db, TEST_COLLECTION, { onlyLocal: false })];
  const brief = pending.map(({ version }) => [
    version.fields.path,
    version.gone === true ? 'gone' : (version.fields.type ?? version.parents?.length ?? 0),
  ]);
  assert.deepEqual(brief.sort(), [
    ['elsewhere.md', 1],
    ['empty/new.md', 0],
    ['gone.md', 'gone'],
    ['new.md', 0],
    ['typed.md', 0],
    ['written.md', 1],
  ]);
  await settle();
  const tree = {
    'elsewhere.md': 'moved',
    'empty/': '',
    'empty/new.md': 'no more',
    'new.md': 'new',
    'typed.md': 'typed by hand',
    'written.md': 'anew',
  };
  assert.deepEqual([await a.tree(), await b.tree()], [tree, tree]);
});

test('a file that came a moment ago is known, and a save over it stays noted', async (t) => {
  let onLink: (() => void) | undefined;
  const wrapA = (disk: Disk): Disk => ({
    ...disk,
    link: async (...args) => {
      await disk.link(...args);
      if (args[1].endsWith('y.md')) onLink?.();
    },
  });
  const { a, b, settle } = await openVaultDevices(t, { wrapA });
  await a.put('x.md', 'one');
  await settle();
  await b.put('x.md', 'two');
  await b.put('y.md', 'another');
  await b.sync();
  const door = doorOf(a);
  let writing: Promise<FileStamp> | undefined;
  // Not waited for: this call is itself in a turn, with x.md in its place and not noted yet.
  onLink = () => {
    writing = saved(door, 'x.md', 'three');
  };
  await a.sync();
  const stamp = await writing;
  assert.ok(stamp !== undefined, 'y.md did not come');
  await saved(door, 'x.md', 'four', { kind: 'rev', rev: stamp.rev });
  await settle();
  assert.deepEqual(await b.tree(), { 'x.md': 'four', 'y.md': 'another' });
  assert.deepEqual([...a.conflicts(), ...b.conflicts()], []);
});

test('a file that is on its way to another place is neither gone nor free to be written', async (t) => {
  const asked: Promise<unknown>[] = [];
  const seen = new Set<string>();
  let ask: (() => void) | undefined;
  const wrapA = (disk: Disk): Disk => ({
    ...disk,
    rename: async (...args) => {
      // Not waited for: this call is itself in a turn.
      ask?.();
      await disk.rename(...args);
    },
  });
  const { a, b, settle } = await openVaultDevices(t, { wrapA });
  await a.put('x.md', 'one');
  await a.put('y.md', 'two');
  await settle();
  const door = doorOf(a);
  const told = (path: string, call: Promise<unknown>): Promise<unknown> =>
    call.then(
      (answer) => seen.add(`${path} ${JSON.stringify(answer)}`),
      (error: unknown) => {
        if (!isErrorKind(error, 'busy')) throw error;
        seen.add('busy');
      },
    );
  ask = () => {
    for (const path of ['x.md', 'y.md']) {
      asked.push(told(path, textAt(door, path)));
      const files = [{ path, bytes: utf8('new') }];
      const write = door.write(files, { kind: 'absent' });
      asked.push(
        told(
          path,
          write.then((outcome) => outcome.kind),
        ),
      );
    }
  };
  await b.move('x.md', 'z.md');
  await b.move('y.md', 'x.md');
  await b.move('z.md', 'y.md');
  await b.sync();
  await a.sync();
  ask = undefined;
  await Promise.all(asked);
  assert.ok(seen.has('busy'), 'nobody asked while a file was in the air');
  const allowed = [
    'busy',
    ...['x.md', 'y.md'].flatMap((path) => ['one', 'two', 'changed'].map((is) => `${path} "${is}"`)),
  ];
  assert.deepEqual(
    [...seen].filter((one) => !allowed.includes(one)),
    [],
  );
  await settle();
  const swapped = { 'x.md': 'two', 'y.md': 'one' };
  assert.deepEqual([await a.tree(), await b.tree()], [swapped, swapped]);
});

test('a folder that is closed ends the save under way, and takes no other', async (t) => {
  const { a, settle } = await openVaultDevices(t);
  await settle();
  const door = doorOf(a);
  const writing = saved(door, 'note.md', 'text');
  await a.opened().close();
  assert.equal(a.device.engine.db.get('SELECT place FROM shown')?.place, 'note.md');
  await writing;
  await assert.rejects(saved(door, 'note.md', 'more'), { kind: 'busy' });
});

class Crash extends Error {}

/** Where it came while something was put into words, it is the cause. */
function isCrash(error: unknown): boolean {
  return error instanceof Crash || (error instanceof Error && error.cause instanceof Crash);
}

test('S4: a process that ends in the middle of a call leaves it done or not begun', async (t) => {
  let left: number | undefined;
  const burn = (): void => {
    if (left === undefined) return;
    if (left <= 0) throw new Crash('the process ended here');
    left -= 1;
  };
  const { a, b, settle } = await openVaultDevices(t, { wrapA: (disk) => fusedDisk(disk, burn) });
  await settle();
  const long = 'long '.repeat(5_000);
  const calls: readonly [name: string, run: (at: string) => Promise<unknown>][] = [
    ['create', (at) => saved(doorOf(a), `${at}/new.md`, long)],
    ['write', (at) => saved(doorOf(a), `${at}/note.md`, 'after')],
    ['move', (at) => doorOf(a).move(`${at}/note.md`, `${at}/deep/moved.md`, ANY)],
    ['move a folder', (at) => doorOf(a).move(at, `${at} moved`, ANY)],
    ['remove', (at) => doorOf(a).remove(`${at}/note.md`, ANY)],
  ];
  for (const [name, run] of calls) {
    let hasEnded = false;
    for (let fuse = 0; !hasEnded; fuse += 1) {
      assert.ok(fuse < 200, `${name} comes to no end`);
      const at = `${name} ${fuse}`;
      await saved(doorOf(a), `${at}/note.md`, 'before');
      await saved(doorOf(a), `${at}/other.md`, 'other');
      await a.sync();
      left = fuse;
      try {
        await run(at);
        hasEnded = true;
      } catch (error) {
        if (!isCrash(error)) throw error;
      }
      left = undefined;
      await a.choose(undefined);
      await a.sync();
      const tree = await a.tree();
      const files = Object.entries(tree).filter(([path]) => path.startsWith(at));
      const texts = files.map(([, text]) => text).filter((text) => text !== '');
      const after = {
        create: [long, 'before', 'other'],
        write: ['after', 'other'],
        remove: ['other'],
      }[name] ?? ['before', 'other'];
      const outcomes = [['before', 'other'], after].map((all) => [...all].sort());
      assert.ok(
        outcomes.some((all) => JSON.stringify(all) === JSON.stringify([...texts].sort())),
        `${at}: ${JSON.stringify(files)}`,
      );
      if (hasEnded) assert.deepEqual([...texts].sort(), outcomes[1]);
    }
  }
  const { a: report } = await settle();
  assert.deepEqual([report.published.versions, report.failed], [0, []]);
  assert.deepEqual(await b.tree(), await a.tree());
  assert.deepEqual([...a.conflicts(), ...b.conflicts()], []);
});
