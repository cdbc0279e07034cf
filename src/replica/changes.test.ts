import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openDatabase, openReplica } from '../../test/support/replica.ts';
import { REGISTRY_ID } from '../format/ids.ts';
import {
  goneAfter,
  keptAfter,
  lastAtPlace,
  lastChangeOf,
  newestRev,
  placeAtRev,
  shownAtRev,
} from './changes.ts';
import { setMeta } from './meta.ts';
import { noteOrders, ordersAfter } from './orders.ts';
import { prepareSchema, SCHEMA_STEPS } from './schema.ts';
import { forgetShown, type NewShown, putShown, removeShown, shownAfter, shownOf } from './shown.ts';

const SHOWN: NewShown = { record: 'r', place: 'a', mark: 'm', hash: 'h', versions: [] };

suite('the changes of what is shown', () => {
  test('another content or place is a change, another mark or version is none', (t) => {
    const db = openReplica(t);
    putShown(db, 'c', SHOWN);
    const first = newestRev(db);
    putShown(db, 'c', { ...SHOWN, mark: 'touched', versions: ['v'] });
    assert.deepEqual([newestRev(db), shownOf(db, 'c', 'r')?.mark], [first, 'touched']);
    putShown(db, 'c', { ...SHOWN, hash: 'other' });
    putShown(db, 'c', { ...SHOWN, hash: 'other', place: 'b' });
    removeShown(db, 'c', 'r');
    removeShown(db, 'c', 'r');
    assert.equal(newestRev(db), first + 3);
    assert.equal(lastChangeOf(db, 'c', 'r'), first + 3);
    const places = [0, 1, 2, 3].map((n) => shownAtRev(db, 'c', 'r', first + n)?.place);
    assert.deepEqual(places, ['a', 'a', 'b', undefined]);
    assert.equal(placeAtRev(db, 'c', 'a', first)?.hash, 'h');
    assert.equal(placeAtRev(db, 'c', 'a', first + 1)?.hash, 'other');
    assert.equal(placeAtRev(db, 'c', 'a', first + 2), undefined);
    assert.equal(lastAtPlace(db, 'c', 'b')?.rev, first + 3);
    assert.deepEqual(
      goneAfter(db, 'c', first, 10).map(({ rev, hash }) => [rev, hash]),
      [[first + 1, 'h']],
      'of what came and went after the number, nothing',
    );
  });

  test('collections share the counter and nothing else', (t) => {
    const db = openReplica(t);
    putShown(db, 'one', SHOWN);
    putShown(db, 'two', SHOWN);
    const [one] = shownAfter(db, 'one', 0, 10);
    const [two] = shownAfter(db, 'two', 0, 10);
    assert.ok(one !== undefined && two !== undefined && one.rev < two.rev);
    forgetShown(db, 'one');
    assert.deepEqual([keptAfter(db, 'one'), keptAfter(db, 'two')], [two.rev, 0]);
  });

  test('what was shown long ago is let go, and it is known from where on', (t) => {
    const db = openReplica(t);
    putShown(db, 'c', SHOWN);
    putShown(db, 'c', { ...SHOWN, hash: 'other' });
    setMeta(db, 'rev', '150000');
    putShown(db, 'c', { ...SHOWN, hash: 'newer' });
    setMeta(db, 'rev', '200999');
    assert.equal(lastAtPlace(db, 'c', 'a')?.hash, 'other');
    putShown(db, 'c', { ...SHOWN, hash: 'newest' });
    assert.equal(keptAfter(db, 'c'), 101_000);
    assert.equal(shownAtRev(db, 'c', 'r', 2), undefined);
    assert.equal(shownAtRev(db, 'c', 'r', 150_000)?.hash, 'other');
  });

  test('what an older Satchel showed has the number of the beginning', (t) => {
    const db = openDatabase(t);
    db.exec(`${SCHEMA_STEPS[0]} ${SCHEMA_STEPS[1]} PRAGMA user_version = 2`);
    db.exec(`INSERT INTO shown VALUES ('c', 'r', 'a', 'm', 'h', '[]')`);
    prepareSchema(db, { keepCopy: () => undefined });
    assert.deepEqual([shownOf(db, 'c', 'r')?.rev, newestRev(db)], [1, 1]);
    assert.equal(shownAfter(db, 'c', 0, 10).length, 1);
    putShown(db, 'c', { ...SHOWN, hash: 'other' });
    assert.equal(shownOf(db, 'c', 'r')?.rev, 2);
  });

  test('an order that came while an older Satchel ran here is told as well', (t) => {
    const db = openDatabase(t);
    db.exec(`${SCHEMA_STEPS[0]} ${SCHEMA_STEPS[1]} PRAGMA user_version = 2`);
    const order = { type: 'order', collection: 'c', folder: 'N', '/a': 'V' };
    db.run(
      `INSERT INTO records (collection, record, is_live, is_conflict, claim, claim_time, claim_device, fields)
       VALUES (?, 'o', 1, 0, NULL, 1, 'd', ?)`,
      REGISTRY_ID,
      JSON.stringify(order),
    );
    prepareSchema(db, { keepCopy: () => undefined });
    noteOrders(db, REGISTRY_ID, 'order/c', 'c');
    assert.deepEqual(
      ordersAfter(db, 'c', 0, 10).map(({ folder }) => folder),
      ['N'],
    );
  });
});
