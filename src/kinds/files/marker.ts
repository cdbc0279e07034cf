/**
 * The marker of an attached folder. It says whose folder this is, so that a vanished mount is told
 * from an emptied folder (rule S8) and two homes never work on the same files.
 */
import { dirname, join } from 'node:path';
import { utf8, utf8Text } from '../../base/bytes.ts';
import { SatchelError, systemCode } from '../../base/errors.ts';
import type { Disk } from './disk.ts';
import { tmpFolder } from './layout.ts';
import { SATCHEL_FOLDER } from './names.ts';
import { makeOwnFolder } from './place.ts';

export interface Marker {
  readonly collection: string;
  readonly repository: string;
  /** The home that works on the folder: its absolute path, which is what a person is told. */
  readonly home: string;
}

const MARKER_FILE = 'attached.json';
const MARKER_FORMAT = 1;

/** Folders looked into below a folder before it is attached: enough for people's folders. */
const MAX_FOLDERS_LOOKED_INTO = 20_000;
/** Folders that hold thousands of others, and never a person's own collection. */
const PASSED_OVER: ReadonlySet<string> = new Set(['node_modules', '.git', SATCHEL_FOLDER]);

/**
 * Makes `folder` (an absolute path with symlinks resolved; created if missing) the place of a
 * collection. Attaching it again in the same way changes nothing.
 * @throws SatchelError `usage` where it is attached otherwise, or lies in or around a folder that
 *   is attached.
 */
export async function attachFolder(disk: Disk, folder: string, marker: Marker): Promise<void> {
  const present = await readMarker(disk, folder);
  if (present !== undefined) {
    if (isSame(present, marker)) return;
    throw attachedOtherwise(folder, present, marker);
  }
  const above = await attachedAbove(disk, folder);
  if (above !== undefined) {
    throw new SatchelError('usage', `${folder} lies inside ${above}, which is attached already.`, {
      hint: 'Choose a folder outside of it: one file belongs to one collection.',
    });
  }
  const below = await attachedBelow(disk, folder);
  if (below !== undefined) {
    throw new SatchelError('usage', `${folder} contains ${below}, which is attached already.`, {
      hint: `Run "satchel detach" for ${below} first, or choose another folder.`,
    });
  }
  await writeMarker(disk, folder, marker);
}

/**
 * The marker of a folder; undefined where it has none.
 * @throws SatchelError `attention` where there is one that cannot be read.
 */
export async function readMarker(disk: Disk, folder: string): Promise<Marker | undefined> {
  const path = markerPath(folder);
  let text: string | undefined;
  try {
    text = utf8Text(await disk.readFile(path));
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadableMarker(path, error);
  }
  const marker = text === undefined ? undefined : parseMarker(text);
  if (marker === undefined) throw unreadableMarker(path, undefined);
  return marker;
}

/** Removes the marker and nothing else; the files stay, and so does the trash. */
export async function detachFolder(disk: Disk, folder: string): Promise<void> {
  try {
    await disk.remove(markerPath(folder));
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') throw error;
  }
}

/**
 * S8: makes sure that the folder is there and is the one that was attached.
 * @throws SatchelError `attention` otherwise: nothing in it is then taken for deleted.
 */
export async function checkFolder(disk: Disk, folder: string, marker: Marker): Promise<void> {
  const root = await disk.stat(folder);
  if (root?.kind !== 'folder') {
    throw new SatchelError('attention', `The folder ${folder} is not there.`, {
      hint: 'Nothing is taken for deleted. Mount or restore it, or stop here with "satchel detach".',
    });
  }
  const present = await readMarker(disk, folder);
  if (present === undefined) {
    throw new SatchelError('attention', `${folder} is not the folder that was attached.`, {
      hint: 'Nothing is taken for deleted. Is its disk mounted? If the folder was replaced, run "satchel detach" and "satchel attach".',
    });
  }
  if (!isSame(present, marker)) throw attachedOtherwise(folder, present, marker, 'attention');
}

function markerPath(folder: string): string {
  return join(folder, SATCHEL_FOLDER, MARKER_FILE);
}

/** Durable before it has its name, so that a torn marker is never found. */
async function writeMarker(disk: Disk, folder: string, marker: Marker): Promise<void> {
  await makeOwnFolder(disk, folder);
  const draft = join(tmpFolder(folder), MARKER_FILE);
  if ((await disk.stat(draft)) !== undefined) await disk.remove(draft);
  const { collection, repository, home } = marker;
  const text = JSON.stringify({ format: MARKER_FORMAT, collection, repository, home }, null, 2);
  await disk.writeNew(draft, onePiece(utf8(`${text}\n`)));
  await disk.rename(draft, markerPath(folder));
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

function parseMarker(text: string): Marker | undefined {
  try {
    const { format, collection, repository, home } = JSON.parse(text);
    if (format !== MARKER_FORMAT) return undefined;
    const isWhole = [collection, repository, home].every((part) => typeof part === 'string');
    return isWhole ? { collection, repository, home } : undefined;
  } catch {
    return undefined;
  }
}

function isSame(a: Marker, b: Marker): boolean {
  return a.collection === b.collection && a.repository === b.repository && a.home === b.home;
}

/** The nearest attached folder that contains this one. */
async function attachedAbove(disk: Disk, folder: string): Promise<string | undefined> {
  for (let at = dirname(folder); ; at = dirname(at)) {
    if ((await disk.stat(markerPath(at)).catch(() => undefined)) !== undefined) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** Some attached folder below this one. Folders that cannot be listed are passed over. */
async function attachedBelow(disk: Disk, folder: string): Promise<string | undefined> {
  const waiting = [folder];
  for (let count = 0; count < MAX_FOLDERS_LOOKED_INTO; count += 1) {
    const at = waiting.shift();
    if (at === undefined) return undefined;
    const entries = await disk.list(at).catch(() => []);
    for (const entry of entries) {
      if (entry.kind !== 'folder' || PASSED_OVER.has(entry.name)) continue;
      const path = join(at, entry.name);
      if ((await disk.stat(markerPath(path)).catch(() => undefined)) !== undefined) return path;
      waiting.push(path);
    }
  }
  return undefined;
}

function attachedOtherwise(
  folder: string,
  present: Marker,
  wanted: Marker,
  kind: 'usage' | 'attention' = 'usage',
): SatchelError {
  const ownHome = present.home === wanted.home;
  const holder = ownHome
    ? `the collection ${present.collection}`
    : `the collection ${present.collection} of the home ${present.home}`;
  const hint = ownHome
    ? `Run "satchel detach ${present.collection.slice(0, 8)}" first. If that collection is not on this device, delete ${markerPath(folder)}.`
    : `Run "satchel --home "${present.home}" detach ${present.collection.slice(0, 8)}" first. If that home is no more, delete ${markerPath(folder)}.`;
  return new SatchelError(kind, `${folder} is attached to ${holder}.`, { hint });
}

function unreadableMarker(path: string, cause: unknown): SatchelError {
  return new SatchelError(
    'attention',
    `${path} cannot be read, so the folder's owner is unknown.`,
    {
      hint: 'If no other Satchel works on this folder, delete that file, then detach and attach again.',
      cause,
    },
  );
}
