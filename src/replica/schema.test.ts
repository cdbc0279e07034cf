import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { Database, integer } from './database.ts';
import { prepareSchema, SCHEMA_STEPS } from './schema.ts';

/** Opens a replica that has taken the first step only, as often as is asked. */
function olderReplica(context: TestContext): () => Database {
  const folder = mkdtempSync(join(tmpdir(), 'satchel-schema-'));
  const opened: Database[] = [];
  context.after(() => {
    for (const db of opened) db.close();
    rmSync(folder, { recursive: true });
  });
  const open = (): Database => {
    const db = new Database(join(folder, 'replica.sqlite'));
    opened.push(db);
    return db;
  };
  open().exec(`${SCHEMA_STEPS[0]} PRAGMA user_version = 1`);
  return open;
}

function stepsTaken(db: Database): number {
  const row = db.get('PRAGMA user_version');
  return row === undefined ? 0 : integer(row, 'user_version');
}

suite('the tables of a replica', () => {
  test('an older file is copied as it is: nobody changes it meanwhile', (context) => {
    const open = olderReplica(context);
    const copied: number[] = [];
    prepareSchema(open(), {
      keepCopy(schema) {
        const other = open();
        // A second program that starts now finds the file locked, and waits.
        other.exec('PRAGMA busy_timeout = 0');
        assert.throws(() => other.exec('BEGIN IMMEDIATE'), { kind: 'busy' });
        copied.push(schema, stepsTaken(other));
      },
    });
    assert.deepEqual(copied, [1, 1]);
    assert.equal(stepsTaken(open()), SCHEMA_STEPS.length);
  });

  test('one that comes second leaves the copy of the first alone', (context) => {
    const open = olderReplica(context);
    const [first, second] = [open(), open()];
    let copies = 0;
    const keepCopy = (): void => {
      copies += 1;
    };
    // The second looked at the file before the first was done.
    const early = lookingOnce(second, () => prepareSchema(first, { keepCopy }));
    prepareSchema(early, { keepCopy });
    assert.equal(copies, 1);
  });

  test('where no copy can be kept, nothing is changed', (context) => {
    const open = olderReplica(context);
    const full = (): void => {
      throw new Error('the disk is full');
    };
    assert.throws(() => prepareSchema(open(), { keepCopy: full }), /disk is full/);
    assert.equal(stepsTaken(open()), 1);
  });
});

/** The same database; after the first look at its schema, something else happens to the file. */
function lookingOnce(db: Database, meanwhile: () => void): Database {
  let isFirst = true;
  const get: Database['get'] = (sql, ...values) => {
    const row = db.get(sql, ...values);
    if (isFirst) meanwhile();
    isFirst = false;
    return row;
  };
  return new Proxy(db, {
    get(_, name) {
      if (name === 'get') return get;
      const value: unknown = Reflect.get(db, name);
      return typeof value === 'function' ? value.bind(db) : value;
    },
  });
}
