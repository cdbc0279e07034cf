/** What every part of an open vault works with. */
import { join } from 'node:path';
import { utf8 } from '../../base/bytes.ts';
import { messageOf, SatchelError, systemCode } from '../../base/errors.ts';
import { contentHash } from '../../base/hash.ts';
import type { CollectionPort } from '../../sync/kind.ts';
import type { Disk } from '../files/disk.ts';
import { IGNORE_FILE, type IgnoreRules, parseIgnoreRules } from '../files/ignore.ts';
import { tmpFolder } from '../files/layout.ts';
import type { Marker } from '../files/marker.ts';
import { removeIfThere } from '../files/place.ts';

export interface Vault {
  readonly disk: Disk;
  readonly port: CollectionPort;
  /** The attached folder, an absolute path. */
  readonly root: string;
  readonly marker: Marker;
  readonly memory: Memory;
}

/** What an open vault remembers from one call to the next. */
export interface Memory {
  /** The ignore rules as last read: the same object as long as they are the same. */
  rules: { readonly hash: string; readonly rules: IgnoreRules } | undefined;
  /** True where the disk takes names that differ in case for the same; undefined until probed. */
  foldsNames: boolean | undefined;
  /** Records that something stood in the way of when files were put out last. */
  blocked: ReadonlySet<string>;
}

const IGNORE_NOTE = 'ignore-hash';
const NO_RULES = 'none';

/**
 * The ignore rules as they are on the disk now. If they changed since they were last read, every
 * record is looked at again.
 * @throws SatchelError `attention` where the file is there and cannot be read: without the rules
 *   files would be carried that are not meant to be.
 */
export async function loadRules(vault: Vault): Promise<IgnoreRules> {
  const { disk, port, root } = vault;
  const bytes = await readIgnoreFile(disk, join(root, IGNORE_FILE));
  const hash = bytes === undefined ? NO_RULES : contentHash(bytes);
  const before = port.note(IGNORE_NOTE);
  if (before !== hash) {
    if (before !== undefined) port.markAllStale();
    port.setNote(IGNORE_NOTE, hash);
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

/** Whether two names that differ only in case are one on this disk. Probed once. */
export async function foldsNames(vault: Vault): Promise<boolean> {
  const { disk, root, memory } = vault;
  if (memory.foldsNames === undefined) {
    const path = join(tmpFolder(root), 'case-probe');
    await removeIfThere(disk, path);
    await disk.writeNew(path, onePiece());
    memory.foldsNames = (await disk.stat(join(tmpFolder(root), 'CASE-PROBE'))) !== undefined;
    await removeIfThere(disk, path);
  }
  return memory.foldsNames;
}

async function* onePiece(): AsyncGenerator<Uint8Array, void, undefined> {
  yield utf8('Satchel asks whether this disk tells upper case from lower case.\n');
}
