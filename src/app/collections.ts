/** Collections on this device: adding, attaching, detaching, renaming. */
import { basename } from 'node:path';
import { messageOf, SatchelError } from '../base/errors.ts';
import { newObjectId } from '../format/ids.ts';
import { attachFolder, detachFolder, readMarker } from '../kinds/files/marker.ts';
import { nodeDisk } from '../kinds/files/node-disk.ts';
import { beginCollection, endCollection } from '../sync/bootstrap.ts';
import {
  type CollectionInfo,
  putBackInRegistry,
  putInRegistry,
  removeFromRegistry,
} from '../sync/registry.ts';
import {
  findCollection,
  type ListedCollection,
  listCollections,
  nameOf,
} from './collection-list.ts';
import { makeFolder, realPathOf, refuseSatchelsOwn, requireFolder } from './folders.ts';
import { changeSettings, type Settings } from './home.ts';
import type { Session } from './session.ts';
import { cleanSubfolders, noSuchSubfolder, unknownSubfolders } from './subfolders.ts';
import { pendingCount } from './unsent.ts';

/** Makes a collection of a folder. Its files are taken in and sent by the next sync. */
export async function addCollection(
  session: Session,
  kind: string,
  folder: string,
  name: string | undefined,
): Promise<ListedCollection> {
  if (!session.kinds.has(kind)) {
    throw new SatchelError('usage', `There is no kind "${kind}".`, {
      hint: `Known: ${[...session.kinds.keys()].join(', ')}.`,
    });
  }
  const path = await requireFolder(folder);
  await refuseSatchelsOwn(session, path);
  const chosen = checkName(session, name ?? basename(path));
  const { engine, context } = session;
  const created = context.clock.now();
  const info = { id: newObjectId(context.random), name: chosen, kind, created };
  await attachMarked(session, info.id, path);
  engine.db.transaction(() => {
    beginCollection(engine.db, info.id, true);
    putInRegistry(engine, info);
  });
  changeSettings(context.home, (settings) => withCollection(settings, info, path));
  return { ...info, folder: path, only: undefined, removed: false };
}

export interface Attached extends ListedCollection {
  readonly folder: string;
  /** Chosen subfolders that this device does not know of (yet). */
  readonly unknown: readonly string[];
  /** The choice before, where the collection was on this device already. */
  readonly before: { readonly only: readonly string[] | undefined } | undefined;
}

/**
 * Brings a collection of the repository onto this device, into a folder new or with files; or
 * changes which subfolders of one are carried that is here already.
 * @param folder may be undefined for a collection that is here.
 * @param only subfolders as a person wrote them; undefined for the whole.
 */
export async function attachCollection(
  session: Session,
  name: string,
  folder: string | undefined,
  only: readonly string[] | undefined,
): Promise<Attached> {
  const info = findCollection(session, name);
  const chosen = only === undefined ? undefined : cleanSubfolders(only);
  if (info.folder !== undefined) {
    return await chooseAnew(session, { ...info, folder: info.folder }, folder, chosen);
  }
  if (folder === undefined) {
    throw new SatchelError('usage', `"${info.name}" is not on this device yet.`, {
      hint: `Name the folder it belongs into: satchel attach "${info.name}" <folder>.`,
    });
  }
  const unknown = unknownSubfolders(session, info, chosen);
  await refuseSatchelsOwn(session, folder);
  const path = await makeFolder(folder);
  await attachMarked(session, info.id, path);
  beginCollection(session.engine.db, info.id, false);
  changeSettings(session.context.home, (settings) => withCollection(settings, info, path, chosen));
  return { ...info, folder: path, only: chosen, unknown, before: undefined };
}

/** Other subfolders of a collection that is here. Files stay as they are until the next sync. */
async function chooseAnew(
  session: Session,
  info: ListedCollection & { readonly folder: string },
  folder: string | undefined,
  only: readonly string[] | undefined,
): Promise<Attached> {
  const isSameFolder = folder === undefined || (await realPathOf(folder)) === info.folder;
  if (!isSameFolder || (only === undefined && info.only === undefined)) {
    throw new SatchelError(
      'usage',
      `"${info.name}" is on this device already, in ${info.folder}.`,
      {
        hint: 'Run "satchel detach" first to move it to another folder.',
      },
    );
  }
  const unknown = unknownSubfolders(session, info, only);
  if (unknown.length > 0) throw noSuchSubfolder(session, info, unknown);
  changeSettings(session.context.home, (settings) =>
    withCollection(settings, info, info.folder, only),
  );
  return { ...info, only, unknown, before: { only: info.only } };
}

export interface Detached {
  readonly name: string;
  readonly folder: string;
  /** Changes saved here that were not sent yet; they wait for the collection to come back. */
  readonly pending: number;
}

/** Stops carrying a collection on this device. Files stay where they are. */
export async function detachCollection(session: Session, name: string): Promise<Detached> {
  const info = findCollection(session, name);
  if (info.folder === undefined) {
    throw new SatchelError('usage', `"${info.name}" is not on this device.`, {
      hint: '"satchel collections" shows what is.',
    });
  }
  const pending = pendingCount(session.engine, info.id);
  // First the replica: what it notes of the folder must never outlive the entry in the settings.
  endCollection(session.engine.db, info.id);
  changeSettings(session.context.home, (settings) => {
    const { [info.id]: _detached, ...collections } = settings.collections;
    return { ...settings, collections };
  });
  await detachFolder(nodeDisk(), info.folder).catch((error: unknown) => {
    session.context.notice(`The marker in ${info.folder} stayed: ${messageOf(error)}`);
  });
  return { name: info.name, folder: info.folder, pending };
}

export function renameCollection(session: Session, name: string, newName: string): void {
  const { id, kind, created, removed, ...info } = findCollection(session, name);
  if (created === undefined) {
    throw new SatchelError(
      'usage',
      removed
        ? `"${info.name}" was removed on another device.`
        : `This device has not heard of "${info.name}" yet.`,
      {
        hint: removed
          ? 'Run "satchel detach" to stop carrying it here; "satchel add" makes a new one.'
          : 'Run "satchel sync" first.',
      },
    );
  }
  putInRegistry(session.engine, { id, kind, created, name: checkName(session, newName) });
}

/** Takes a collection off the list for all devices; their files and the bucket's data stay. */
export function removeCollection(session: Session, name: string): void {
  const info = findCollection(session, name);
  if (info.folder !== undefined) {
    throw new SatchelError('usage', `"${info.name}" is still on this device, in ${info.folder}.`, {
      hint: `Run "satchel detach ${info.name}" first.`,
    });
  }
  removeFromRegistry(session.engine, info.id);
}

/**
 * Puts a collection that was taken off the list back on it, with the name and the settings that it
 * had.
 * @returns its name.
 * @throws SatchelError `usage` where this device knows of none that was taken off.
 */
export function relistCollection(session: Session, id: string): string {
  const name = putBackInRegistry(session.engine, id);
  if (name !== undefined) return name;
  throw new SatchelError('usage', `No collection ${id} was taken off the list.`, {
    hint: '"satchel collections" shows what is on it.',
  });
}

function withCollection(
  settings: Settings,
  { id, kind, name }: Pick<CollectionInfo, 'id' | 'kind' | 'name'>,
  folder: string,
  only?: readonly string[],
): Settings {
  const { only: _before, ...known } = settings.collections[id] ?? {};
  const chosen = only === undefined ? {} : { only: [...only] };
  const entry = { ...known, kind, folder, name, ...chosen };
  return { ...settings, collections: { ...settings.collections, [id]: entry } };
}

async function attachMarked(session: Session, collection: string, folder: string): Promise<void> {
  const { repository } = session.settings;
  try {
    await settleOwnMarker(session, collection, folder);
    await attachFolder(nodeDisk(), folder, { collection, repository, home: session.context.home });
  } catch (error) {
    if (error instanceof SatchelError) throw error;
    throw new SatchelError('internal', `Cannot write into ${folder}: ${messageOf(error)}.`, {
      hint: 'Satchel keeps a small ".satchel" folder there. Check that the folder is yours.',
    });
  }
}

/**
 * A marker of this home for a collection that is not here is left from a command that was killed.
 * @throws SatchelError `usage` where the folder is that of another collection of this home.
 */
async function settleOwnMarker(
  session: Session,
  collection: string,
  folder: string,
): Promise<void> {
  const { settings, context } = session;
  const marker = await readMarker(nodeDisk(), folder);
  if (marker === undefined || marker.home !== context.home) return;
  const isInUse =
    marker.repository === settings.repository &&
    settings.collections[marker.collection] !== undefined;
  if (!isInUse) return await detachFolder(nodeDisk(), folder);
  if (marker.collection === collection) return;
  const name = nameOf(session, marker.collection);
  throw new SatchelError('usage', `${folder} is the folder of the collection "${name}".`, {
    hint: `Choose another folder, or run "satchel detach ${name}" first.`,
  });
}

const NAME_MAX_LENGTH = 100;

function checkName(session: Session, name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > NAME_MAX_LENGTH || /\p{Cc}/u.test(trimmed)) {
    throw new SatchelError('usage', `"${name}" cannot be the name of a collection.`, {
      hint: `Use 1 to ${NAME_MAX_LENGTH} printable characters.`,
    });
  }
  if (listCollections(session).some((info) => info.name === trimmed)) {
    throw new SatchelError('usage', `There is a collection "${trimmed}" already.`, {
      hint: `Choose another name with --name, or bring that one here with "satchel attach".`,
    });
  }
  return trimmed;
}
