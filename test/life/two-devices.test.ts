/**
 * A person with two devices and a bucket: the built program, real folders, and a bucket of each
 * kind. The tests of a suite are one story and build on each other.
 */
import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { SyncResult } from '../../src/api/status.ts';
import { type BucketKind, suiteOnEachBucket, type TestBucket } from '../support/buckets.ts';
import { createPlace, type Place, type Ran } from '../support/satchel.ts';
import { assertSameTree, noise, save, treeOf } from '../support/trees.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** As long as a name may be: 255 bytes, of letters that take two bytes each. */
const LONGEST_NAME = `${'ü'.repeat(126)}.md`;

suiteOnEachBucket('two devices', twoDevices);

function twoDevices(kind: BucketKind): void {
  let place: Place;
  let bucket: TestBucket;
  let here = '';
  let there = '';

  const run = (device: string, ...args: string[]): Promise<Ran> =>
    place.run(device, args, bucket.env);
  const must = async (device: string, ...args: string[]): Promise<Ran> => {
    const ran = await run(device, ...args);
    assert.equal(ran.exitCode, 0, `${device}: satchel ${args.join(' ')}\n${ran.out}${ran.err}`);
    return ran;
  };
  /** One round that has to end with this exit code. */
  const sync = async (device: string, exitCode = 0): Promise<SyncResult> => {
    const ran = await run(device, 'sync', '--json');
    assert.equal(ran.exitCode, exitCode, `${device}: satchel sync\n${ran.out}${ran.err}`);
    return ran.json<SyncResult>();
  };

  before(async () => {
    place = createPlace();
    bucket = await kind.make(place.root);
    here = join(place.root, 'laptop-files/Notes');
    there = join(place.root, 'desktop-files/Notes');
    saveVault(here);
  });

  after(async () => {
    await bucket.empty();
    place.remove();
  });

  test('a folder of notes and attachments goes up; a symlink is told and never followed', async () => {
    symlinkSync('/etc/hostname', join(here, 'link'));
    await must('laptop', 'init', bucket.url, '--device', 'laptop');
    await must('laptop', 'add', 'vault', here);
    const [first] = (await sync('laptop')).collections;
    assert.deepEqual(first?.failed, []);
    assert.deepEqual(
      first?.leftOut.map(({ path }) => path),
      ['link'],
    );
    save(here, '.satchelignore', 'link\n');
    assert.deepEqual((await sync('laptop')).collections[0]?.leftOut, []);
  });

  test('S5: a folder that holds half of the files already gets only the others', async () => {
    cpSync(join(here, 'Attachments'), join(there, 'Attachments'), {
      recursive: true,
      preserveTimestamps: true,
    });
    const presentBytes = 9 * MIB + 300 * KIB + 20 * KIB;
    await must('desktop', 'join', bucket.url, '--device', 'desktop');
    await must('desktop', 'attach', 'Notes', there);
    const { requests, collections } = await sync('desktop');
    assert.ok(requests.bytesDown < 2 * MIB, `${requests.bytesDown} bytes came down`);
    assert.ok(requests.bytesUp < 64 * KIB, `${requests.bytesUp} bytes went up`);
    assert.ok((collections[0]?.applied.bytes ?? 0) < presentBytes);
    assertSameTree(treeOf(there), treeOf(here));
    assert.equal(existsSync(join(there, 'link')), false);
  });

  test('S11: an idle round is one list and one GET for each device, under 4 KB in all', async () => {
    await sync('laptop');
    await sync('desktop');
    for (const device of ['laptop', 'desktop']) {
      const { requests } = await sync(device);
      const { get, put, list, bytesUp, bytesDown } = requests;
      assert.ok(get <= 2, `${get} GETs`);
      assert.deepEqual([put, list, requests.delete], [0, 1, 0]);
      assert.ok(bytesUp + bytesDown < 4 * KIB, `${bytesUp + bytesDown} bytes`);
    }
  });

  test('edits on both sides cross, with new files, bits and times', async () => {
    save(here, 'Journal/day 1.md', 'written on the laptop\n', { age: 2_000 });
    save(here, 'Attachments/new.bin', noise(11, 700 * KIB), { age: 2_001 });
    save(there, 'Journal/day 2.md', 'written on the desktop\n', { age: 2_002 });
    chmodSync(join(there, 'Journal/day 3.md'), 0o755);
    mkdirSync(join(there, 'another empty folder'));
    await sync('laptop');
    await sync('desktop');
    await sync('laptop');
    assertSameTree(treeOf(there), treeOf(here));
    assert.equal(readFileSync(join(there, 'Journal/day 1.md'), 'utf8'), 'written on the laptop\n');
    assert.notEqual(statSync(join(here, 'Journal/day 3.md')).mode & 0o100, 0);
    assert.ok(existsSync(join(here, 'another empty folder')));
  });

  test('F4: a renamed folder of 1,000 files is under 300 KB, and no content moves', async () => {
    const inode = statSync(join(there, 'Archive/note 500.md')).ino;
    renameSync(join(here, 'Archive'), join(here, 'Old notes'));
    const up = (await sync('laptop')).requests;
    assert.ok(up.bytesUp < 300_000, `${up.bytesUp} bytes went up`);
    assert.ok(up.put <= 3, `${up.put} PUTs`);
    const down = (await sync('desktop')).requests;
    assert.ok(down.bytesDown < 300_000, `${down.bytesDown} bytes came down`);
    assert.equal(statSync(join(there, 'Old notes/note 500.md')).ino, inode, 'the file was moved');
    assert.equal(existsSync(join(there, 'Archive')), false);
    assertSameTree(treeOf(there), treeOf(here));
  });

  test('S1: edits of the same file are held for a person, who settles them on one device', async () => {
    const paths = ['Journal/day 4.md', 'Attachments/medium.bin', 'Journal/day 5.md'];
    for (const [index, path] of paths.entries()) {
      save(here, path, noise(20 + index, 30 * KIB), { age: 3_000 });
      save(there, path, noise(30 + index, 30 * KIB), { age: 3_001 });
    }
    const [before, beforeThere] = [treeOf(here), treeOf(there)];
    await sync('laptop');
    const { collections } = await sync('desktop', 3);
    assert.equal(collections[0]?.conflicts, 3);
    assertSameTree(treeOf(there), beforeThere, 'each side keeps what it showed');
    await sync('laptop', 3);
    assertSameTree(treeOf(here), before);
    const [first = '', second = '', third = ''] = paths;
    await must('desktop', 'resolve', 'Notes', first, '--keep', 'local');
    await must('desktop', 'resolve', 'Notes', second, '--keep', 'remote');
    await must('desktop', 'resolve', 'Notes', third, '--keep', 'both');
    await sync('desktop');
    await sync('laptop');
    assert.equal((await must('laptop', 'conflicts', '--json')).out, '[]\n');
    const [one, other] = [treeOf(here), treeOf(there)];
    assertSameTree(other, one);
    assert.equal(one[first], beforeThere[first]);
    assert.equal(one[second], before[second]);
    const journal = readdirSync(join(here, 'Journal')).filter((name) => name.startsWith('day 5'));
    assert.equal(journal.length, 2);
  });

  test('a deleted file waits in the trash of the other device, and can be restored anywhere', async () => {
    const before = treeOf(here);
    rmSync(join(here, 'Attachments/large.bin'));
    rmSync(join(here, 'Journal/day 6.md'));
    await sync('laptop');
    await sync('desktop');
    assertSameTree(treeOf(there), treeOf(here));
    const trash = join(there, '.satchel/trash');
    const [day = ''] = readdirSync(trash);
    assert.equal(statSync(join(trash, day, 'Attachments/large.bin')).size, 9 * MIB);
    await must('laptop', 'restore', 'Notes', 'Attachments/large.bin');
    await must('desktop', 'restore', 'Notes', 'Journal/day 6.md');
    for (const device of ['desktop', 'laptop', 'desktop']) await sync(device);
    assertSameTree(treeOf(here), before);
    assertSameTree(treeOf(there), before);
  });

  test('at the end all is well, and a third device gets the same', async () => {
    for (const device of ['laptop', 'desktop']) {
      const { ok } = (await must(device, 'verify', '--json')).json<{ ok: boolean }>();
      assert.equal(ok, true);
    }
    const third = join(place.root, 'tablet-files');
    await must('tablet', 'join', bucket.url, '--device', 'tablet');
    await must('tablet', 'attach', 'Notes', third);
    await sync('tablet');
    assertSameTree(treeOf(third), treeOf(here));
  });
}

/** Notes, attachments of many sizes, and the names that are hard to carry. */
function saveVault(root: string): void {
  for (let day = 1; day <= 30; day += 1) {
    save(root, `Journal/day ${day}.md`, `# Day ${day}\n`.repeat(day * 20), { age: day });
  }
  for (let index = 0; index < 1_000; index += 1) {
    save(root, `Archive/note ${index}.md`, `note ${index}\n`.repeat(80), { age: 100 + index });
  }
  save(root, 'Attachments/small.bin', noise(1, 20 * KIB), { age: 1_200 });
  save(root, 'Attachments/medium.bin', noise(2, 300 * KIB), { age: 1_201 });
  save(root, 'Attachments/large.bin', noise(3, 9 * MIB), { age: 1_202 });
  save(root, 'scripts/run.sh', '#!/bin/sh\necho yes\n', { age: 1_203, mode: 0o755 });
  save(root, 'Trips 🏔️/Übersicht ✅.md', 'Säntis, 2502 m\n', { age: 1_204 });
  save(root, `Names/${LONGEST_NAME}`, 'the longest name there is\n', { age: 1_205 });
  save(root, 'empty.md', '', { age: 1_206 });
  mkdirSync(join(root, 'an empty folder'));
}

suite('a vault of 10,000 notes', () => {
  test('a new device gets all of its 40 MB with fewer than 60 GETs', async (context) => {
    const place = createPlace();
    context.after(() => place.remove());
    const must = async (device: string, ...args: string[]): Promise<Ran> => {
      const ran = await place.run(device, args);
      assert.equal(ran.exitCode, 0, ran.err);
      return ran;
    };
    const here = join(place.root, 'laptop-files');
    const there = join(place.root, 'desktop-files');
    for (let index = 0; index < 10_000; index += 1) {
      const text = Buffer.from(noise(index, 3 * KIB)).toString('base64');
      save(here, `area ${index % 40}/note ${index}.md`, text, { age: index % 500 });
    }
    await must('laptop', 'init', place.bucket);
    await must('laptop', 'add', 'vault', here, '--name', 'Notes');
    await must('laptop', 'sync');
    await must('desktop', 'join', place.bucket);
    await must('desktop', 'attach', 'Notes', there);
    const { requests, collections } = (await must('desktop', 'sync', '--json')).json<SyncResult>();
    assert.equal(collections[0]?.applied.bytes, 10_000 * 4 * KIB);
    assert.ok(requests.get < 60, `${requests.get} GETs`);
    assertSameTree(treeOf(there), treeOf(here));
  });
});
