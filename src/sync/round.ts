/** One round of everything: take in, pull, put out, publish. */
import { isErrorKind, messageOf, type SatchelError } from '../base/errors.ts';
import { REGISTRY_ID } from '../format/ids.ts';
import { addEvent, dropOldEvents, type EventKind } from '../replica/events.ts';
import { getNote, isReady, setNote } from '../replica/meta.ts';
import { conflictsOf } from '../replica/records.ts';
import { adoptRetired } from './adopt.ts';
import type { Engine } from './engine.ts';
import { learnOldContents, mayLook, noteLooked } from './first-look.ts';
import type { OpenCollection, PutOutReport, Trouble } from './kind.ts';
import { isKeyMissing } from './missing-key.ts';
import { type Moved, movedTo } from './moved.ts';
import { mayPublishUnpolled } from './own-look.ts';
import { publishCollection, publishHead } from './publish.ts';
import { type PullOptions, type PullReport, pull } from './pull.ts';
import { putBackBlobs } from './put-back.ts';

export interface CollectionReport {
  readonly collection: string;
  readonly published: { readonly versions: number; readonly bytes: number };
  readonly applied: { readonly versions: number; readonly bytes: number };
  readonly failed: readonly Trouble[];
  /** What is not carried by its nature, such as a symbolic link: no failure. */
  readonly leftOut: readonly Trouble[];
  /** Why the collection could not be worked on, where a person has to see to it. */
  readonly error: SatchelError | undefined;
}

export interface RoundReport {
  readonly collections: readonly CollectionReport[];
  /** Objects of the bucket that could not be read; they are tried again. */
  readonly unreadable: readonly Trouble[];
  /** Where the repository went, if heads say so. What was saved here waits to be published there. */
  readonly moved: Moved | undefined;
}

export interface RoundOptions extends PullOptions {
  /** Also list `heads/` (rule S11: at start and every ten minutes). */
  readonly list: boolean;
  /** Leave out the poll: only local changes go out (a save in `watch`). */
  readonly publishOnly?: boolean;
  /** Such a round looks at the own head before it publishes, however recent the last look is. */
  readonly lookFirst?: boolean;
}

type Open = ReadonlyMap<string, OpenCollection>;

/**
 * Brings this device and the bucket in step, once.
 * @throws SatchelError `unreachable`, `refused` or `damaged` where the bucket cannot be used. What
 *   was taken in before is in the replica and waits there.
 */
export async function syncRound(
  engine: Engine,
  open: Open,
  options: RoundOptions,
): Promise<RoundReport> {
  const works = new Map(
    [...open].map(([id, opened]) => [id, new CollectionWork(engine, id, opened)]),
  );
  for (const work of works.values()) {
    if (mayLook(engine.db, work.collection)) await work.takeIn();
  }
  const pulled = options.publishOnly === true ? NOTHING_PULLED : await pull(engine, options);
  for (const work of works.values()) await work.putOut();
  const moved = movedTo(engine);
  // What went to a bucket that the others have left would reach nobody.
  if (moved === undefined && (await mayPublish(engine, options))) {
    await putBackBlobs(engine, withoutErrors(open, works), options);
    await publishCollection(engine, REGISTRY_ID, undefined);
    for (const work of works.values()) await work.publish();
    if (options.list && !isKeyMissing(engine)) await adoptRetired(engine);
    await publishHead(engine, pulled.isOwnHeadCurrent);
  }
  dropOldEvents(engine.db, engine.clock.now());
  const collections = [...works.values()].map((work) => work.report());
  for (const report of collections) logReport(engine, report);
  return { collections, unreadable: pulled.unreadable, moved };
}

/** S9: what a poll found is known; without one, the own head may be another life's by now. */
async function mayPublish(
  engine: Engine,
  { publishOnly = false, lookFirst = false }: RoundOptions,
): Promise<boolean> {
  return !publishOnly || (await mayPublishUnpolled(engine, { lookFirst }));
}

function withoutErrors(open: Open, works: ReadonlyMap<string, CollectionWork>): Open {
  return new Map([...open].filter(([id]) => works.get(id)?.report().error === undefined));
}

const NOTHING_PULLED: PullReport = {
  isOwnHeadCurrent: false,
  applied: new Map(),
  unreadable: [],
  moved: undefined,
};

/** One collection's part of a round. A folder that is missing stops only its own collection. */
class CollectionWork {
  readonly collection: string;
  readonly #engine: Engine;
  readonly #open: OpenCollection;
  #hasTakenIn = false;
  #error: SatchelError | undefined;
  readonly #failed: Trouble[] = [];
  #leftOut: readonly Trouble[] = [];
  #published = { versions: 0, bytes: 0 };
  #applied = { versions: 0, bytes: 0 };

  constructor(engine: Engine, collection: string, open: OpenCollection) {
    this.#engine = engine;
    this.collection = collection;
    this.#open = open;
  }

  async takeIn(): Promise<void> {
    await this.#guard(async () => {
      this.#hasTakenIn = true;
      await learnOldContents(this.#engine, this.collection, this.#open);
      const { skipped, leftOut = [] } = await this.#open.takeIn();
      noteLooked(this.#engine.db, this.collection);
      this.#failed.push(...skipped);
      this.#leftOut = leftOut;
    });
  }

  /** Puts out, after taking in once more where something stood in the way. */
  async putOut(): Promise<void> {
    if (!isReady(this.#engine.db, this.collection) || this.#error !== undefined) return;
    if (!this.#hasTakenIn) await this.takeIn();
    await this.#guard(async () => {
      let report = await this.#open.putOut();
      this.#add(report);
      if (report.again !== true) return;
      await this.#open.takeIn();
      report = await this.#open.putOut();
      this.#add(report);
    });
  }

  async publish(): Promise<void> {
    const report = await publishCollection(this.#engine, this.collection, this.#open);
    this.#published = { versions: report.versions, bytes: report.bytes };
    this.#failed.push(...report.failed);
  }

  report(): CollectionReport {
    return {
      collection: this.collection,
      published: this.#published,
      applied: this.#applied,
      failed: uniqueTroubles(this.#failed),
      leftOut: this.#leftOut,
      error: this.#error,
    };
  }

  #add(report: PutOutReport): void {
    this.#applied = {
      versions: this.#applied.versions + report.applied.versions,
      bytes: this.#applied.bytes + report.applied.bytes,
    };
    this.#failed.push(...report.failed);
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    if (this.#error !== undefined) return;
    try {
      await work();
    } catch (error) {
      if (!isErrorKind(error, 'attention')) throw error;
      this.#error = error;
    }
  }
}

function uniqueTroubles(troubles: readonly Trouble[]): Trouble[] {
  return [...new Map(troubles.map((trouble) => [trouble.path, trouble])).values()];
}

function logReport(engine: Engine, report: CollectionReport): void {
  const { collection, published, applied, failed, error } = report;
  const log = (kind: EventKind, message: string): void =>
    addEvent(engine.db, { time: engine.clock.now(), kind, collection, message });
  if (published.versions > 0) {
    log('published', inWords(published));
  }
  if (applied.versions > 0) log('applied', inWords(applied));
  const conflicts = conflictsOf(engine.db, collection).length;
  if (conflicts > 0 && published.versions + applied.versions > 0) {
    log(
      'conflict',
      conflicts === 1 ? 'one file waits for a person' : `${conflicts} files wait for a person`,
    );
  }
  // What goes on failing is told when it begins, not in every round.
  const told = JSON.stringify([failed, error?.message ?? '']);
  if (told === getNote(engine.db, collection, 'failed-told')) return;
  setNote(engine.db, collection, 'failed-told', told);
  for (const trouble of failed) log('failed', `${trouble.path}: ${trouble.error}`);
  if (error !== undefined) log('failed', messageOf(error));
}

function inWords({ versions, bytes }: CollectionReport['published']): string {
  return `${versions === 1 ? 'one change' : `${versions} changes`}, ${bytes} bytes`;
}
