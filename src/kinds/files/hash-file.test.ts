import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createManualClock } from '../../../test/support/ports.ts';
import { concat, utf8 } from '../../base/bytes.ts';
import { contentHash } from '../../base/hash.ts';
import { INLINE_MAX_BYTES } from '../../sync/kind.ts';
import type { Disk } from './disk.ts';
import { readStable } from './hash-file.ts';
import { nodeDisk } from './node-disk.ts';
import { isRacyMark, markOf, type WalkedFile, walkedFile } from './walk.ts';

const disk = nodeDisk();
const FAR_LATER_MS = Date.UTC(2100, 0, 1);
const LARGE_BYTES = 5 * 1024 * 1024 + 3;

test('a file at rest is read once, with its content where that is small', async (context) => {
  const { path, file } = await fileWith(context, utf8('hello'));
  const clock = createManualClock(FAR_LATER_MS);
  const outcome = await readStable(disk, path, file, clock);
  assert.deepEqual(outcome, { hash: contentHash(utf8('hello')), bytes: utf8('hello'), file });
  assert.deepEqual(clock.pausesMs, []);
});

test('F4: content comes along up to the inline limit, and not beyond', async (context) => {
  for (const sizeBytes of [0, INLINE_MAX_BYTES, INLINE_MAX_BYTES + 1]) {
    const content = new Uint8Array(sizeBytes).fill(7);
    const { path, file } = await fileWith(context, content);
    const outcome = await readStable(disk, path, file, createManualClock(FAR_LATER_MS));
    assert.ok('hash' in outcome);
    assert.equal(outcome.hash, contentHash(content));
    assert.equal(outcome.bytes?.length, sizeBytes <= INLINE_MAX_BYTES ? sizeBytes : undefined);
  }
});

test('a large file is read in pieces, and every byte is told', async (context) => {
  const content = new Uint8Array(LARGE_BYTES).map((_, index) => index % 251);
  const { path, file } = await fileWith(context, content);
  const told: number[] = [];
  const { now, sleep } = createManualClock(FAR_LATER_MS);
  const whole: Disk = { ...disk, readFile: () => assert.fail('read as a whole') };
  const outcome = await readStable(whole, path, file, {
    now,
    sleep,
    onBytes: (count) => told.push(count),
  });
  assert.deepEqual(outcome, { hash: contentHash(content), file });
  assert.equal(
    told.reduce((sum, count) => sum + count, 0),
    LARGE_BYTES,
  );
  assert.ok(Math.max(...told) <= 1024 * 1024);
});

test('a file that changes while it is read is read again, and hash and state belong together', async (context) => {
  for (const sizeBytes of [10, LARGE_BYTES]) {
    const { path, file } = await fileWith(context, new Uint8Array(sizeBytes));
    const clock = createManualClock(FAR_LATER_MS);
    const outcome = await readStable(
      changingWhileRead(() => appendFileSync(path, 'more'), 2),
      path,
      file,
      clock,
    );
    assert.ok('hash' in outcome);
    const now = concat([new Uint8Array(sizeBytes), utf8('moremore')]);
    assert.equal(outcome.hash, contentHash(now));
    assert.equal(outcome.file.sizeBytes, now.length);
    const stat = await disk.stat(path);
    assert.ok(stat !== undefined);
    assert.equal(outcome.file.mark, markOf(stat));
    assert.equal(clock.pausesMs.length, 2);
  }
});

test('a file that never rests is left for a later scan', async (context) => {
  const { path, file } = await fileWith(context, utf8('x'));
  const clock = createManualClock(FAR_LATER_MS);
  const restless = changingWhileRead(() => appendFileSync(path, 'x'), Number.POSITIVE_INFINITY);
  assert.deepEqual(await readStable(restless, path, file, clock), { changing: true });
  assert.equal(clock.pausesMs.length, 3);
});

test('a file without end is given up, not read for ever', async (context) => {
  const { path, file } = await fileWith(context, new Uint8Array(LARGE_BYTES));
  const endless: Disk = {
    ...disk,
    async *readPieces() {
      for (;;) yield new Uint8Array(1024 * 1024);
    },
  };
  const outcome = await readStable(endless, path, file, createManualClock(FAR_LATER_MS));
  assert.deepEqual(outcome, { changing: true });
});

test('S6: a file written to just now gets a racy mark, so that the next scan reads it again', async (context) => {
  const { path, file } = await fileWith(context, utf8('x'));
  const outcome = await readStable(disk, path, file, createManualClock(Date.now()));
  assert.ok('file' in outcome);
  assert.equal(isRacyMark(outcome.file.mark), true);
});

test('a file that goes, before or during the reading, is gone', async (context) => {
  const before = await fileWith(context, utf8('x'));
  unlinkSync(before.path);
  const clock = createManualClock(FAR_LATER_MS);
  assert.deepEqual(await readStable(disk, before.path, before.file, clock), { gone: true });

  const during = await fileWith(context, utf8('x'));
  const vanishing: Disk = {
    ...disk,
    readFile(path) {
      unlinkSync(path);
      return disk.readFile(path);
    },
  };
  assert.deepEqual(await readStable(vanishing, during.path, during.file, clock), { gone: true });
});

test('a link or folder that took the place of the file is not read', async (context) => {
  const linked = await fileWith(context, utf8('x'));
  const clock = createManualClock(FAR_LATER_MS);
  const swapping: Disk = {
    ...disk,
    readFile(path) {
      unlinkSync(path);
      symlinkSync('/etc/hostname', path);
      return disk.readFile(path);
    },
  };
  assert.deepEqual(await readStable(swapping, linked.path, linked.file, clock), { gone: true });

  const folder = await fileWith(context, utf8('x'));
  unlinkSync(folder.path);
  mkdirSync(folder.path);
  assert.deepEqual(await readStable(disk, folder.path, folder.file, clock), { gone: true });
});

test('a file that is there and cannot be read says why', async (context) => {
  const { path, file } = await fileWith(context, utf8('x'));
  const closed: Disk = {
    ...disk,
    readFile: () => Promise.reject(Object.assign(new Error('made up'), { code: 'EACCES' })),
  };
  const outcome = await readStable(closed, path, file, createManualClock(FAR_LATER_MS));
  assert.ok('unreadable' in outcome);
  assert.match(outcome.unreadable, /permission/);
});

async function fileWith(
  context: TestContext,
  content: Uint8Array,
): Promise<{ readonly path: string; readonly file: WalkedFile }> {
  const root = mkdtempSync(join(tmpdir(), 'satchel-read-'));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  const path = join(root, 'notes.md');
  writeFileSync(path, content);
  const stat = await disk.stat(path);
  assert.ok(stat !== undefined);
  return { path, file: walkedFile('notes.md', stat, undefined) };
}

/** A disk on which someone writes during the first `times` readings. */
function changingWhileRead(change: () => void, times: number): Disk {
  let left = times;
  const changeOnce = () => {
    if (left <= 0) return;
    left -= 1;
    change();
  };
  return {
    ...disk,
    async readFile(path) {
      const bytes = await disk.readFile(path);
      changeOnce();
      return bytes;
    },
    async *readPieces(path) {
      let isFirst = true;
      for await (const piece of disk.readPieces(path)) {
        yield piece;
        if (isFirst) changeOnce();
        isFirst = false;
      }
    },
  };
}
