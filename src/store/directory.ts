/**
 * A bucket that is a plain folder: an external disk, a network share, or a folder that another
 * program (Dropbox, Syncthing) carries between machines. A key is a path below the root.
 *
 * Bodies are written to a temporary file, flushed and renamed, so a reader in any process sees
 * the former body or the new one. The temporary folder's name starts with a dot, which no key
 * does. Such a carrier may still show objects late, torn or twice; tearing is found by the
 * checksum inside every object, and its extra names are reported as strange.
 */
import { constants } from 'node:fs';
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  stat,
  unlink,
} from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { concat, toHex } from '../base/bytes.ts';
import { systemCode } from '../base/errors.ts';
import { contentHash } from '../base/hash.ts';
import type { Clock, Random } from '../base/ports.ts';
import { assertBodySize, assertKey, assertPrefix, bodyTooLong } from './checks.ts';
import {
  type DirectoryOperation,
  directoryError,
  isAbsent,
  notAFolder,
  rootMissing,
} from './directory-errors.ts';
import { flushFolder, makeFolder, parentsOf, writeFlushed } from './directory-files.ts';
import { ListingCollector } from './listing.ts';
import {
  type GetOptions,
  type GetResult,
  isStoreKey,
  type ListedObject,
  type Listing,
  MAX_BODY_BYTES,
  type ObjectStore,
  type PutResult,
  StoreError,
} from './store.ts';

const TEMPORARY_FOLDER = '.satchel-tmp';
/** No put takes this long: an older temporary file belongs to a process that died. */
const TEMPORARY_LIFE_MS = 24 * 60 * 60 * 1000;
/** Some platforms lack the flag; the check before the open still holds there. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
/** How much is read at a time beyond the size that a file is said to have. */
const BEYOND_BYTES = 16 * 1024;

export interface DirectoryPorts {
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Creates the bucket folder where it is missing, for `init`. Nothing else ever creates it: a
 * root that is missing later is an unmounted disk, and writing below its mount point would
 * strand the data there.
 */
export async function ensureDirectoryRoot(root: string): Promise<void> {
  try {
    await mkdir(root, { recursive: true });
  } catch (error) {
    if (systemCode(error) === 'EEXIST' || systemCode(error) === 'ENOTDIR') throw notAFolder(root);
    throw directoryError(error, 'write', root);
  }
}

export class DirectoryStore implements ObjectStore {
  readonly name: string;
  readonly #root: string;
  readonly #ports: DirectoryPorts;

  /** `root` is an absolute path; it may be missing now and appear later. */
  constructor(root: string, ports: DirectoryPorts) {
    if (!isAbsolute(root)) {
      throw new StoreError('usage', `the bucket folder "${root}" is not an absolute path`, 'never');
    }
    this.name = root;
    this.#root = root;
    this.#ports = ports;
  }

  async get(key: string, options: GetOptions = {}): Promise<GetResult> {
    assertKey(key);
    const maxBytes = options.maxBytes ?? MAX_BODY_BYTES;
    const body = await this.#named('read', key, () => this.#read(key, maxBytes));
    if (body === undefined) return { kind: 'missing' };
    const tag = contentHash(body);
    return tag === options.ifNoneMatch ? { kind: 'unchanged' } : { kind: 'found', body, tag };
  }

  async put(key: string, body: Uint8Array): Promise<PutResult> {
    assertKey(key);
    assertBodySize(key, body);
    await this.#named('write', key, () => this.#write(key, body));
    return { tag: contentHash(body) };
  }

  async list(prefix: string): Promise<Listing> {
    assertPrefix(prefix);
    return this.#named('list', prefix, async () => {
      await this.#requireRoot();
      await this.#sweepTemporaryFiles();
      const listing = new ListingCollector(prefix);
      if (prefix === '' || (await this.#kindAt(prefix.slice(0, -1))) === 'folder') {
        await this.#walk(prefix, listing);
      }
      return listing.toListing();
    });
  }

  async delete(key: string): Promise<void> {
    assertKey(key);
    await this.#named('delete', key, async () => {
      if ((await this.#kindAt(key)) !== 'file') return;
      await unlink(this.#path(key)).catch((error: unknown) => {
        if (!isAbsent(error)) throw error;
      });
    });
  }

  close(): void {}

  async #read(key: string, maxBytes: number): Promise<Uint8Array | undefined> {
    if ((await this.#kindAt(key)) !== 'file') return undefined;
    const file = await open(this.#path(key), constants.O_RDONLY | NO_FOLLOW).catch(
      (error: unknown) => {
        // Deleted, or exchanged for a link, since it was looked at.
        if (isAbsent(error) || systemCode(error) === 'ELOOP') return undefined;
        throw error;
      },
    );
    if (file === undefined) return undefined;
    try {
      const { size } = await file.stat();
      if (size > maxBytes) throw bodyTooLong(key, maxBytes);
      return await readUpTo(file, size, maxBytes, key);
    } finally {
      await file.close();
    }
  }

  async #write(key: string, body: Uint8Array): Promise<void> {
    await this.#requireRoot();
    await makeFolder(this.#path(TEMPORARY_FOLDER));
    const folders = parentsOf(key);
    // Level by level: a recursive call would recreate a vanished root.
    for (const folder of folders) await makeFolder(this.#path(folder));

    const temporary = this.#path(`${TEMPORARY_FOLDER}/${toHex(this.#ports.random.bytes(16))}`);
    try {
      await writeFlushed(temporary, body);
      await rename(temporary, this.#path(key));
    } catch (error) {
      // The first error is the one to tell; a leftover is swept after a day.
      await unlink(temporary).catch(() => {});
      throw error;
    }
    // Every folder down to the new name, also those another process has only just made.
    for (const folder of folders.toReversed()) await flushFolder(this.#path(folder));
    await flushFolder(this.#root);
  }

  /** Adds what lies below `folder` (empty, or ending in `/`). Links are not followed. */
  async #walk(folder: string, listing: ListingCollector): Promise<void> {
    const entries = await readdir(this.#path(folder), { withFileTypes: true }).catch(
      (error: unknown) => {
        if (isAbsent(error) && folder !== '') return [];
        throw error;
      },
    );
    const files: string[] = [];
    for (const entry of entries) {
      const name = folder + entry.name;
      if (name === TEMPORARY_FOLDER) continue;
      if (isStoreKey(name) && entry.isDirectory()) {
        await this.#walk(`${name}/`, listing);
      } else if (isStoreKey(name) && entry.isFile()) {
        files.push(name);
      } else {
        listing.addStrange(entry.isDirectory() ? `${name}/` : name);
      }
    }
    const listed = await Promise.all(files.map((key) => this.#listed(key)));
    for (const object of listed)
      if (object !== undefined) listing.add(object.key, object.sizeBytes);
  }

  /** The object under a key just seen in its folder, or undefined if it vanished since. */
  async #listed(key: string): Promise<ListedObject | undefined> {
    try {
      return { key, sizeBytes: (await lstat(this.#path(key))).size };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  /** What lies at a key, links not followed at any level; never `absent` for want of the root. */
  async #kindAt(key: string): Promise<'file' | 'folder' | 'absent'> {
    for (const name of [...parentsOf(key), key]) {
      const found = await lstat(this.#path(name)).catch(async (error: unknown) => {
        if (!isAbsent(error)) throw error;
        await this.#requireRoot();
        return undefined;
      });
      if (found?.isDirectory()) continue;
      return name === key && found?.isFile() ? 'file' : 'absent';
    }
    return 'folder';
  }

  async #requireRoot(): Promise<void> {
    let isDirectory: boolean;
    try {
      // The root itself may be a link: the person chose it.
      isDirectory = (await stat(this.#root)).isDirectory();
    } catch (error) {
      throw isAbsent(error) ? rootMissing(this.#root, error) : error;
    }
    if (!isDirectory) throw notAFolder(this.#root);
  }

  /** Removes what dead processes left. Failing here costs only space, so it stops nothing. */
  async #sweepTemporaryFiles(): Promise<void> {
    const names = await readdir(this.#path(TEMPORARY_FOLDER)).catch(() => []);
    for (const name of names) {
      const path = this.#path(`${TEMPORARY_FOLDER}/${name}`);
      const found = await lstat(path).catch(() => undefined);
      if (!found?.isFile()) continue;
      const ageMs = this.#ports.clock.now() - found.mtimeMs;
      if (ageMs > TEMPORARY_LIFE_MS) await unlink(path).catch(() => {});
    }
  }

  async #named<T>(operation: DirectoryOperation, key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw directoryError(error, operation, this.#path(key));
    }
  }

  #path(key: string): string {
    return join(this.#root, key);
  }
}

/**
 * What a file holds, however long it says it is: a carrier may be writing into this very file, and
 * some file systems tell no size.
 * @throws StoreError `damaged` beyond `maxBytes`.
 */
async function readUpTo(
  file: FileHandle,
  expectedBytes: number,
  maxBytes: number,
  key: string,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for (;;) {
    const remaining = expectedBytes - sizeBytes;
    const part = new Uint8Array(remaining > 0 ? remaining : BEYOND_BYTES);
    const { bytesRead } = await file.read(part, 0, part.length);
    if (bytesRead === 0) return parts.length === 1 && parts[0] ? parts[0] : concat(parts);
    sizeBytes += bytesRead;
    if (sizeBytes > maxBytes) throw bodyTooLong(key, maxBytes);
    parts.push(part.subarray(0, bytesRead));
  }
}
