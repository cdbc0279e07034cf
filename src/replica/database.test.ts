import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { Database, integer } from './database.ts';

function openCounter(): { readonly db: Database; readonly other: Database; count(): number } {
  const path = join(temporaryFolder('database'), 'replica.sqlite');
  const db = new Database(path);
  db.exec('CREATE TABLE counters (name TEXT PRIMARY KEY, n INTEGER NOT NULL)');
  db.run(`INSERT INTO counters (name, n) VALUES ('a', 1)`);
  const read = (): number => {
    const row = db.get(`SELECT n FROM counters WHERE name = 'a'`);
    return row === undefined ? 0 : integer(row, 'n');
  };
  return { db, other: new Database(path), count: () => db.once('counters', 'a', read) };
}

const WRITES: readonly string[] = [
  `UPDATE counters SET n = 2 WHERE name = 'a'`,
  `INSERT OR REPLACE INTO counters (name, n) VALUES ('a', 2)`,
  `INSERT INTO counters (name, n) VALUES ('a', 2)
   ON CONFLICT (name) DO UPDATE SET n = excluded.n`,
  `\n  DELETE FROM counters WHERE name = 'a'`,
  `WITH wanted (n) AS (SELECT 2) UPDATE counters SET n = (SELECT n FROM wanted)`,
  `REPLACE INTO counters (name, n) VALUES ('a', 2)`,
];

suite('what is asked once in a transaction', () => {
  for (const sql of WRITES) {
    test(`is asked again after ${sql.trim().split(/\s+/, 3).join(' ')}`, () => {
      const { db, count } = openCounter();
      db.transaction(() => {
        assert.equal(count(), 1);
        db.run(sql);
        assert.equal(count(), sql.includes('DELETE') ? 0 : 2);
      });
    });
  }

  test('is asked no more than once while nothing is written', () => {
    const { db } = openCounter();
    let asked = 0;
    const ask = (): number => {
      asked += 1;
      return asked;
    };
    db.transaction(() => {
      assert.equal(db.once('counters', 'a', ask), 1);
      assert.equal(db.once('counters', 'a', ask), 1);
      assert.equal(db.once('counters', 'b', ask), 2);
    });
  });

  test('is forgotten when the transaction is rolled back', () => {
    const { db, count } = openCounter();
    assert.throws(() =>
      db.transaction(() => {
        db.run(`UPDATE counters SET n = 2 WHERE name = 'a'`);
        assert.equal(count(), 2);
        throw new Error('stopped');
      }),
    );
    db.transaction(() => assert.equal(count(), 1));
  });

  test('is never kept from one transaction to the next: another process may write between', () => {
    const { db, other, count } = openCounter();
    db.transaction(() => assert.equal(count(), 1));
    other.run(`UPDATE counters SET n = 3 WHERE name = 'a'`);
    assert.equal(count(), 3);
    other.run(`UPDATE counters SET n = 4 WHERE name = 'a'`);
    assert.equal(count(), 4);
    db.transaction(() => assert.equal(count(), 4));
  });
});
