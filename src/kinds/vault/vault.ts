/** The kind `vault`: a folder of any files. Contents that differ are held for a person. */
import { SatchelError } from '../../base/errors.ts';
import {
  type CollectionPort,
  type Kind,
  type OpenCollection,
  PIECE_MAX_BYTES,
} from '../../sync/kind.ts';
import type { Disk } from '../files/disk.ts';
import { diskErrorWords, stopsAllWrites } from '../files/disk-errors.ts';
import type { IgnoreRules } from '../files/ignore.ts';
import { pathOf } from '../files/layout.ts';
import { copyName, foldName, SATCHEL_FOLDER, unsafePathReason } from '../files/names.ts';
import { rulesWithin, type Selection, selectionOf } from '../files/selection.ts';
import { watchTree } from '../files/watch.ts';
import { isAttachmentPath, isFolderRecord, isLinkRecord, pathField } from './fields.ts';
import { fileDoor } from './file-door.ts';
import { previewRules } from './preview-rules.ts';
import { putOut } from './put-out.ts';
import { takeIn } from './take-in.ts';
import { loadRules, newMemory, type Vault } from './workings.ts';

/** Whose folders these are: the marker in an attached folder has to say the same. */
export interface VaultOwner {
  readonly repository: string;
  /** The home this device works from, an absolute path. */
  readonly home: string;
}

export function vaultKind(disk: Disk, owner: VaultOwner): Kind {
  return {
    name: 'vault',
    policy: 'hold',
    nameField: 'path',
    contentFields: ['mtime', 'type'],
    silentFields: ['mtime'],
    claimOf(fields) {
      const path = pathField(fields);
      return path === undefined ? undefined : foldName(path);
    },
    titleOf: (fields) => pathField(fields) ?? '',
    isAttachment(fields) {
      const isFile = !isFolderRecord(fields) && !isLinkRecord(fields);
      return isFile && isAttachmentPath(pathField(fields) ?? '');
    },
    fieldsOfCopy(fields, deviceName, timeMs) {
      return { ...fields, path: copyName(pathField(fields) ?? '', deviceName, timeMs) };
    },
    async open(port, folder, { only } = {}) {
      return openVault(disk, owner, port, folder, selectionOf(only));
    },
  };
}

/** What cannot be looked at is for `takeIn` to tell. */
async function isEmptyFolder(disk: Disk, root: string): Promise<boolean> {
  const entries = await disk.list(root).catch(() => []);
  return entries.every(({ name }) => name === SATCHEL_FOLDER);
}

async function* inOnePiece(disk: Disk, path: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield await disk.readFile(path);
}

function openVault(
  disk: Disk,
  owner: VaultOwner,
  port: CollectionPort,
  root: string,
  selection: Selection,
): OpenCollection {
  const vault: Vault = {
    disk,
    port,
    root,
    marker: { collection: port.collection, repository: owner.repository, home: owner.home },
    selection,
    memory: newMemory(),
  };
  return {
    files: fileDoor(vault, (work) => withoutWrites(root, work)),
    previewRules: (text) => previewRules(vault, text),
    isEmpty: () => isEmptyFolder(disk, root),
    takeIn: () => withoutWrites(root, () => takeIn(vault)),
    putOut: () => withoutWrites(root, () => putOut(vault)),
    async readLocal(record) {
      const place = port.shown(record)?.place ?? unnotedPlace(vault, record);
      if (place === undefined) return undefined;
      const path = pathOf(root, place);
      const stat = await disk.stat(path);
      if (stat?.kind !== 'file') return undefined;
      return stat.sizeBytes <= PIECE_MAX_BYTES ? inOnePiece(disk, path) : disk.readPieces(path);
    },
    async watch(onChange, signal) {
      const atStart = await loadRules(vault);
      const rules = watchedRules(vault, atStart);
      return await watchTree(disk, root, rules, onChange, signal, (delayMs, during) =>
        port.sleep(delayMs, during),
      );
    },
    async close() {
      vault.memory.isClosed = true;
      // What was asked for before is done still: the replica is closed after this.
      await vault.memory.turns(async () => undefined);
    },
  };
}

/**
 * A disk that takes no writes stops its own folder and nothing else: what was saved is sent.
 * @throws SatchelError `attention` in the place of the disk's own error.
 */
async function withoutWrites<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!stopsAllWrites(error)) throw error;
    throw new SatchelError('attention', `${root} cannot be written: ${diskErrorWords(error)}.`, {
      hint: 'Nothing is lost: what was saved there is sent, and what others sent waits.',
      cause: error,
    });
  }
}

/**
 * Where a record's file may still be that is noted no longer: what was saved and then left the
 * chosen subfolders has yet to be sent.
 */
function unnotedPlace({ port }: Vault, record: string): string | undefined {
  const view = port.view(record);
  const path = view?.live === true ? pathField(view.fields) : undefined;
  return path === undefined || unsafePathReason(path) !== undefined ? undefined : path;
}

/** What is watched: the same object as long as the ignore rules are the same. */
function watchedRules({ memory, selection }: Vault, atStart: IgnoreRules): () => IgnoreRules {
  let rules = atStart;
  let watched = rulesWithin(rules, selection);
  return () => {
    const now = memory.rules?.rules ?? rules;
    if (now !== rules) {
      rules = now;
      watched = rulesWithin(rules, selection);
    }
    return watched;
  };
}
