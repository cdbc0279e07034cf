/** Collections on this device: adding, attaching, detaching, naming. */
import { mkdir, realpath, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { messageOf, SatchelError, systemCode } from '../base/errors.ts';
import { newObjectId } from '../format/ids.ts';
import { attachFolder, detachFolder, readMarker } from '../kinds/files/marker.ts';
import { nodeDisk } from '../kinds/files/node-disk.ts';
import { outboxCount } from '../replica/outbox.ts';
import { beginCollection, endCollection } from '../sync/bootstrap.ts';
import {
  type CollectionInfo,
  listRegistry,
  putInRegistry,
  removeFromRegistry,
} from '../sync/registry.ts';
import { type Settings, writeSettings } from './home.ts';
import type { Session } from './session.ts';

export interface ListedCollection extends CollectionInfo {
  /** The folder on this device; undefined where it is not attached here. */
  readonly folder: string | undefined;
}

/** Every collection of the repository, as far as this device has heard. */
export function listCollections(session: Session): ListedCollection[] {
  return listRegistry(session.engine).map((info) => ({
    ...info,
    folder: session.settings.collections[info.id]?.folder,
  }));
}

/**
 * The collection that a person names: by its name, its id or the beginning of the id.
 * @throws SatchelError `usage`.
 */
export function findCollection(session: Session, name: string): ListedCollection {
  const all = listCollections(session);
  const byName = all.filter((info) => info.name === name);
  const found = byName.length > 0 ? byName : all.filter((info) => info.id.startsWith(name));
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
  return listCollections(session).some((info) => info.name === name || info.id.startsWith(name));
}

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
  const chosen = checkName(session, name ?? basename(path));
  const { engine, context } = session;
  const created = context.clock.now();
  const info = { id: newObjectId(context.random), name: chosen, kind, created };
  await attachMarked(session, info.id, path);
  engine.db.transaction(() => {
    beginCollection(engine.db, info.id, true);
    putInRegistry(engine, info);
  });
  writeSettings(context.home, withCollection(session.settings, info, path));
  return { ...info, folder: path };
}

/** Brings a collection of the repository onto this device, into a folder new or with files. */
export async function attachCollection(
  session: Session,
  name: string,
  folder: string,
): Promise<ListedCollection> {
  const info = findCollection(session, name);
  const here = session.settings.collections[info.id];
  if (here !== undefined) {
    throw new SatchelError(
      'usage',
      `"${info.name}" is on this device already, in ${here.folder}.`,
      {
        hint: 'Run "satchel detach" first to move it to another folder.',
      },
    );
  }
  const path = await makeFolder(folder);
  await attachMarked(session, info.id, path);
  beginCollection(session.engine.db, info.id, false);
  writeSettings(session.context.home, withCollection(session.settings, info, path));
  return { ...info, folder: path };
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
  const pending = outboxCount(session.engine.db, info.id);
  const { [info.id]: _detached, ...rest } = session.settings.collections;
  writeSettings(session.context.home, { ...session.settings, collections: rest });
  endCollection(session.engine.db, info.id);
  await detachFolder(nodeDisk(), info.folder).catch((error: unknown) => {
    session.context.notice(`The marker in ${info.folder} stayed: ${messageOf(error)}`);
  });
  return { name: info.name, folder: info.folder, pending };
}

export function renameCollection(session: Session, name: string, newName: string): void {
  const { id, kind, created } = findCollection(session, name);
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

function withCollection(settings: Settings, info: CollectionInfo, folder: string): Settings {
  const collections = { ...settings.collections, [info.id]: { kind: info.kind, folder } };
  return { ...settings, collections };
}

async function attachMarked(session: Session, collection: string, folder: string): Promise<void> {
  const { repository } = session.settings;
  try {
    await removeOwnLeftover(session, folder);
    await attachFolder(nodeDisk(), folder, { collection, repository, home: session.context.home });
  } catch (error) {
    if (error instanceof SatchelError) throw error;
    throw new SatchelError('internal', `Cannot write into ${folder}: ${messageOf(error)}.`, {
      hint: 'Satchel keeps a small ".satchel" folder there. Check that the folder is yours.',
    });
  }
}

/** A marker of this home for a collection that is not here is left from a command that was killed. */
async function removeOwnLeftover({ settings, context }: Session, folder: string): Promise<void> {
  const marker = await readMarker(nodeDisk(), folder);
  if (marker === undefined || marker.home !== context.home) return;
  const isInUse =
    marker.repository === settings.repository &&
    settings.collections[marker.collection] !== undefined;
  if (!isInUse) await detachFolder(nodeDisk(), folder);
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

async function requireFolder(folder: string): Promise<string> {
  const path = resolve(folder);
  const found = await stat(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw new SatchelError('internal', `Cannot look at ${path}: ${messageOf(error)}.`);
  });
  if (found?.isDirectory() === true) return await realpath(path);
  throw new SatchelError(
    'usage',
    found === undefined ? `There is no folder ${path}.` : `${path} is not a folder.`,
    { hint: 'Name an existing folder.' },
  );
}

async function makeFolder(folder: string): Promise<string> {
  const path = resolve(folder);
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw new SatchelError('internal', `Cannot create ${path}: ${messageOf(error)}.`, {
      hint: 'Choose another folder.',
    });
  }
  return await requireFolder(path);
}
