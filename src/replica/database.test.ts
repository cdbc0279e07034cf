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

suite('rows one by one', () => {
  const BELOW = 'SELECT n FROM numbers WHERE n < ? ORDER BY n';

  function openNumbers() {
    const db = new Database(join(temporaryFolder('database'), 'replica.sqlite'));
    db.exec('CREATE TABLE numbers (n INTEGER PRIMARY KEY)');
    db.transaction(() => {
      for (let n = 0; n < 100; n += 1) db.run('INSERT INTO numbers (n) VALUES (?)', n);
    });
    function* below(limit: number): Generator<number, void, undefined> {
      for (const row of db.each(BELOW, limit)) yield integer(row, 'n');
    }
    return { db, below };
  }

  test('a loop in a loop, of the same rows, disturbs neither', () => {
    const { below } = openNumbers();
    // The second time with statements that were there already.
    for (let time = 1; time <= 2; time += 1) {
      const nested: number[] = [];
      for (const n of below(4)) for (const m of below(n)) nested.push(m);
      assert.deepEqual(nested, [0, 0, 1, 0, 1, 2]);
    }
  });

  test('a loop that is left early is over: the next begins anew, and nothing stays open', () => {
    const { db, below } = openNumbers();
    const firstOf = (): number | undefined => {
      for (const n of below(50)) return n;
      return undefined;
    };
    assert.deepEqual([firstOf(), firstOf()], [0, 0]);
    assert.throws(() => {
      for (const n of below(50)) if (n === 3) throw new Error('enough');
    }, /enough/);
    assert.equal([...below(50)].length, 50);
    assert.equal(firstOf(), 0);
    const other = new Database(db.path);
    other.run('INSERT INTO numbers (n) VALUES (100)');
    other.exec('PRAGMA busy_timeout = 0');
    const { log } = other.get('PRAGMA wal_checkpoint(TRUNCATE)') ?? {};
    assert.equal(log, 0, 'no reader holds on to the write-ahead log');
    other.close();
    db.close();
  });
});
