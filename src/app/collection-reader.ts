/** What is in the collections of a home, here and elsewhere, for showing it. */
import type { DescribedCollection, lookRoute } from '../api/collections.ts';
import type { ComparedSide } from '../api/conflicts.ts';
import type { AnswerOf } from '../api/route.ts';
import type { VersionInfo } from '../api/time.ts';
import { isErrorKind, SatchelError } from '../base/errors.ts';
import { versionsOf } from '../replica/versions.ts';
import { carriersOf, unreadBytes } from './carriers.ts';
import { findCollection, type ListedCollection, listCollections } from './collection-list.ts';
import { TotalsReader } from './collection-totals.ts';
import { compared } from './compare.ts';
import { deviceNames } from './devices.ts';
import { Elsewhere } from './elsewhere.ts';
import { type FoundRecord, listVersions, recordAt } from './records.ts';
import type { Session } from './session.ts';
import { isoTime } from './status.ts';
import { type TreeQuery, TreeReader, treeSource } from './tree-at.ts';

export type Look = AnswerOf<typeof lookRoute>;

/** What was read a moment ago is not asked for again while a person goes from folder to folder. */
const FRESH_MS = 60_000;

/** Does something that asks the bucket, while no round is under way. */
export type Apart = <T>(work: (session: Session) => Promise<T>) => Promise<T>;

/** For one home. Keeps what it worked out. */
export class CollectionReader {
  readonly #elsewhere = new Elsewhere();
  readonly #totals = new TotalsReader();
  readonly #trees = new TreeReader();

  /** Every collection that is listed, by name; of those elsewhere, what was read of them. */
  async describe(session: Session): Promise<readonly DescribedCollection[]> {
    const described: DescribedCollection[] = [];
    for (const collection of listCollections(session)) {
      described.push(await this.#describeOne(session, collection));
    }
    return described;
  }

  /**
   * Reads what is new in collections that are not here, by their names or ids; those that are here
   * are left out.
   * @throws SatchelError as a round.
   */
  async read(session: Session, names: readonly string[]): Promise<void> {
    const ids = names
      .map((name) => findCollection(session, name))
      .filter(({ folder }) => folder === undefined)
      .map(({ id }) => id);
    if (ids.length > 0) await this.#elsewhere.read(session, ids);
  }

  /**
   * A page of a folder, as in `TreeReader`. What is elsewhere is read first, unless it was a moment
   * ago; where the bucket is out of reach, what was read before is shown.
   * @param apart as `Host.exclusive`.
   * @throws SatchelError as a round, where nothing was read before.
   */
  async look(session: Session, apart: Apart, name: string, query: TreeQuery): Promise<Look> {
    const collection = findCollection(session, name);
    if (collection.folder !== undefined) {
      const page = await this.#trees.page(session, collection, query);
      return { ...page, readAt: null, trouble: null };
    }
    if (query.after === undefined) await this.#readIfOld(session, apart, collection);
    const inside = this.#sessionIn(session, collection);
    const reading = this.#elsewhere.lastReading(session, collection.id);
    const page = await this.#trees.page(inside, collection, query);
    return { ...page, readAt: isoTime(reading?.atMs), trouble: reading?.trouble ?? null };
  }

  /** @throws SatchelError `usage` for a file that was never there. */
  async versions(session: Session, name: string, path: string): Promise<readonly VersionInfo[]> {
    const { inside, found } = this.#find(session, name, path);
    return await listVersions(inside, found);
  }

  /** @throws SatchelError `usage` for a version that the file does not have. */
  async text(
    session: Session,
    name: string,
    path: string,
    versionId: string,
  ): Promise<ComparedSide> {
    const { inside, found } = this.#find(session, name, path);
    const version = versionsOf(inside.engine.db, found.collection.id, found.record)
      .map((known) => known.version)
      .find(({ id }) => id === versionId);
    if (version !== undefined) return await compared(inside, found, version);
    throw new SatchelError('usage', `"${path}" has no version ${versionId}.`);
  }

  close(): void {
    this.#elsewhere.close();
  }

  async #describeOne(session: Session, collection: ListedCollection): Promise<DescribedCollection> {
    const { id, folder } = collection;
    const inside = folder === undefined ? this.#elsewhere.session(session, id) : session;
    const totals = inside && (await this.#totals.totals(inside, collection));
    const last = totals?.last;
    return {
      ...inWords(collection),
      size: totals?.sizeBytes ?? null,
      files: totals?.files ?? null,
      lastChangeAt: isoTime(last?.timeMs),
      lastChangeBy: last === undefined ? null : deviceNames(session)(last.device),
      devices: carriersOf(session, collection),
      readAt: isoTime(this.#elsewhere.lastReading(session, id)?.atMs),
      toRead: folder === undefined ? unreadBytes(session, id, inside) : 0,
    };
  }

  async #readIfOld(session: Session, apart: Apart, { id }: ListedCollection): Promise<void> {
    const reading = this.#elsewhere.lastReading(session, id);
    if (reading !== undefined && session.engine.clock.now() - reading.atMs < FRESH_MS) return;
    try {
      await apart((working) => this.#elsewhere.read(working, [id]));
    } catch (error) {
      const isPassing = isErrorKind(error, 'unreachable') || isErrorKind(error, 'busy');
      if (!isPassing || reading === undefined) throw error;
    }
  }

  #find(
    session: Session,
    name: string,
    path: string,
  ): { readonly inside: Session; readonly found: FoundRecord } {
    const collection = findCollection(session, name);
    const { folder = '' } = collection;
    const inside = this.#sessionIn(session, collection);
    const { kind } = treeSource(inside, collection);
    const record = recordAt(inside, collection.id, kind, path);
    if (record !== undefined) return { inside, found: { collection, kind, record, path, folder } };
    throw new SatchelError('usage', `"${collection.name}" has no file "${path}", now or before.`);
  }

  #sessionIn(session: Session, { id, name, folder }: ListedCollection): Session {
    const inside = folder === undefined ? this.#elsewhere.session(session, id) : session;
    if (inside !== undefined) return inside;
    throw new SatchelError('usage', `"${name}" was not read yet.`, {
      hint: 'Look into it first.',
    });
  }
}

/** A collection as the API tells it, without what is in it. */
export function inWords({ created, folder, only, ...rest }: ListedCollection) {
  return {
    ...rest,
    created: isoTime(created),
    folder: folder ?? null,
    only: only ?? null,
  };
}
