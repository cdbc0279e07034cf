import assert from 'node:assert/strict';
import type { SQLInputValue } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { openReplicaAs } from '../../test/support/replica.ts';
import type { Commit } from '../format/commit.ts';
import { goneAfter, lastAtPlace, lastChangeOf, placeAtRev, shownAtRev } from './changes.ts';
import { isCondemned } from './condemned.ts';
import { Database, type Row } from './database.ts';
import { ordersAfter } from './orders.ts';
import { isUnfinished, outboxEntry } from './outbox.ts';
import { claimantsBelow, claimantsOf, isClaimedBelow, recordOf } from './records.ts';
import { isStale, shownAfter, shownAt, shownOf } from './shown.ts';
import { letGoOf, pastVersionsOf } from './thinning.ts';
import {
  candidatesOf,
  commitsOf,
  currentVersionsOf,
  hasCopies,
  hasVersion,
  insertCommit,
  isSourceOfCurrent,
  newestTimeOf,
  versionsById,
  versionsOf,
} from './versions.ts';

/** Remembers every query, so that its plan can be asked for. */
class WatchedDatabase extends Database {
  readonly queries = new Set<string>();

  override get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    this.queries.add(sql);
    return super.get(sql, ...values);
  }

  override all(sql: string, ...values: SQLInputValue[]): Row[] {
    this.queries.add(sql);
    return super.all(sql, ...values);
  }
}

function openWatched(t: TestContext): WatchedDatabase {
  const db = openReplicaAs(t, WatchedDatabase);
  db.queries.clear();
  return db;
}

const COMMIT: Commit = {
  n: 1,
  id: 'commit',
  time: 1,
  clock: {},
  versions: [{ id: 'version', record: 'record', stamp: [1, 'device'], fields: {} }],
};

test('what is asked for each record walks no table: the cost of a sync is linear', (t) => {
  const db = openWatched(t);
  insertCommit(db, 'collection', 'device', COMMIT);
  claimantsOf(db, 'collection', 'claim');
  isClaimedBelow(db, 'collection', 'claim');
  claimantsBelow(db, 'collection', 'claim');
  recordOf(db, 'collection', 'record');
  shownAt(db, 'collection', 'place');
  shownOf(db, 'collection', 'record');
  outboxEntry(db, 'collection', 'record');
  versionsOf(db, 'collection', 'record');
  currentVersionsOf(db, 'collection', 'record');
  candidatesOf(db, 'collection', 'record', { device: 'device', from: 1, to: 2 });
  versionsById(db, 'collection', 'version');
  hasVersion(db, 'collection', 'version');
  hasCopies(db, 'collection', 'record');
  letGoOf(db, 'collection', 'record');
  pastVersionsOf(db, 'collection', 'record');
  isCondemned(db, 'blob');
  isSourceOfCurrent(db, 'collection', 'version');
  newestTimeOf(db, 'collection', 'record');
  shownAfter(db, 'collection', 1, 10);
  isStale(db, 'collection', 'record');
  goneAfter(db, 'collection', 1, 10);
  shownAtRev(db, 'collection', 'record', 1);
  placeAtRev(db, 'collection', 'place', 1);
  lastAtPlace(db, 'collection', 'place');
  lastChangeOf(db, 'collection', 'record');
  ordersAfter(db, 'collection', 1, 10);
  isUnfinished(db, 'collection', 1);
  assert.equal([...commitsOf(db, 'collection', 'device', 1, 2)].length, 1);
  assert.ok(db.queries.size >= 23);
  refusePlans(db, /^SCAN|\(collection=\?\)$/);
});

test('what is asked for each save walks no history: a record may have many thousand versions', (t) => {
  const db = openWatched(t);
  currentVersionsOf(db, 'collection', 'record');
  candidatesOf(db, 'collection', 'record', { device: 'device', from: 1, to: 2 });
  newestTimeOf(db, 'collection', 'record');
  hasCopies(db, 'collection', 'record');
  assert.equal(db.queries.size, 4);
  refusePlans(
    db,
    /^SCAN|^SEARCH (v|versions) .*PRIMARY KEY \(collection=\? AND record=\?\)$|GROUP BY/,
  );
});

function refusePlans(db: WatchedDatabase, refused: RegExp): void {
  for (const sql of [...db.queries]) {
    for (const { detail } of db.all(`EXPLAIN QUERY PLAN ${sql}`)) {
      assert.doesNotMatch(String(detail), refused, sql);
    }
  }
}
