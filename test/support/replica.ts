/** Replicas for tests of what is in them: real SQLite files, which go with the test. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Database } from '../../src/replica/database.ts';
import { prepareSchema } from '../../src/replica/schema.ts';
import { temporaryFolder } from './temporary.ts';

/** An empty file, without tables. */
export function openDatabase(t: TestContext): Database {
  return closing(t, new Database(newPath()));
}

/** A replica of this program. */
export function openReplica(t: TestContext): Database {
  return openReplicaAs(t, Database);
}

/** @param Kind a database that does something besides. */
export function openReplicaAs<D extends Database>(
  t: TestContext,
  Kind: new (path: string) => D,
): D {
  const db = closing(t, new Kind(newPath()));
  prepareSchema(db, { keepCopy: () => undefined });
  return db;
}

function newPath(): string {
  return join(temporaryFolder('replica'), 'replica.sqlite');
}

function closing<D extends Database>(t: TestContext, db: D): D {
  t.after(() => db.close());
  return db;
}
