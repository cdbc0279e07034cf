/**
 * A device's replica: real SQLite on a real file, which dies at a chosen statement, and of which a
 * power cut leaves what was forced to the disk and perhaps some of the rest.
 */
import { copyFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { Database, type Row } from '../../src/replica/database.ts';
import type { Generator } from './generator.ts';

type Values = Parameters<Database['run']> extends [string, ...infer V] ? V : never;

/** Thrown by the statement at which a machine dies, and by all after it. */
export class Killed extends Error {}

function dead(): never {
  throw new Killed('the machine is dead');
}

export class SimulatedDatabase extends Database {
  /** Before each statement; throws `Killed` where the machine dies there. */
  #onStatement: () => void = dead;
  #durableBytes = 0;
  #isObserved = true;

  constructor(path: string) {
    super(path);
    // The log then only grows, and any prefix of it is a state that a power cut may leave. Nobody
    // else has the file open, so there is nothing to lock: that saves a fifth of a run's time.
    super.exec('PRAGMA wal_autocheckpoint = 0; PRAGMA locking_mode = EXCLUSIVE;');
  }

  /**
   * Begins the life of a program with it. A file stays open from one to the next: to open it again
   * would show the same, and cost a tenth of a run.
   */
  begin(onStatement: () => void): void {
    this.#onStatement = onStatement;
    super.exec('PRAGMA synchronous = NORMAL');
    this.#noteDurable();
  }

  /** Ends the life of the program at once: what it had not committed never was. */
  kill(): void {
    this.#onStatement = dead;
    try {
      super.exec('ROLLBACK');
    } catch {
      // No transaction was open.
    }
  }

  override run(sql: string, ...values: Values): number {
    this.#observe();
    return super.run(sql, ...values);
  }

  override get(sql: string, ...values: Values): Row | undefined {
    this.#observe();
    return super.get(sql, ...values);
  }

  override all(sql: string, ...values: Values): Row[] {
    this.#observe();
    return super.all(sql, ...values);
  }

  override exec(sql: string): void {
    this.#observe();
    super.exec(sql);
  }

  override durableTransaction<T>(work: () => T): T {
    const result = super.durableTransaction(work);
    this.#noteDurable();
    return result;
  }

  /** Lets the simulation look at it, and act on it, without counting as the program. */
  unobserved<T>(work: () => T): T {
    const before = this.#isObserved;
    this.#isObserved = false;
    try {
      return work();
    } finally {
      this.#isObserved = before;
    }
  }

  /** The files as a power cut leaves them, under another name. */
  copyAfterPowerCut(to: string, dice: Generator): void {
    copyReplica(this.path, to);
    const bytes = logBytes(to);
    const lost = dice.below(Math.max(0, bytes - this.#durableBytes) + 1);
    if (bytes > 0) truncateSync(logOf(to), bytes - lost);
  }

  #observe(): void {
    if (this.#isObserved) this.#onStatement();
  }

  #noteDurable(): void {
    this.#durableBytes = logBytes(this.path);
  }
}

/** Contents that a replica knows of, by their hashes. */
export function hashesIn(db: Database): ReadonlySet<string> {
  if (!hasTables(db)) return new Set();
  const rows = db.all(
    "SELECT hash FROM versions UNION SELECT json_extract(body, '$.hash') FROM outbox",
  );
  return new Set(rows.map(({ hash }) => String(hash)));
}

/** Contents that a replica notes to be on its disk: the place and the hash of each. */
export function shownIn(db: Database): ReadonlyMap<string, string> {
  if (!hasTables(db)) return new Map();
  const rows = db.all('SELECT place, hash FROM shown');
  return new Map(rows.map(({ place, hash }) => [String(place), String(hash)]));
}

/** True once its own commits fill segments. */
export function hasSegments(db: Database): boolean {
  return hasTables(db) && db.get('SELECT 1 FROM segments') !== undefined;
}

/** A program may die, or be copied, before it made its tables. */
export function hasTables(db: Database): boolean {
  return db.get("SELECT 1 FROM sqlite_master WHERE name = 'outbox'") !== undefined;
}

/** Copies a replica as it is, while nothing writes to it. */
export function copyReplica(from: string, to: string): void {
  removeReplica(to);
  copyFileSync(from, to);
  if (logBytes(from) > 0) copyFileSync(logOf(from), logOf(to));
}

export function removeReplica(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
}

function logOf(path: string): string {
  return `${path}-wal`;
}

function logBytes(path: string): number {
  return statSync(logOf(path), { throwIfNoEntry: false })?.size ?? 0;
}
