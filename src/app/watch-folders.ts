/** The folders of a session while the loop of `watch` runs: what notices changes in them. */
import type { SyncResult } from '../api/status.ts';
import { addEvent } from '../replica/events.ts';
import type { FolderWatch, OpenCollection } from '../sync/kind.ts';
import { nameOf } from './collection-list.ts';
import type { Session } from './session.ts';
import { concernsAll } from './trouble.ts';

interface Watched {
  readonly stop: AbortController;
  /** Undefined until it is known how the folder is watched. */
  watch: FolderWatch | undefined;
  /** True where another folder may have been there when this watch began, or none. */
  isDoubtful: boolean;
}

export class WatchedFolders {
  readonly #session: Session;
  readonly #onChange: (collection: string) => void;
  readonly #signal: AbortSignal;
  readonly #watched = new Map<string, Watched>();
  readonly #beginning = new Set<Promise<void>>();
  /** Limits that were told, each with its collection. */
  readonly #told = new Set<string>();

  /** Watches all folders of the session, and calls `onChange`, until the signal aborts. */
  constructor(session: Session, onChange: (collection: string) => void, signal: AbortSignal) {
    this.#session = session;
    this.#onChange = onChange;
    this.#signal = signal;
    for (const [id, open] of session.open) this.#begin(id, open);
  }

  /**
   * Tells what of the folders is not watched, and watches those anew that came back: a drive may be
   * mounted long after the start, and in the place of an empty folder that was watched until then.
   */
  afterRound({ collections }: SyncResult): void {
    const parts = new Map(collections.map((part) => [part.name, part]));
    for (const [id, watched] of this.#watched) {
      const part = parts.get(nameOf(this.#session, id));
      const open = this.#session.open.get(id);
      if (part === undefined || open === undefined) continue;
      if (part.failed.some(concernsAll)) {
        watched.isDoubtful = true;
        continue;
      }
      this.#tellLimit(id, watched.watch?.limited);
      if (watched.isDoubtful || watched.watch?.watched === 0) this.#begin(id, open);
    }
  }

  /** Resolves once all that was begun is under watch, or has come to its end. */
  async settled(): Promise<void> {
    await Promise.all(this.#beginning);
  }

  #begin(id: string, open: OpenCollection): void {
    this.#watched.get(id)?.stop.abort();
    const watched: Watched = { stop: new AbortController(), watch: undefined, isDoubtful: false };
    this.#watched.set(id, watched);
    const signal = AbortSignal.any([this.#signal, watched.stop.signal]);
    const beginning = this.#watch(id, open, watched, signal).finally(() =>
      this.#beginning.delete(beginning),
    );
    this.#beginning.add(beginning);
  }

  async #watch(
    id: string,
    open: OpenCollection,
    watched: Watched,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      watched.watch = await open.watch(() => this.#onChange(id), signal);
    } catch {
      // What cannot be read keeps the round from taking it in as well, which tells why.
      watched.isDoubtful = true;
    }
  }

  #tellLimit(collection: string, limited: string | undefined): void {
    const key = `${collection} ${limited}`;
    if (limited === undefined || this.#told.has(key)) return;
    const { engine, context } = this.#session;
    const message = `${limited}.`;
    addEvent(engine.db, { time: engine.clock.now(), kind: 'warning', collection, message });
    context.notice(`${nameOf(this.#session, collection)}: ${message}`);
    this.#told.add(key);
  }
}
