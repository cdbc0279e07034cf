import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openDatabase, openReplica } from '../../test/support/replica.ts';
import type { Commit, Version } from '../format/commit.ts';
import { prepareSchema, SCHEMA_STEPS } from './schema.ts';
import {
  candidatesOf,
  hasCopies,
  insertCommit,
  newestTimeOf,
  setCurrent,
  versionsOf,
} from './versions.ts';

/** A commit of one version of a record. */
function commit(n: number, id: string, record = 'r'): Commit {
  const version: Version = { id, record, stamp: [n, 'd'], fields: {} };
  return { n, id: `commit ${n}`, time: n, clock: {}, versions: [version] };
}

suite('the versions of a record', () => {
  test('S9a: it is known of a record that a version of it was written again', (t) => {
    const db = openReplica(t);
    insertCommit(db, 'c', 'a', commit(1, 'one'));
    insertCommit(db, 'c', 'a', commit(1, 'one'));
    insertCommit(db, 'c', 'a', commit(2, 'two'));
    insertCommit(db, 'c', 'a', commit(3, 'three', 'other'));
    assert.equal(hasCopies(db, 'c', 'r'), false, 'the same commit, read twice, is no copy');
    insertCommit(db, 'c', 'b', commit(1, 'one'));
    assert.ok(hasCopies(db, 'c', 'r'));
    assert.equal(hasCopies(db, 'c', 'other'), false);
  });

  test('S9a: it is known of those that were written again while an older Satchel ran', (t) => {
    const db = openDatabase(t);
    db.exec(`${SCHEMA_STEPS.slice(0, 3).join('')} PRAGMA user_version = 3`);
    for (const [device, n, id, record] of [
      ['a', 1, 'one', 'r'],
      ['b', 1, 'one', 'r'],
      ['a', 2, 'two', 'other'],
    ] as const) {
      db.run(
        `INSERT INTO versions (collection, record, device, n, id, is_current, is_archived, time, body)
         VALUES ('c', ?, ?, ?, ?, 1, 0, 1, '{}')`,
        record,
        device,
        n,
        id,
      );
    }
    prepareSchema(db, { keepCopy: () => undefined });
    assert.ok(hasCopies(db, 'c', 'r'));
    assert.equal(hasCopies(db, 'c', 'other'), false);
  });

  test('candidates are the current ones and those of the run, each once', (t) => {
    const db = openReplica(t);
    for (const n of [1, 2, 3, 4]) insertCommit(db, 'c', 'a', commit(n, `a${n}`));
    for (const n of [3, 9]) insertCommit(db, 'c', 'b', commit(n, `b${n}`));
    for (const known of versionsOf(db, 'c', 'r')) {
      const isCurrent = ['a3', 'b9'].includes(known.version.id);
      setCurrent(db, 'c', known, isCurrent);
    }
    const found = candidatesOf(db, 'c', 'r', { device: 'a', from: 2, to: 3 });
    const ids = found.map(({ version }) => version.id);
    assert.deepEqual(ids.sort(), ['a2', 'a3', 'b9']);
  });

  test('S3: the newest time is found among current and superseded versions alike', (t) => {
    const db = openReplica(t);
    assert.equal(newestTimeOf(db, 'c', 'r'), 0);
    for (const n of [2, 1]) insertCommit(db, 'c', 'a', commit(n, `a${n}`));
    const [first, second] = versionsOf(db, 'c', 'r');
    assert.ok(first && second);
    for (const known of [first, second]) {
      setCurrent(db, 'c', known, true);
      assert.equal(newestTimeOf(db, 'c', 'r'), 2);
      setCurrent(db, 'c', known, false);
    }
  });
});
