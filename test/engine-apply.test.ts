/** What was fetched applies once, however its author has cut it meanwhile, and is no edit (S2, S6). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '../src/base/bytes.ts';
import type { Commit, Version } from '../src/format/commit.ts';
import { REGISTRY_ID, tagOf } from '../src/format/ids.ts';
import { appliedUpTo, clockOf } from '../src/replica/clocks.ts';
import { outboxEntry } from '../src/replica/outbox.ts';
import { waitingUnits } from '../src/replica/peers.ts';
import { shownAll } from '../src/replica/shown.ts';
import { commitsOf, currentVersionsOf } from '../src/replica/versions.ts';
import { applyWaiting, keepUnit, unitOfCommit } from '../src/sync/apply.ts';
import { selfId } from '../src/sync/engine.ts';
import { pull } from '../src/sync/pull.ts';
import { saveEdits } from '../src/sync/save.ts';
import { openTwoDevices, TEST_COLLECTION } from './support/device.ts';

test('S2: a part of a merged segment that waited beside it does not take the clock back', async () => {
  const { a, b } = await openTwoDevices();
  const author = selfId(a.engine);
  for (const words of ['one', 'two', 'three']) {
    a.folder.set(words, words);
    await a.sync();
  }
  const commits = [...commitsOf(a.engine.db, TEST_COLLECTION, author, 1, 3)];
  const [, second, third] = commits;
  assert.ok(second !== undefined && third !== undefined);
  const { engine } = b;
  keepUnit(engine, unitOfCommit(author, TEST_COLLECTION, second), 'second');
  const whole = { author, collection: TEST_COLLECTION, from: 1, to: 3, clock: undefined, commits };
  keepUnit(engine, whole, 'third!');
  assert.equal(applyWaiting(engine, TEST_COLLECTION), 3);
  assert.equal(appliedUpTo(engine.db, TEST_COLLECTION, author), 3);
  assert.deepEqual(clockOf(engine.db, TEST_COLLECTION)[author], [3, 'third!']);
  assert.deepEqual(waitingUnits(engine.db, TEST_COLLECTION), []);
  assert.deepEqual(waitingUnits(engine.db, REGISTRY_ID), []);
});

test('S9a: what was written again stays replaced, though what replaced it was replaced as well', async () => {
  const { b } = await openTwoDevices();
  const { engine } = b;
  const keep = (device: string, n: number, version: Partial<Version>, seen: Partial<Commit>) => {
    const whole: Version = { id: '', record: 'r', stamp: [n, device], fields: {}, ...version };
    const base = { n, id: `${device}${n} commit`, time: n, clock: {}, versions: [whole] };
    const commit: Commit = { ...base, ...seen };
    keepUnit(engine, unitOfCommit(device, TEST_COLLECTION, commit), tagOf(commit.id));
  };
  // Two devices wrote the first version again. They come after the author who replaced both.
  const clock: Commit['clock'] = { bb: [1, ''], cc: [1, ''] };
  keep('aa', 1, { id: 'second' }, { clock });
  keep('aa', 2, { id: 'third', beside: ['first'] }, { clock });
  keep('bb', 1, { id: 'first' }, { own: 0 });
  keep('cc', 1, { id: 'first' }, { own: 0 });
  assert.equal(applyWaiting(engine, TEST_COLLECTION), 4);
  const current = currentVersionsOf(engine.db, TEST_COLLECTION, 'r');
  assert.deepEqual(
    current.map(({ version }) => version.id),
    ['third'],
  );
});

test('S6: to find what came in the place of a file that is being deleted is no edit', async () => {
  const { a, b } = await openTwoDevices();
  a.folder.set('note', 'zero');
  for (const device of [a, b]) await device.sync();
  b.folder.set('note', 'of b');
  await b.sync();
  a.folder.delete('note');
  const open = a.open.get(TEST_COLLECTION);
  await open?.takeIn();
  await pull(a.engine, { list: true });
  await open?.putOut();
  assert.equal(a.folder.get('note'), 'of b');
  const [shown] = [...shownAll(a.engine.db, TEST_COLLECTION)];
  assert.ok(shown);
  const { record, place, mark, hash, versions } = shown;
  const content = { kind: 'bytes', bytes: utf8('of b'), hash } as const;
  const write = {
    kind: 'write',
    fields: { path: 'note' },
    changed: [],
    content,
    shown: { place, mark, hash },
  } as const;
  saveEdits(a.engine, TEST_COLLECTION, [{ record, sawVersions: versions, change: write }]);
  assert.equal(outboxEntry(a.engine.db, TEST_COLLECTION, record)?.version.gone, true);
});
