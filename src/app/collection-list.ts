/** Which collections there are, here and elsewhere, and what they are called. */
import { basename } from 'node:path';
import { SatchelError } from '../base/errors.ts';
import { REGISTRY_ID } from '../format/ids.ts';
import { unclaimedRecords } from '../replica/records.ts';
import { type CollectionInfo, listRegistry } from '../sync/registry.ts';
import { readSettings, type Settings, writeSettings } from './home.ts';
import type { Session } from './session.ts';

export interface ListedCollection extends Omit<CollectionInfo, 'created'> {
  /** Milliseconds since the Unix epoch; undefined where this device has not heard of it again. */
  readonly created: number | undefined;
  /** The folder on this device; undefined where it is not attached here. */
  readonly folder: string | undefined;
  /** The subfolders that are carried here; undefined for the whole. */
  readonly only: readonly string[] | undefined;
  /** Taken off the list on another device, and still carried here until it is detached. */
  readonly removed: boolean;
}

/**
 * Every collection of the repository, as far as this device has heard, and every one that is
 * carried here: one may have been removed elsewhere, or the replica may be new.
 */
export function listCollections({ engine, settings }: Session): ListedCollection[] {
  const attached = settings.collections;
  const listed = listRegistry(engine).map((info) => ({
    ...info,
    folder: attached[info.id]?.folder,
    only: attached[info.id]?.only,
    removed: false,
  }));
  const ids = new Set(listed.map(({ id }) => id));
  const others = Object.entries(attached).filter(([id]) => !ids.has(id));
  if (others.length === 0) return listed;
  const gone = new Map(
    [...unclaimedRecords(engine.db, REGISTRY_ID)]
      .filter((row) => !row.isLive)
      .map(({ fields }) => [String(fields.id ?? ''), String(fields.name ?? '')]),
  );
  const unlisted = others.map(([id, { kind, folder, name, only }]) => ({
    id,
    name: name ?? (gone.get(id) || basename(folder)),
    kind,
    created: undefined,
    folder,
    only,
    removed: gone.has(id),
  }));
  return [...listed, ...unlisted];
}

/** What people call the collection. */
export function nameOf(session: Session, collection: string): string {
  return listCollections(session).find(({ id }) => id === collection)?.name ?? collection;
}

/**
 * Keeps the names of the collections on this device in its settings, for a time when the list does
 * not have them. Call it under the lock of the home.
 */
export function rememberNames(session: Session): void {
  const names = new Map(listRegistry(session.engine).map(({ id, name }) => [id, name]));
  const isKnown = ({ collections }: Settings): boolean =>
    Object.entries(collections).every(([id, { name }]) => (names.get(id) ?? name) === name);
  if (isKnown(session.settings)) return;
  const settings = readSettings(session.context.home);
  if (isKnown(settings)) return;
  const collections = Object.fromEntries(
    Object.entries(settings.collections).map(([id, entry]) => {
      const name = names.get(id) ?? entry.name;
      return [id, name === undefined ? entry : { ...entry, name }];
    }),
  );
  writeSettings(session.context.home, { ...settings, collections });
}

/**
 * The collection that a person names: by its name, its id or the beginning of the id.
 * @throws SatchelError `usage`.
 */
export function findCollection(session: Session, name: string): ListedCollection {
  const all = listCollections(session);
  const byName = all.filter((info) => info.name === name);
  const found = byName.length > 0 ? byName : all.filter((info) => isIdPart(name, info));
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined) {
    throw new SatchelError('usage', `Several collections are called "${name}".`, {
      hint: `Use an id: ${found.map((info) => info.id.slice(0, 8)).join(', ')}.`,
    });
  }
  const known = all.map((info) => info.name).join(', ');
  throw new SatchelError('usage', `There is no collection "${name}".`, {
    hint:
      known === ''
        ? 'There are none yet: "satchel add vault <folder>" makes one.'
        : `There are: ${known}.`,
  });
}

/** True where the name, or beginning of an id, is that of a collection this device has heard of. */
export function hasCollection(session: Session, name: string): boolean {
  return listCollections(session).some((info) => info.name === name || isIdPart(name, info));
}

/** An empty word, as from a variable that is not set, begins every id and means none. */
function isIdPart(word: string, { id }: ListedCollection): boolean {
  return word !== '' && id.startsWith(word);
}
