/** What every part of an open vault works with. */
import { join } from 'node:path';
import { messageOf, SatchelError, systemCode } from '../../base/errors.ts';
import { contentHash } from '../../base/hash.ts';
import type { CollectionPort } from '../../sync/kind.ts';
import type { Disk } from '../files/disk.ts';
import { IGNORE_FILE, type IgnoreRules, parseIgnoreRules } from '../files/ignore.ts';
import { tmpFolder } from '../files/layout.ts';
import type { Marker } from '../files/marker.ts';
import { foldName, type NameFolding } from '../files/names.ts';
import { makeOwnFolder, removeIfThere } from '../files/place.ts';
import type { Selection } from '../files/selection.ts';
import { createTurns, type Turns } from '../files/turns.ts';
import { nothingTouched, type Touched } from './touched.ts';

export interface Vault {
  readonly disk: Disk;
  readonly port: CollectionPort;
  /** The attached folder, an absolute path. */
  readonly root: string;
  readonly marker: Marker;
  /** The part of the collection that is carried here. */
  readonly selection: Selection;
  readonly memory: Memory;
}

/** What an open vault remembers from one call to the next. */
export interface Memory {
  /** Whatever moves files takes turns: a save, and each file that is put in its place. */
  readonly turns: Turns;
  /** True once nothing may be saved through the door any more. */
  isClosed: boolean;
  /** What was saved through the door since the folder was last looked at. */
  touched: Touched;
  /** What `putOut` has in the air; undefined while it is not at work. */
  placing: Placing | undefined;
  /** The ignore rules as last read: the same object as long as they are the same. */
  rules: { readonly hash: string; readonly rules: IgnoreRules } | undefined;
  /** Which names the disk takes for the same, once probed; undefined before anybody asked. */
  folding: Promise<NameFolding> | undefined;
  /** Records that something stood in the way of when files were put out last. */
  blocked: ReadonlySet<string>;
  /** Records whose files wait in `.satchel/tmp`, as they could not be brought back so far. */
  readonly waiting: Set<string>;
}

export interface Placing {
  /** Records whose files wait in `.satchel/tmp` for their new places. */
  readonly lifted: ReadonlySet<string>;
  /** Notes what is in its place and not noted yet. */
  note(): Promise<unknown>;
}

export function newMemory(): Memory {
  return {
    turns: createTurns(),
    isClosed: false,
    touched: nothingTouched(),
    placing: undefined,
    rules: undefined,
    folding: undefined,
    blocked: new Set(),
    waiting: new Set(),
  };
}

/** Under it stands what decides which records are carried here, and how. */
const CARRIED_NOTE = 'ignore-hash';
const NO_RULES = 'none';
/** What this version carries that an older one placed as a plain file, or not at all. */
const CARRIED_TYPES = 'symlinks';

/**
 * The ignore rules as they are on the disk now. If they changed since they were last read, or other
 * subfolders were chosen, every record is looked at again.
 * @throws SatchelError `attention` where the file is there and cannot be read: without the rules
 *   files would be carried that are not meant to be.
 */
export async function loadRules(vault: Vault): Promise<IgnoreRules> {
  const { disk, port, root, selection } = vault;
  const bytes = await readIgnoreFile(disk, join(root, IGNORE_FILE));
  const hash = bytes === undefined ? NO_RULES : contentHash(bytes);
  const carried = JSON.stringify([hash, CARRIED_TYPES, selection.chosen ?? 'all']);
  const before = port.note(CARRIED_NOTE);
  if (before !== carried) {
    port.transaction(() => {
      if (before !== undefined) port.markAllStale();
      port.setNote(CARRIED_NOTE, carried);
    });
  }
  if (vault.memory.rules?.hash !== hash) {
    const text = bytes === undefined ? undefined : new TextDecoder().decode(bytes);
    vault.memory.rules = { hash, rules: parseIgnoreRules(text) };
  }
  return vault.memory.rules.rules;
}

async function readIgnoreFile(disk: Disk, path: string): Promise<Uint8Array | undefined> {
  try {
    return await disk.readFile(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw new SatchelError('attention', `${path} cannot be read: ${messageOf(error)}.`, {
      hint: 'Make it a readable file, or remove it. Until then nothing of this folder is synced.',
      cause: error,
    });
  }
}

/**
 * Which names this disk takes for the same. Probed once, also where two ask at a time. System errors
 * pass through.
 */
export async function foldingOf(vault: Vault): Promise<NameFolding> {
  const { memory } = vault;
  memory.folding ??= probeFolding(vault);
  try {
    return await memory.folding;
  } catch (error) {
    memory.folding = undefined;
    throw error;
  }
}

async function probeFolding(vault: Vault): Promise<NameFolding> {
  await makeOwnFolder(vault.disk, vault.root);
  return {
    case: await isOneName(vault, 'case-probe', 'CASE-PROBE'),
    form: await isOneName(vault, FORM_PROBE.normalize('NFC'), FORM_PROBE.normalize('NFD')),
  };
}

/** See `WalkOptions.isKnownPlace`. */
export function knownPlaces(port: CollectionPort): (path: string) => boolean {
  return (path) => port.shownAt(path) !== undefined || port.isClaimedBelow(foldName(path));
}

const FORM_PROBE = 'form-probe-é';

async function isOneName({ disk, root }: Vault, name: string, other: string): Promise<boolean> {
  const path = join(tmpFolder(root), name);
  await removeIfThere(disk, path);
  await disk.writeNew(path, nothing());
  const isOne = (await disk.stat(join(tmpFolder(root), other))) !== undefined;
  await removeIfThere(disk, path);
  return isOne;
}

/** An empty file, for which a full disk mostly has room too. */
async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {}
