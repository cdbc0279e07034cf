/**
 * Devices in trouble: full disks, folders that may not be written or are gone, a replica that is
 * damaged or lost, a wrong clock. Nothing that was saved is lost, and nothing of it is deleted
 * elsewhere.
 */
import assert from 'node:assert/strict';
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { Status } from '../../src/api/status.ts';
import { assertTells, createPair, saveNotes } from '../support/pair.ts';
import { clockShiftedBy } from '../support/shifted-clock.ts';
import { smallDisk } from '../support/small-disk.ts';
import { assertSameTree, noise, save, treeOf } from '../support/trees.ts';

const NOT_ROOT = 'only root can make a small disk';

/** Somebody who is not root, to whom permissions mean something. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534 } : {};

suite('a full disk', () => {
  test('of the folder: it is told, nothing is torn, and all follows with room', async (context) => {
    const disk = smallDisk(context, 3);
    if (disk === undefined) return context.skip(NOT_ROOT);
    const there = join(disk.path, 'Notes');
    const pair = await createPair(context, { there });
    for (let index = 0; index < 6; index += 1) {
      save(pair.here, `pictures/${index}.jpg`, noise(index, 1_000_000), { age: index });
    }
    await pair.sync('laptop');
    mkdirSync(there, { recursive: true });
    save(there, 'mine.md', 'only on the desktop\n');
    const ran = await pair.run('desktop', ['sync']);
    assertTells(ran, 3, /warning: Notes\/pictures\/\d.jpg: the disk is full; make room/);
    const whole = treeOf(pair.here);
    for (const [path, state] of Object.entries(treeOf(there))) {
      assert.equal(state, whole[path] ?? state, `${path} is torn`);
    }
    assert.equal(readFileSync(join(there, 'mine.md'), 'utf8'), 'only on the desktop\n');
    disk.grow(40);
    await pair.settle();
  });

  test('of the home: it is told, the folder is as it was, and all follows with room', async (context) => {
    const disk = smallDisk(context, 8);
    if (disk === undefined) return context.skip(NOT_ROOT);
    const pair = await createPair(context);
    await pair.settle();
    const home = join(pair.place.root, 'laptop');
    const small = join(disk.path, 'laptop');
    cpSync(home, small, { recursive: true });
    rmSync(home, { recursive: true });
    symlinkSync(small, home);
    for (let index = 0; index < 300; index += 1) {
      save(pair.here, `more/${index}.md`, noise(index, 3_000), { age: index });
    }
    const before = treeOf(pair.here);
    const filler = join(disk.path, 'filler');
    for (const roomBytes of [0, 64 * 1024, 256 * 1024]) {
      fill(filler);
      truncateSync(filler, statSync(filler).size - roomBytes);
      const ran = await pair.run('laptop', ['sync']);
      assertTells(ran, 1, /error: .*disk is full[^\n]*\nhint: .*disk is/);
      assertSameTree(treeOf(pair.here), before);
    }
    rmSync(filler);
    disk.grow(60);
    await pair.settle();
    assertSameTree(treeOf(pair.there), before);
  });
});

suite('a folder', () => {
  test('that may not be written is told for each file, and catches up when it may', async (context) => {
    const pair = await createPair(context, NOBODY);
    await pair.settle();
    save(pair.here, 'Journal/day 1.md', 'changed on the laptop\n', { age: 500 });
    rmSync(join(pair.here, 'Journal/day 2.md'));
    await pair.sync('laptop');
    const before = treeOf(pair.there);
    chmodSync(join(pair.there, 'Journal'), 0o500);
    const ran = await pair.run('desktop', ['sync']);
    assertTells(ran, 3, /warning: Notes\/Journal\/day 1.md: permission denied; check who may/);
    assert.match(ran.err, /warning: Notes\/Journal\/day 2.md: permission denied/);
    assertSameTree(treeOf(pair.there), before);
    chmodSync(join(pair.there, 'Journal'), 0o755);
    await pair.settle();
  });

  test('S8: that may not be read counts as there, and nothing in it as deleted', async (context) => {
    const pair = await createPair(context, NOBODY);
    await pair.settle();
    const before = treeOf(pair.here);
    chmodSync(join(pair.there, 'Journal'), 0o000);
    assertTells(
      await pair.run('desktop', ['sync']),
      3,
      /warning: Notes\/Journal: permission denied/,
    );
    await pair.sync('laptop');
    assertSameTree(treeOf(pair.here), before);
    chmodSync(join(pair.there, 'Journal'), 0o755);
    await pair.settle();
  });

  test('S8: that is gone, or replaced by another, deletes nothing elsewhere', async (context) => {
    const pair = await createPair(context);
    await pair.settle();
    const before = treeOf(pair.here);
    const away = `${pair.there}.away`;
    renameSync(pair.there, away);
    assertTells(await pair.run('desktop', ['sync']), 3, /The folder .* is not there/);
    mkdirSync(pair.there);
    save(pair.there, 'something else.md', 'of another disk\n');
    assertTells(await pair.run('desktop', ['sync']), 3, /is not the folder that was attached/);
    assert.deepEqual(readdirSync(pair.there), ['something else.md']);
    await pair.sync('laptop');
    assertSameTree(treeOf(pair.here), before);
    rmSync(pair.there, { recursive: true });
    renameSync(away, pair.there);
    await pair.settle();
  });
});

suite('a replica', () => {
  const damages: readonly (readonly [string, (path: string) => void])[] = [
    ['overwritten in the middle', (path) => overwrite(path, 0.3, 0.6)],
    ['overwritten at its beginning', (path) => overwrite(path, 0, 0.01)],
    ['cut short', (path) => truncateSync(path, Math.floor(statSync(path).size * 0.6))],
    ['deleted', (path) => rmSync(path)],
  ];
  for (const [name, damage] of damages) {
    test(`S6: ${name}, it is built anew; an edit that was not sent is kept beside what was`, async (context) => {
      const pair = await createPair(context, { fill: saveManyNotes });
      await pair.settle();
      save(pair.there, 'Journal/day 1.md', 'changed on the desktop\n', { age: 500 });
      await pair.sync('desktop');
      // Taken in and not sent: the bucket is away.
      const { bucket } = pair.place;
      renameSync(bucket, `${bucket}.away`);
      save(pair.here, 'Journal/day 2.md', 'an edit that was not sent\n', { age: 501 });
      save(pair.here, 'new.bin', noise(1, 40_000), { age: 502 });
      await pair.run('laptop', ['sync']);
      renameSync(`${bucket}.away`, bucket);
      save(pair.here, 'Journal/day 3.md', 'an edit that was not taken in\n', { age: 503 });
      damage(join(pair.place.root, 'laptop/replica.sqlite'));
      // What the edits were made on is not known any more, so they do not win by themselves.
      const { collections } = await pair.sync('laptop', 3);
      assert.equal(collections[0]?.conflicts, 2);
      for (const path of ['Journal/day 2.md', 'Journal/day 3.md']) {
        await pair.must('laptop', 'resolve', 'Notes', path, '--keep', 'local');
      }
      await pair.settle();
      const text = (path: string): string => readFileSync(join(pair.there, path), 'utf8');
      assert.equal(text('Journal/day 1.md'), 'changed on the desktop\n');
      assert.equal(text('Journal/day 2.md'), 'an edit that was not sent\n');
      assert.equal(text('Journal/day 3.md'), 'an edit that was not taken in\n');
      assert.ok(existsSync(join(pair.there, 'new.bin')));
      await pair.must('laptop', 'verify');
    });
  }

  test('that is damaged is told by the commands that only read', async (context) => {
    const pair = await createPair(context, { fill: saveManyNotes });
    overwrite(join(pair.place.root, 'laptop/replica.sqlite'), 0, 1);
    for (const command of ['status', 'conflicts', 'log', 'devices', 'pending']) {
      assertTells(await pair.run('laptop', [command]), 7, /replica .* is damaged.*\nhint: .*sync/);
    }
  });
});

suite('a clock', () => {
  for (const [name, shiftMs] of [
    ['two hours behind', -7_200_000],
    ['two hours ahead', 7_200_000],
  ] as const) {
    test(`S3: ${name} decides nothing: later edits win, and edits at once are held`, async (context) => {
      const pair = await createPair(context);
      await pair.settle();
      const shifted = clockShiftedBy(shiftMs);
      const syncShifted = async (exitCode = 0): Promise<void> => {
        const ran = await pair.run('desktop', ['sync'], shifted);
        assert.equal(ran.exitCode, exitCode, ran.err);
      };
      for (let turn = 0; turn < 3; turn += 1) {
        save(pair.here, 'Journal/day 1.md', `laptop ${turn}\n`, { age: 600 + turn });
        renameSync(
          join(pair.here, 'Journal', turn === 0 ? 'day 2.md' : `day 2, again ${turn}.md`),
          join(pair.here, 'Journal', `day 2, ${turn}.md`),
        );
        await pair.sync('laptop');
        await syncShifted();
        assertSameTree(treeOf(pair.there), treeOf(pair.here), 'after the laptop');
        save(pair.there, 'Journal/day 1.md', `desktop ${turn}\n`, { age: 700 + turn });
        renameSync(
          join(pair.there, 'Journal', `day 2, ${turn}.md`),
          join(pair.there, 'Journal', `day 2, again ${turn + 1}.md`),
        );
        await syncShifted();
        await pair.sync('laptop');
        assertSameTree(treeOf(pair.here), treeOf(pair.there), 'after the desktop');
      }
      save(pair.here, 'Journal/day 3.md', 'laptop, at once\n', { age: 800 });
      save(pair.there, 'Journal/day 3.md', 'desktop, at once\n', { age: 801 });
      await pair.sync('laptop');
      await syncShifted(3);
      await pair.must('desktop', 'resolve', 'Notes', 'Journal/day 3.md', '--keep', 'local');
      await syncShifted();
      await pair.settle();
      const [collection] = (await pair.must('laptop', 'status', '--json')).json<Status>()
        .collections;
      assert.equal(collection?.conflicts, 0);
    });
  }
});

function saveManyNotes(root: string): void {
  saveNotes(root);
  for (let index = 0; index < 200; index += 1) {
    save(root, `Archive/note ${index}.md`, `note ${index}\n`.repeat(60), { age: 50 + index });
  }
}

/** Writes noise over whole pages of a file, between two fractions of its length. */
function overwrite(path: string, from: number, to: number): void {
  const pages = Math.ceil(statSync(path).size / 4096);
  const first = Math.floor(pages * from);
  const count = Math.max(1, Math.floor(pages * to) - first);
  const file = openSync(path, 'r+');
  writeSync(file, noise(7, count * 4096), 0, count * 4096, first * 4096);
  closeSync(file);
}

/** Fills a disk up with one file. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  const piece = new Uint8Array(16 * 1024);
  try {
    for (;;) writeSync(file, piece);
  } catch {
    // Full.
  } finally {
    closeSync(file);
  }
}
