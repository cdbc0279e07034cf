/** Reading back what the bucket holds: is all of it there, and is it what its names say? */
import { forEachConcurrently } from '../base/concurrency.ts';
import { isErrorKind, messageOf } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { BLOB_MAX_BYTES } from '../format/chunker.ts';
import type { Version } from '../format/commit.ts';
import type { Head } from '../format/head.ts';
import { isObjectId } from '../format/ids.ts';
import { decodeManifest } from '../format/manifest.ts';
import {
  archiveKey,
  BLOBS_PREFIX,
  blobKey,
  HEADS_PREFIX,
  headKey,
  MANIFEST_KEY,
  SLOTS_PREFIX,
  segmentKey,
  slotKey,
} from '../format/object-keys.ts';
import { blobIdOf } from '../format/repository-key.ts';
import { openObject } from '../format/seal.ts';
import { decodeSegment, SEGMENT_MAX_BYTES } from '../format/segment.ts';
import { decodeSlot } from '../format/slot.ts';
import { collectionIds } from '../replica/meta.ts';
import { allRecords } from '../replica/records.ts';
import { currentVersionsOf } from '../replica/versions.ts';
import type { Engine } from './engine.ts';
import { openHead } from './head.ts';

export interface VerifyReport {
  readonly objects: number;
  readonly bytes: number;
  readonly damaged: readonly DamagedObject[];
  /** Objects that Satchel did not write, such as copies that a file-sync program made. */
  readonly foreign: readonly string[];
}

export interface DamagedObject {
  readonly object: string;
  readonly problem: string;
  /** Paths of files on this device whose content it holds. */
  readonly affected: readonly string[];
}

const AT_ONCE = 4;

/**
 * Reads what opens the repository (`satchel.json` and the key slots), every head, segment and
 * archive, and every blob that a current version here names.
 */
export async function verifyBucket(engine: Engine): Promise<VerifyReport> {
  const check = new Check(engine);
  await check.manifest();
  await check.slots();
  for (const device of await check.idsUnder(HEADS_PREFIX)) {
    const head = await check.head(device);
    if (head !== undefined) await check.segmentsOf(device, head);
  }
  await check.blobs();
  return check.report();
}

class Check {
  readonly #engine: Engine;
  readonly #damaged: DamagedObject[] = [];
  readonly #foreign: string[] = [];
  #objects = 0;
  #bytes = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  report(): VerifyReport {
    return {
      objects: this.#objects,
      bytes: this.#bytes,
      damaged: this.#damaged,
      foreign: this.#foreign,
    };
  }

  async manifest(): Promise<void> {
    await this.#read(MANIFEST_KEY, [], (body) => {
      if (decodeManifest(body).repository === this.#engine.repository) return;
      throw new Error('it is the manifest of another repository');
    });
  }

  /** Whether they open cannot be told without the passphrase, only whether they are whole. */
  async slots(): Promise<void> {
    if (this.#engine.key.encryption === 'none') return;
    const ids = await this.idsUnder(SLOTS_PREFIX);
    if (ids.length === 0) this.#note(SLOTS_PREFIX, 'no key slot is left: nobody can join', []);
    for (const id of ids) {
      await this.#read(slotKey(id), [], (body) => void decodeSlot(id, body));
    }
  }

  /** The ids of the objects under a prefix; what is no object of ours is noted. */
  async idsUnder(prefix: string): Promise<string[]> {
    const { objects } = await this.#engine.store.list(prefix);
    const ids: string[] = [];
    for (const { key } of objects) {
      const id = key.slice(prefix.length);
      if (isObjectId(id)) ids.push(id);
      else this.#foreign.push(key);
    }
    return ids;
  }

  async head(device: string): Promise<Head | undefined> {
    const key = headKey(device);
    let head: Head | undefined;
    await this.#read(key, [], async (body) => {
      head = await openHead(this.#engine, device, body);
    });
    return head;
  }

  async segmentsOf(device: string, head: Head): Promise<void> {
    const entries = Object.values(head.collections).flatMap((collection) => [
      ...collection.segments.map(([id]) => segmentKey(device, id)),
      ...collection.archives.map(([id]) => archiveKey(device, id)),
    ]);
    await forEachConcurrently(entries, AT_ONCE, async (key) => {
      await this.#read(key, [], (body) => {
        decodeSegment(key, openObject(this.#engine.key, key, body, SEGMENT_MAX_BYTES));
      });
      this.#engine.progress('Reading back', this.#objects, undefined, 'files');
    });
  }

  async blobs(): Promise<void> {
    const users = blobUsers(this.#engine);
    const { objects } = await this.#engine.store.list(BLOBS_PREFIX);
    const present = new Set(objects.map((object) => object.key));
    let done = 0;
    await forEachConcurrently(users, AT_ONCE, async ([id, paths]) => {
      const key = blobKey(id);
      if (!present.has(key)) this.#note(key, 'it is missing from the bucket', [...paths]);
      else await this.#read(key, [...paths], (body) => this.#checkBlob(id, key, body));
      done += 1;
      this.#engine.progress('Reading back', done, users.size, 'files');
    });
  }

  #checkBlob(id: string, key: string, body: Uint8Array): void {
    const chunk = openObject(this.#engine.key, key, body, BLOB_MAX_BYTES);
    if (blobIdOf(this.#engine.key, sha256(chunk), 0) === id) return;
    throw new Error('it holds other content than its name says');
  }

  async #read(
    key: string,
    affected: readonly string[],
    use: (body: Uint8Array) => void | Promise<void>,
  ): Promise<void> {
    this.#objects += 1;
    try {
      const result = await this.#engine.store.get(key);
      if (result.kind !== 'found') {
        this.#note(key, 'it is missing from the bucket', affected);
        return;
      }
      this.#bytes += result.body.length;
      await use(result.body);
    } catch (error) {
      if (isErrorKind(error, 'unreachable') || isErrorKind(error, 'refused')) throw error;
      this.#note(key, messageOf(error), affected);
    }
  }

  #note(object: string, problem: string, affected: readonly string[]): void {
    this.#damaged.push({ object, problem, affected });
  }
}

/** Which files of this device's collections each blob belongs to. */
function blobUsers(engine: Engine): ReadonlyMap<string, ReadonlySet<string>> {
  const users = new Map<string, Set<string>>();
  for (const collection of collectionIds(engine.db)) {
    const kind = engine.kindOf(collection);
    if (kind === undefined) continue;
    for (const row of [...allRecords(engine.db, collection)]) {
      const versions: readonly Version[] = currentVersionsOf(engine.db, collection, row.record).map(
        (known) => known.version,
      );
      for (const [id] of versions.flatMap((version) => version.blobs ?? [])) {
        users.set(id, (users.get(id) ?? new Set()).add(kind.titleOf(row.fields)));
      }
    }
  }
  return users;
}
