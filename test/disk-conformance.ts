/**
 * The suite that every disk passes: what `src/kinds/files/disk.ts` promises and what the kinds rely
 * on beyond it. It keeps a simulated disk from being kinder, or harsher, than a real one.
 */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { concat, utf8, utf8Text } from '../src/base/bytes.ts';
import type { DiskStat } from '../src/kinds/files/disk.ts';
import { answersOf, expectedAnswers } from './simulation/disk-answers.ts';
import {
  type DiskBench,
  mtimeMsOf,
  type OpenDisk,
  onePiece,
  onWindows,
  type Promises,
  pieces,
  promisesOf,
  textAt,
} from './simulation/disk-bench.ts';
import { watches } from './simulation/disk-watch-suite.ts';

const MIB = 1024 * 1024;

export function diskConformance(name: string, open: OpenDisk): void {
  suite(`${name} keeps the disk contract`, { skip: onWindows() }, () => {
    const promise = promisesOf(open);
    contents(promise);
    readingWhileWritten(promise);
    states(promise);
    names(promise);
    folders(promise);
    links(promise);
    watches(promise);
    refusals(promise);
  });
}

function contents(promise: Promises): void {
  promise('a new file has what was written, piece after piece', async ({ disk }, at) => {
    assert.equal(await disk.writeNew(at('a'), pieces('hel', '', 'lo')), 5);
    assert.equal(await textAt(disk, at('a')), 'hello');
    assert.equal(await disk.writeNew(at('empty'), pieces()), 0);
    assert.equal(await textAt(disk, at('empty')), '');
  });

  promise('a file that is there stays, and the pieces are not asked for', async (bench, at) => {
    const { disk, person } = bench;
    person.write(at('a'), 'first');
    const asked = pieces('second');
    await assert.rejects(disk.writeNew(at('a'), asked), { code: 'EEXIST' });
    assert.equal(await textAt(disk, at('a')), 'first');
    assert.equal((await asked.next()).done, false);
  });

  promise('a file whose pieces end in an error leaves nothing behind', async ({ disk }, at) => {
    async function* broken() {
      yield utf8('half');
      throw new Error('the bucket went away');
    }
    await assert.rejects(disk.writeNew(at('a'), broken()), /the bucket went away/);
    assert.equal(await disk.stat(at('a')), undefined);
  });

  promise('a file is under its name while it is written', async ({ disk }, at) => {
    const seen: (number | undefined)[] = [];
    async function* watched() {
      seen.push((await disk.stat(at('a')))?.sizeBytes);
      yield utf8('half');
      seen.push((await disk.stat(at('a')))?.sizeBytes);
    }
    await disk.writeNew(at('a'), watched());
    assert.deepEqual(seen, [0, 4]);
  });

  promise('what was written or read is a copy of its own', async ({ disk }, at) => {
    const bytes = utf8('as written');
    await disk.writeNew(at('a'), onePiece(bytes));
    bytes.fill(0);
    (await disk.readFile(at('a'))).fill(0);
    for await (const piece of disk.readPieces(at('a'))) piece.fill(0);
    assert.equal(await textAt(disk, at('a')), 'as written');
  });

  promise('a large file is read in pieces of at most 1 MiB', async ({ disk, person }, at) => {
    const content = new Uint8Array(2.5 * MIB).map((_, index) => index % 251);
    person.write(at('film'), content);
    const parts: Uint8Array[] = [];
    for await (const piece of disk.readPieces(at('film'))) parts.push(piece);
    assert.deepEqual(
      parts.map(({ length }) => length),
      [MIB, MIB, MIB / 2],
    );
    assert.equal(Buffer.compare(concat(parts), content), 0);
    assert.equal(Buffer.compare(await disk.readFile(at('film')), content), 0);
  });

  promise('pieces lie where they were asked to, of its size at most', async (bench, at) => {
    const { disk, person } = bench;
    const content = new Uint8Array(1.5 * MIB).map((_, index) => index % 251);
    person.write(at('film'), content);
    for (const [roomBytes, pieceBytes] of [
      [MIB / 4, MIB / 4],
      [2 * MIB, MIB],
    ] as const) {
      const into = new Uint8Array(roomBytes);
      const parts: Uint8Array[] = [];
      for await (const piece of disk.readPieces(at('film'), into)) {
        assert.equal(piece.buffer, into.buffer);
        parts.push(piece.slice());
      }
      assert.equal(Math.max(...parts.map(({ length }) => length)), pieceBytes);
      assert.equal(Buffer.compare(concat(parts), content), 0);
    }
  });
}

function readingWhileWritten(promise: Promises): void {
  /** Reads a file of two pieces, and does something between them. */
  const readAround = async ({ disk, person }: DiskBench, path: string, act: () => void) => {
    person.write(path, new Uint8Array(1.5 * MIB).fill(1));
    const parts: Uint8Array[] = [];
    for await (const piece of disk.readPieces(path)) {
      if (parts.length === 0) act();
      parts.push(piece);
    }
    return parts.map((part) => `${part.length} of ${part.at(-1)}`);
  };

  promise('a file replaced while it is read is read on as it was', async (bench, at) => {
    const act = () => bench.person.save(at('a'), 'new');
    const parts = await readAround(bench, at('a'), act);
    assert.deepEqual(parts, [`${MIB} of 1`, `${MIB / 2} of 1`]);
    assert.equal(await textAt(bench.disk, at('a')), 'new');
  });

  promise('so is one that is removed or moved', async (bench, at) => {
    for (const act of [
      () => bench.person.remove(at('a')),
      () => bench.person.move(at('a'), at('b')),
    ]) {
      const parts = await readAround(bench, at('a'), act);
      assert.deepEqual(parts, [`${MIB} of 1`, `${MIB / 2} of 1`]);
    }
  });

  promise('a file edited in place while it is read is read torn', async (bench, at) => {
    const act = () => bench.person.write(at('a'), new Uint8Array(1.5 * MIB).fill(2));
    assert.deepEqual(await readAround(bench, at('a'), act), [`${MIB} of 1`, `${MIB / 2} of 2`]);
  });

  promise('one cut short while it is read ends there', async (bench, at) => {
    const act = () => bench.person.write(at('a'), 'short');
    assert.deepEqual(await readAround(bench, at('a'), act), [`${MIB} of 1`]);
  });
}

function states(promise: Promises): void {
  promise('a list tells each entry by its kind and state, as stat does', async (bench, at) => {
    const { disk, person, root } = bench;
    person.write(at('file'), 'abc');
    person.makeFolder(at('folder/below'));
    person.symlink('file', at('link'));
    const entries = await disk.list(root);
    const told = entries.map(({ name, kind }) => `${name} ${kind}`);
    assert.deepEqual(told.sort(), ['file file', 'folder folder', 'link symlink']);
    for (const { name, ...state } of entries) assert.deepEqual(await disk.stat(at(name)), state);
    assert.equal((await disk.stat(at('file')))?.sizeBytes, 3);
    assert.equal((await disk.stat(at('link')))?.sizeBytes, 4);
  });

  promise('nothing there has no state, below a file neither', async ({ disk, person }, at) => {
    person.write(at('file'), 'x');
    assert.equal(await disk.stat(at('gone')), undefined);
    assert.equal(await disk.stat(at('gone/below')), undefined);
    assert.equal(await disk.stat(at('file/below')), undefined);
  });

  promise('an inode belongs to one file, in place or moved', async ({ disk, person }, at) => {
    const inodeOf = async (place: string) => (await disk.stat(at(place)))?.inode;
    person.write(at('a'), 'one');
    person.write(at('b'), 'two');
    const first = await inodeOf('a');
    assert.notEqual(await inodeOf('b'), first);
    person.write(at('a'), 'edited in place');
    assert.equal(await inodeOf('a'), first);
    await disk.rename(at('a'), at('moved'));
    assert.equal(await inodeOf('moved'), first);
    person.save(at('moved'), 'saved by renaming');
    assert.notEqual(await inodeOf('moved'), first);
  });

  promise('a time that was set is told to the millisecond', async ({ disk, person }, at) => {
    person.write(at('file'), 'x', 1_234_567);
    person.symlink('file', at('link'));
    assert.equal(await mtimeMsOf(disk, at('file')), 1_234_567);
    for (const mtimeMs of [0, 1, 999, 1_765_432_109_877]) {
      await disk.setMtime(at('file'), mtimeMs);
      assert.equal(await mtimeMsOf(disk, at('file')), mtimeMs);
    }
    await disk.setMtime(at('link'), 5_000);
    assert.equal(await mtimeMsOf(disk, at('link')), 5_000);
    assert.equal(await mtimeMsOf(disk, at('file')), 1_765_432_109_877);
    // Whoever writes again dates it anew.
    person.write(at('file'), 'y');
    assert.notEqual(await mtimeMsOf(disk, at('file')), 1_765_432_109_877);
  });

  promise('a file is executable or not, whatever is written to it', async (bench, at) => {
    const { disk, person } = bench;
    const isExecutable = async () => (await disk.stat(at('run')))?.isExecutable;
    await disk.writeNew(at('run'), pieces('x'));
    assert.equal(await isExecutable(), false);
    await disk.setExecutable(at('run'), true);
    assert.equal(await isExecutable(), true);
    person.write(at('run'), 'y');
    assert.equal(await isExecutable(), true);
    await disk.setExecutable(at('run'), false);
    assert.equal(await isExecutable(), false);
  });
}

function names(promise: Promises): void {
  promise('a rename replaces what had the name, with its own state', async (bench, at) => {
    const { disk, person } = bench;
    person.write(at('a'), 'new', 1_000);
    person.write(at('b'), 'old', 2_000);
    const before = await disk.stat(at('a'));
    await disk.rename(at('a'), at('b'), 'later');
    assert.deepEqual(person.tree(bench.root), { b: 'new' });
    assert.deepEqual(await disk.stat(at('b')), before);
  });

  promise('a file is replaced only where it is as expected', async (bench, at) => {
    const { disk, person } = bench;
    person.write(at('a'), 'new');
    person.write(at('b'), 'old');
    const before = await disk.stat(at('b'));
    const isSame = (there: DiskStat | undefined) => there?.inode === before?.inode;
    person.save(at('b'), 'saved meanwhile');
    assert.equal(await disk.replace(at('a'), at('b'), isSame), false);
    assert.deepEqual(person.tree(bench.root), { a: 'new', b: 'saved meanwhile' });
    const asked: (DiskStat | undefined)[] = [];
    const now = await disk.stat(at('b'));
    assert.equal(await disk.replace(at('a'), at('b'), (there) => asked.push(there) > 0), true);
    assert.deepEqual(asked, [now]);
    assert.deepEqual(person.tree(bench.root), { b: 'new' });
    assert.equal(await disk.replace(at('b'), at('c'), (there) => there === undefined), true);
    assert.deepEqual(person.tree(bench.root), { c: 'new' });
  });

  promise('a second name is the same file, until one is replaced', async (bench, at) => {
    const { disk, person, root } = bench;
    person.write(at('a'), 'text');
    await disk.link(at('a'), at('b'));
    person.write(at('b'), 'both');
    assert.deepEqual(person.tree(root), { a: 'both', b: 'both' });
    assert.deepEqual(await disk.stat(at('a')), await disk.stat(at('b')));
    person.save(at('a'), 'one');
    assert.deepEqual(person.tree(root), { a: 'one', b: 'both' });
    await disk.remove(at('a'));
    assert.deepEqual(person.tree(root), { b: 'both' });
  });

  promise('renaming a file to its other name, or to its own, does nothing', async (bench, at) => {
    const { disk, person, root } = bench;
    person.write(at('a'), 'text');
    person.hardLink(at('a'), at('b'));
    await disk.rename(at('a'), at('b'));
    await disk.rename(at('a'), at('a'));
    assert.deepEqual(person.tree(root), { a: 'text', b: 'text' });
  });

  promise('a name may have 255 bytes', async ({ disk }, at) => {
    const longest = `${'é'.repeat(127)}e`;
    await disk.writeNew(at(longest), pieces('x'));
    assert.equal(await textAt(disk, at(longest)), 'x');
    await assert.rejects(disk.writeNew(at(`${longest}e`), pieces('x')), { code: 'ENAMETOOLONG' });
  });

  promise('names in another case or Unicode form are told apart or kept', async (bench, at) => {
    for (const name of ['Ünï.md'.normalize('NFC'), 'plain', ' a b\n.', '日本']) {
      await bench.disk.writeNew(at(name), pieces('x'));
      const listed = (await bench.disk.list(bench.root)).map((entry) => entry.name);
      assert.ok(listed.includes(name), JSON.stringify(name));
    }
  });
}

function folders(promise: Promises): void {
  promise('a folder is made with those above it, and again', async ({ disk, person, root }, at) => {
    await disk.makeFolder(at('a/b/c'));
    await disk.makeFolder(at('a/b/c'));
    await disk.flushFolder(at('a/b'));
    assert.deepEqual(person.tree(root), { 'a/': '', 'a/b/': '', 'a/b/c/': '' });
  });

  promise('a folder moves with all that is in it, onto an empty one too', async (bench, at) => {
    const { disk, person, root } = bench;
    person.makeFolder(at('from/below'));
    person.write(at('from/below/file'), 'x');
    person.makeFolder(at('to'));
    await disk.rename(at('from'), at('to'));
    await disk.rename(at('to/below'), at('below'));
    assert.deepEqual(person.tree(root), { 'below/': '', 'below/file': 'x', 'to/': '' });
  });

  promise('a folder is removed only when it is empty', async ({ disk, person, root }, at) => {
    person.makeFolder(at('a'));
    person.write(at('a/file'), 'x');
    await assert.rejects(disk.removeFolder(at('a')), { code: 'ENOTEMPTY' });
    await disk.remove(at('a/file'));
    await disk.removeFolder(at('a'));
    assert.deepEqual(await disk.list(root), []);
  });
}

function links(promise: Promises): void {
  promise('a symbolic link says what it was told', async ({ disk, person, root }, at) => {
    await disk.makeLink('../elsewhere/ü', at('link'));
    assert.equal(await disk.readLink(at('link')), '../elsewhere/ü');
    await disk.rename(at('link'), at('moved'));
    await disk.flushFolder(root);
    assert.deepEqual(person.tree(root), { moved: '-> ../elsewhere/ü' });
    await disk.remove(at('moved'));
    assert.deepEqual(await disk.list(root), []);
  });

  promise('a link to a file is replaced by a rename, not what it leads to', async (bench, at) => {
    const { disk, person, root } = bench;
    person.write(at('target'), 'stays');
    person.symlink('target', at('link'));
    await disk.writeNew(at('new'), pieces('new'));
    await disk.rename(at('new'), at('link'));
    assert.deepEqual(person.tree(root), { link: 'new', target: 'stays' });
  });

  promise('a link on the way is followed, one that leads up too', async (bench, at) => {
    const { disk, person, root } = bench;
    person.makeFolder(at('real/deep'));
    person.symlink('real/deep', at('short'));
    person.symlink('../../real', at('real/deep/up'));
    await disk.writeNew(at('short/file'), pieces('x'));
    assert.equal(await textAt(disk, at('short/up/deep/file')), 'x');
    await disk.remove(at('short/up/deep/file'));
    assert.deepEqual(await disk.list(at('real/deep/up/deep')), await disk.list(at('short')));
    assert.deepEqual(Object.keys(person.tree(root)), [
      'real/',
      'real/deep/',
      'real/deep/up',
      'short',
    ]);
  });

  promise('a person who writes to a link writes where it leads', async ({ person, root }, at) => {
    person.symlink('target', at('link'));
    person.write(at('link'), 'written');
    assert.deepEqual(person.tree(root), { link: '-> target', target: 'written' });
    assert.equal(utf8Text(person.read(at('link'))), 'written');
  });
}

function refusals(promise: Promises): void {
  promise('every operation on every kind of thing answers as Linux does', async (bench) => {
    if (process.platform !== 'linux') return;
    assert.deepEqual(await answersOf(bench), expectedAnswers());
  });
}
