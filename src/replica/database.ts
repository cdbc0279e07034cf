/**
 * SQLite as the replica uses it: cached statements, transactions, errors in our words.
 *
 * The planner has no statistics and takes "of one collection" for ten rows, where it is often all
 * of them. Queries for which it would then walk the collection say `INDEXED BY`.
 */
import {
  DatabaseSync,
  type SQLInputValue,
  type SQLOutputValue,
  type StatementSync,
} from 'node:sqlite';
import { isErrorKind, messageOf, SatchelError, systemCode } from '../base/errors.ts';

export type Row = Record<string, SQLOutputValue>;

/** How long to wait for another process's write, milliseconds. */
const BUSY_TIMEOUT_MS = 10_000;

/**
 * Most keys are hashes, so a large import writes all over the tables, and SQLite's default of 2 MB
 * costs some of its time. More than this saves none, and a program that runs all day keeps it.
 */
const CACHE_KIB = 4 * 1024;

const READS_ONLY = /^\s*(?:SELECT|PRAGMA)\b/;
/** The table that a statement writes to. Ours write to one each, and there are no triggers. */
const WRITTEN_TABLE = /^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+(\w+)/;

interface Prepared {
  readonly statement: StatementSync;
  /** Undefined where the statement only reads; empty where it may write to any table. */
  readonly writesTo: string | undefined;
}

export class Database {
  readonly path: string;
  readonly #sqlite: DatabaseSync;
  readonly #statements = new Map<string, Prepared>();
  /** Statements of `each` that no loop runs at the moment, by their text. */
  readonly #idle = new Map<string, StatementSync[]>();
  /** What `once` found in this transaction, by table. */
  readonly #found = new Map<string, Map<string, unknown>>();
  #depth = 0;

  /** Opens or creates the file. @throws SatchelError `damaged` where it is no SQLite file. */
  constructor(path: string) {
    this.path = path;
    this.#sqlite = this.#guard(() => new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS }));
    this.#guard(() =>
      this.#sqlite.exec(
        `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${CACHE_KIB};`,
      ),
    );
  }

  // These run dozens of times for each record, so they do without `#guard` and its closure.
  run(sql: string, ...values: SQLInputValue[]): number {
    try {
      const { statement, writesTo } = this.#prepare(sql);
      if (writesTo === '') this.#found.clear();
      else if (writesTo !== undefined) this.#found.delete(writesTo);
      return Number(statement.run(...values).changes);
    } catch (error) {
      throw databaseError(this.path, error);
    }
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    try {
      return this.#prepare(sql).statement.get(...values);
    } catch (error) {
      throw databaseError(this.path, error);
    }
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    try {
      return this.#prepare(sql).statement.all(...values);
    } catch (error) {
      throw databaseError(this.path, error);
    }
  }

  /** Rows one by one, for tables that do not fit in memory. Do not write to them meanwhile. */
  *each(sql: string, ...values: SQLInputValue[]): IterableIterator<Row> {
    // Not those of `all` and `get`: a call in the loop's body would start them again.
    const statement = this.#idle.get(sql)?.pop() ?? this.#guard(() => this.#sqlite.prepare(sql));
    const rows = statement.iterate(...values);
    try {
      for (;;) {
        const next = this.#guard(() => rows.next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      this.#putBack(sql, statement, rows);
    }
  }

  /**
   * What `read` finds in a small table that is asked about for each of many records. In a
   * transaction it is read once, until something is written to the table: nobody else can meanwhile.
   * @param name names what is looked for among all that is asked of the table.
   */
  once<T>(table: string, name: string, read: () => T): T;
  once(table: string, name: string, read: () => unknown): unknown {
    if (this.#depth === 0) return read();
    let found = this.#found.get(table);
    if (found === undefined) {
      found = new Map();
      this.#found.set(table, found);
    }
    if (!found.has(name)) found.set(name, read());
    return found.get(name);
  }

  /** Not for writes in a transaction: `once` does not learn of them. */
  exec(sql: string): void {
    this.#guard(() => this.#sqlite.exec(sql));
  }

  /**
   * All of `work` or nothing, whatever happens to the process. A power failure may take the last
   * transactions, which the rules allow for (what was taken in is still on the disk); see
   * `durableTransaction` for the moments they do not. Nested calls join the outer transaction.
   */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    this.exec('BEGIN IMMEDIATE');
    this.#depth = 1;
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    } finally {
      this.#depth = 0;
      this.#found.clear();
    }
  }

  /** A transaction that a power failure cannot take, nor any before it. Not to be nested. */
  durableTransaction<T>(work: () => T): T {
    this.exec('PRAGMA synchronous = FULL');
    try {
      return this.transaction(work);
    } finally {
      this.exec('PRAGMA synchronous = NORMAL');
    }
  }

  close(): void {
    this.#statements.clear();
    this.#idle.clear();
    if (this.#sqlite.isOpen) this.#sqlite.close();
  }

  #rollBack(): void {
    try {
      this.#sqlite.exec('ROLLBACK');
    } catch {
      // SQLite rolls back by itself after some errors (a full disk); the first error is thrown.
    }
  }

  #prepare(sql: string): Prepared {
    let prepared = this.#statements.get(sql);
    if (prepared === undefined) {
      const writesTo = READS_ONLY.test(sql) ? undefined : (WRITTEN_TABLE.exec(sql)?.[1] ?? '');
      prepared = { statement: this.#sqlite.prepare(sql), writesTo };
      this.#statements.set(sql, prepared);
    }
    return prepared;
  }

  /** Ends a loop that was left early too: an open one would keep SQLite from tidying its WAL. */
  #putBack(sql: string, statement: StatementSync, rows: Iterator<Row>): void {
    if (!this.#sqlite.isOpen) return;
    this.#guard(() => rows.return?.());
    const idle = this.#idle.get(sql);
    if (idle === undefined) this.#idle.set(sql, [statement]);
    else idle.push(statement);
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw databaseError(this.path, error);
    }
  }
}

/** Result codes of SQLite (sqlite.org/rescode.html); the low byte is the primary code. */
const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

function databaseError(path: string, error: unknown): unknown {
  if (systemCode(error) !== 'ERR_SQLITE_ERROR') return error;
  const code = primaryCode(error);
  const message = messageOf(error);
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) return damagedReplica(path, message);
  if (code === SQLITE_BUSY) {
    return new SatchelError('busy', `The replica ${path} is in use by another process.`, {
      hint: 'Wait for the other Satchel command to end, then try again.',
    });
  }
  if (code === SQLITE_FULL || code === SQLITE_IOERR) {
    return new SatchelError('internal', `The replica ${path} cannot be written: ${message}.`, {
      hint: 'Look whether the disk is full. Nothing saved is lost; run the command again.',
    });
  }
  if (code === SQLITE_READONLY || code === SQLITE_CANTOPEN) {
    return new SatchelError(
      'internal',
      `The replica ${path} cannot be opened for writing: ${message}.`,
      {
        hint: 'Check who owns the file and its folder.',
      },
    );
  }
  return error;
}

function primaryCode(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return 0;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : 0;
}

export class DamagedReplicaError extends SatchelError {}

/** True for damage of anything but the replica: mostly of an object in the bucket, or of its key. */
export function isBucketDamaged(error: unknown): error is SatchelError {
  return isErrorKind(error, 'damaged') && !(error instanceof DamagedReplicaError);
}

function damagedReplica(path: string, message: string): DamagedReplicaError {
  return new DamagedReplicaError('damaged', `The replica ${path} is damaged: ${message}.`, {
    hint: 'Run "satchel sync": it sets the damaged file aside and rebuilds from bucket and folders.',
  });
}

/** Reading typed columns; a wrong type means a damaged or foreign file. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`column ${column} is not text`);
  return value;
}

export function optionalText(row: Row, column: string): string | undefined {
  const value = row[column];
  return typeof value === 'string' ? value : undefined;
}

export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new TypeError(`column ${column} is not a number`);
  return value;
}

export function blob(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new TypeError(`column ${column} is not a blob`);
  return value;
}
