/** A machine was put back to a backup in which all was sent, and people had gone on after it. */
export const RESTORED = 'restore of an older life, with nothing unsent';

/**
 * What really happened in runs, counted by name. A kind of fault that is planned and never happens
 * shows as a zero: the simulation would be testing less than it says.
 */
export class Counters {
  readonly #counts = new Map<string, number>();

  /** @param names what is told even where it never happens. */
  constructor(names: readonly string[] = []) {
    for (const name of names) this.#counts.set(name, 0);
  }

  add(name: string, count = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }

  addAll(others: Readonly<Record<string, number>>): void {
    for (const [name, count] of Object.entries(others)) this.add(name, count);
  }

  has(name: string): boolean {
    return (this.#counts.get(name) ?? 0) > 0;
  }

  toRecord(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
