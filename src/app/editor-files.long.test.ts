import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type EditorHome, openEditorHomes } from '../../test/support/editor-homes.ts';
import type { Changed } from '../api/files.ts';
import { forgetShown } from '../replica/shown.ts';
import { changesSince } from './editor-changes.ts';
import { parseExpected } from './editor-door.ts';
import {
  attachFiles,
  deleteFile,
  moveFile,
  type Outcome,
  readFile,
  writeFile,
} from './editor-files.ts';
import { replicaPath } from './home.ts';
import { openForWork } from './session.ts';
import { runSync } from './sync.ts';

const ANY = parseExpected(undefined);

function done<T>(outcome: Outcome<T>): T {
  assert.ok(outcome.kind === 'done', JSON.stringify(outcome));
  return outcome.answer;
}

function changed(outcome: Outcome<unknown>): Changed {
  assert.ok(outcome.kind === 'changed', JSON.stringify(outcome));
  return outcome.answer;
}

async function write({ session }: EditorHome, path: string, content: string, ifMatch?: string) {
  return writeFile(session, 'Notes', { path, content }, parseExpected(ifMatch));
}

test('a refused write answers all that a three-way view needs', async (t) => {
  const [laptop, desktop] = await openEditorHomes(t, ['laptop', 'desktop']);
  assert.ok(laptop !== undefined && desktop !== undefined);
  const base = done(await write(laptop, 'Plan.md', 'seeds', 'absent'));
  await laptop.sync();
  await desktop.sync();
  const there = await readFile(desktop.session, 'Notes', 'Plan.md');
  assert.equal(there.content, 'seeds');
  done(await write(desktop, 'Plan.md', 'bulbs', `rev:${there.rev}`));
  await desktop.sync();
  await laptop.sync();
  const answer = changed(await write(laptop, 'Plan.md', 'trees', `"rev:${base.rev}"`));
  const now = await readFile(laptop.session, 'Notes', 'Plan.md');
  assert.deepEqual(answer, {
    error: '"Plan.md" is not as it was, so nothing was changed.',
    current_content: 'bulbs',
    current_content_base64: null,
    current_rev: now.rev,
    current_mtime_ns: now.mtime_ns,
    base_content: 'seeds',
  });
  const byTime = changed(await write(laptop, 'Plan.md', 'trees', `mtime:${base.mtime_ns}`));
  assert.equal(byTime.base_content, 'seeds');
  done(await write(laptop, 'Plan.md', 'bulbs and trees', `rev:${answer.current_rev}`));
});

test('where the file is gone, or no text, the answer says so', async (t) => {
  const [home] = await openEditorHomes(t, ['laptop']);
  assert.ok(home !== undefined);
  const base = done(await write(home, 'Plan.md', 'seeds'));
  const removed = done(
    await deleteFile(home.session, 'Notes', 'Plan.md', parseExpected(`rev:${base.rev}`)),
  );
  const gone = changed(await write(home, 'Plan.md', 'trees', `rev:${base.rev}`));
  assert.equal(gone.current_content, null);
  assert.equal(gone.current_rev, removed.rev);
  assert.equal(gone.base_content, 'seeds');
  const never = changed(await write(home, 'Never.md', 'x', 'rev:1'));
  assert.deepEqual([never.current_rev, never.base_content], [0, null]);
  const picture = {
    path: 'picture.png',
    content_base64: Buffer.from([255, 0, 1]).toString('base64'),
  };
  done(await writeFile(home.session, 'Notes', picture, ANY));
  const refused = changed(await write(home, 'picture.png', 'x', 'absent'));
  assert.equal(refused.current_content, null);
  assert.equal(refused.current_content_base64, picture.content_base64);
  const read = await readFile(home.session, 'Notes', 'picture.png');
  assert.deepEqual([read.size, read.content, read.content_base64], [3, null, '/wAB']);
});

test('input that says nothing, or two things, is refused in words', async (t) => {
  const [home] = await openEditorHomes(t, ['laptop']);
  assert.ok(home !== undefined);
  const { session } = home;
  const refused = { kind: 'usage' };
  await assert.rejects(writeFile(session, 'Notes', { path: 'x' }, ANY), refused);
  const both = { path: 'x', content: 'a', content_base64: 'YQ==' };
  await assert.rejects(writeFile(session, 'Notes', both, ANY), refused);
  await assert.rejects(writeFile(session, 'Notes', { path: 'x', content: '\ud800' }, ANY), refused);
  await assert.rejects(writeFile(session, 'Other', { path: 'x', content: '' }, ANY), refused);
  const twice = [{ path: 'x', content: 'a' }];
  await assert.rejects(
    attachFiles(session, 'Notes', { path: 'x', content: 'b' }, twice, ANY),
    refused,
  );
  for (const header of ['*', 'rev:', 'rev:-1', 'W/"rev:1"', '1', 'rev:1, rev:2']) {
    assert.throws(() => parseExpected(header), refused, header);
  }
  assert.deepEqual(parseExpected('"absent"'), { kind: 'absent' });
  assert.deepEqual(parseExpected(' mtime:1700000000000000001 '), {
    kind: 'mtime',
    mtimeNs: 1_700_000_000_000_000_001n,
  });
});

test('changes since a cursor: what was saved here and what arrived, renames, deletions', async (t) => {
  const [laptop, desktop] = await openEditorHomes(t, ['laptop', 'desktop']);
  assert.ok(laptop !== undefined && desktop !== undefined);
  done(await write(laptop, 'a.md', 'a'));
  done(await write(laptop, 'b.md', 'b'));
  done(await write(laptop, 'c.md', 'c'));
  const start = changesSince(laptop.session, 'Notes', undefined, 10);
  assert.deepEqual([start.changes, start.more], [[], false]);
  await laptop.sync();
  await desktop.sync();
  assert.deepEqual(
    changesSince(laptop.session, 'Notes', start.cursor, 10).changes,
    [],
    'to publish changes nothing here',
  );
  done(await moveFile(desktop.session, 'Notes', 'a.md', 'folder/a.md', ANY));
  done(await deleteFile(desktop.session, 'Notes', 'b.md', ANY));
  done(await write(desktop, 'd.md', 'd'));
  await desktop.sync();
  await laptop.sync();
  done(await write(laptop, 'c.md', 'more'));
  const { cursor, more, changes } = changesSince(laptop.session, 'Notes', start.cursor, 10);
  assert.equal(more, false);
  const brief = changes.map(({ change, from, path, device }) => [change, from, path, device]);
  assert.deepEqual(brief.slice(-1), [['written', undefined, 'c.md', 'laptop']]);
  assert.deepEqual(
    brief.slice(0, -1).sort(),
    [
      ['deleted', undefined, 'b.md', 'desktop'],
      ['moved', 'a.md', 'folder/a.md', 'desktop'],
      ['written', undefined, 'd.md', 'desktop'],
    ].sort(),
  );
  assert.ok(changes.every(({ time }) => new Date(time).toISOString() === time));
  const [last] = changes.slice(-1);
  assert.equal(last?.rev, (await readFile(laptop.session, 'Notes', 'c.md')).rev);
  assert.deepEqual(changesSince(laptop.session, 'Notes', cursor, 10).changes, []);
});

test('a program that follows in small steps always comes to what the folder holds', async (t) => {
  const [laptop, desktop] = await openEditorHomes(t, ['laptop', 'desktop']);
  assert.ok(laptop !== undefined && desktop !== undefined);
  const known = new Set<string>();
  let cursor = 0;
  const follow = (limit: number): void => {
    const answer = changesSince(laptop.session, 'Notes', cursor, limit);
    for (const { change, path, from } of answer.changes) {
      if (from !== undefined) known.delete(from);
      if (change === 'deleted') known.delete(path);
      else known.add(path);
    }
    cursor = answer.cursor;
    if (answer.more) follow(limit);
  };
  for (let step = 0; step < 30; step += 1) {
    const home = step % 3 === 0 ? desktop : laptop;
    const path = `${step % 7}.md`;
    done(await write(home, path, `step ${step}`));
    if (step % 4 === 1) done(await moveFile(home.session, 'Notes', path, `moved ${step}.md`, ANY));
    // What was moved is changed once more, much later: on another page of the answer.
    if (step % 4 === 3) await write(home, `moved ${step - 2}.md`, `step ${step}`);
    if (step % 5 === 2) await deleteFile(home.session, 'Notes', path, ANY).catch(() => {});
    if (step % 4 !== 3) continue;
    writeFileSync(join(laptop.folder, 'by hand.md'), `step ${step}`);
    if (step > 10)
      renameSync(join(laptop.folder, 'by hand.md'), join(laptop.folder, `hand ${step}.md`));
    for (const one of [laptop, desktop, laptop]) await one.sync();
    // Now and then only: what happened in between is told in one go, page by page.
    if (step % 8 === 7) {
      follow(1 + (step % 3));
      assert.deepEqual([...known].sort(), shownPaths(laptop), `after step ${step}`);
    }
  }
  follow(2);
  assert.deepEqual([...known].sort(), shownPaths(laptop));
});

function shownPaths({ session }: EditorHome): readonly string[] {
  const [id] = session.open.keys();
  const rows = session.engine.db.all(`SELECT place FROM shown WHERE collection = ?`, id ?? '');
  return rows.map(({ place }) => String(place)).sort();
}

test('a cursor from before the folder was attached anew, or of another replica, is refused', async (t) => {
  const [home] = await openEditorHomes(t, ['laptop']);
  assert.ok(home !== undefined);
  done(await write(home, 'a.md', 'a'));
  const { cursor } = changesSince(home.session, 'Notes', undefined, 10);
  done(await write(home, 'b.md', 'b'));
  const [id = ''] = home.session.open.keys();
  forgetShown(home.session.engine.db, id);
  assert.throws(() => changesSince(home.session, 'Notes', cursor, 10), { kind: 'usage' });
  assert.throws(() => changesSince(home.session, 'Notes', 1_000_000, 10), { kind: 'usage' });
});

test('a burst of 1,000 saves of 4 KB waits for no round, and leaves with one write of the head', async (t) => {
  const [home] = await openEditorHomes(t, ['laptop']);
  assert.ok(home !== undefined);
  const text = 'x'.repeat(4 * 1024);
  for (let index = 0; index < 1_000; index += 1) {
    done(await write(home, `n/${index % 50}.md`, `${index} ${text}`));
  }
  const { requests, collections } = await home.sync();
  assert.equal(collections[0]?.published.versions, 50, 'the newest of each');
  // Over 64 KiB of new commits go to a segment first (rule F2).
  assert.ok(requests.put <= 2, JSON.stringify(requests));
});

test('what a program knows from a replica that was lost says nothing of the one built anew', async (t) => {
  const [home] = await openEditorHomes(t, ['laptop']);
  assert.ok(home !== undefined);
  const { folder, session } = home;
  for (const text of ['one', 'two', 'three']) done(await write(home, 'Plan.md', text));
  const { rev } = await readFile(session, 'Notes', 'Plan.md');
  const { cursor } = changesSince(session, 'Notes', undefined, 10);
  await home.sync();
  await session.close();
  for (const suffix of ['', '-wal', '-shm']) {
    rmSync(`${replicaPath(home.home)}${suffix}`, { force: true });
  }
  const again = await openForWork(session.context, 'test');
  t.after(() => again.close());
  await runSync(again, undefined);
  for (let n = 0; (await readFile(again, 'Notes', 'Plan.md')).rev < rev; n += 1) {
    writeFileSync(join(folder, 'Plan.md'), `typed ${n}`);
  }
  assert.throws(() => changesSince(again, 'Notes', cursor, 10), { kind: 'usage' });
  const file = { path: 'Plan.md', content: 'typed on three' };
  changed(await writeFile(again, 'Notes', file, parseExpected(`rev:${rev}`)));
});
