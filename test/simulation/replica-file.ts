/** The replica of one machine: where its file is, and what becomes of it. */
import type { Database } from '../../src/replica/database.ts';
import type { Generator } from './generator.ts';
import { copyReplica, hasTables, removeReplica, SimulatedDatabase } from './replica.ts';

export class ReplicaFile {
  readonly #newPath: () => string;
  #path: string | undefined;
  #db: SimulatedDatabase | undefined;

  constructor(newPath: () => string) {
    this.#newPath = newPath;
  }

  /** The file, open; a new one where there was none. */
  open(): SimulatedDatabase {
    this.#path ??= this.#newPath();
    this.#db ??= new SimulatedDatabase(this.#path);
    return this.#db;
  }

  /**
   * Asks it something, whether or not a program works on it; undefined where there is none, or one
   * without its tables: a machine may die before they are made.
   */
  ask<T>(question: (db: Database) => T): T | undefined {
    if (this.#path === undefined) return undefined;
    const db = this.open();
    return db.unobserved(() => (hasTables(db) ? question(db) : undefined));
  }

  /** A copy as it is now; undefined where there is nothing to copy. */
  copy(): string | undefined {
    if (this.#path === undefined) return undefined;
    const copy = this.#newPath();
    copyReplica(this.#path, copy);
    return copy;
  }

  /** Becomes a copy of another one. */
  become(from: string | undefined): void {
    this.remove();
    if (from === undefined) return;
    this.#path = this.#newPath();
    copyReplica(from, this.#path);
  }

  /** Becomes what a power cut leaves. */
  cut(dice: Generator): void {
    if (this.#db === undefined) return;
    const after = this.#newPath();
    this.#db.copyAfterPowerCut(after, dice);
    this.remove();
    this.#path = after;
  }

  remove(): void {
    this.#db?.close();
    if (this.#path !== undefined) removeReplica(this.#path);
    this.#db = undefined;
    this.#path = undefined;
  }
}
