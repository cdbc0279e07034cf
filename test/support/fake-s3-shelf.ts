/**
 * Where a bucket of the fake S3 keeps its objects: in memory, with all versions where versioning is
 * on, or in any object store, which keeps none but can be looked into from outside.
 */
import { createHash } from 'node:crypto';
import type { ObjectStore } from '../../src/store/store.ts';

export interface StoredObject {
  readonly body: Uint8Array;
  /** Headers of the write that reads give back: storage class, encryption, type. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface ShelfEntry {
  readonly key: string;
  readonly sizeBytes: number;
}

export interface ShelfVersion extends ShelfEntry {
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isMarker: boolean;
}

export interface Shelf {
  read(key: string): Promise<StoredObject | undefined>;
  write(key: string, object: StoredObject): Promise<void>;
  remove(key: string): Promise<void>;
  /** In no promised order. */
  entries(prefix: string): Promise<readonly ShelfEntry[]>;
  /** Of every key, the latest first. */
  versions(prefix: string): Promise<readonly ShelfVersion[]>;
  removeVersion(key: string, versionId: string): Promise<void>;
}

interface Version {
  readonly versionId: string;
  /** Undefined in a delete marker. */
  readonly object: StoredObject | undefined;
}

/** The version of what was written while versioning was off. */
const NULL_VERSION = 'null';

/** @param isVersioned whether versioning is on at the moment. */
export function createMemoryShelf(isVersioned: () => boolean): Shelf {
  const shelf = new Map<string, readonly Version[]>();
  let written = 0;

  const add = (key: string, object: StoredObject | undefined): void => {
    const former = shelf.get(key) ?? [];
    if (isVersioned()) {
      written += 1;
      shelf.set(key, [{ versionId: `version-${written}`, object }, ...former]);
      return;
    }
    const others = former.filter(({ versionId }) => versionId !== NULL_VERSION);
    const isGone = object === undefined && others.length === 0;
    if (isGone) shelf.delete(key);
    else shelf.set(key, [{ versionId: NULL_VERSION, object }, ...others]);
  };

  const below = (prefix: string): readonly (readonly [string, readonly Version[]])[] =>
    [...shelf].filter(([key]) => key.startsWith(prefix));

  return {
    read: async (key) => shelf.get(key)?.[0]?.object,
    write: async (key, object) => add(key, object),
    remove: async (key) => add(key, undefined),
    entries: async (prefix) =>
      below(prefix).flatMap(([key, [latest]]) =>
        latest?.object === undefined ? [] : [{ key, sizeBytes: latest.object.body.length }],
      ),
    versions: async (prefix) =>
      below(prefix).flatMap(([key, versions]) =>
        versions.map(({ versionId, object }, index) => ({
          key,
          versionId,
          sizeBytes: object?.body.length ?? 0,
          isLatest: index === 0,
          isMarker: object === undefined,
        })),
      ),
    async removeVersion(key, versionId) {
      const rest = (shelf.get(key) ?? []).filter((version) => version.versionId !== versionId);
      if (rest.length === 0) shelf.delete(key);
      else shelf.set(key, rest);
    },
  };
}

/** Headers of a write are forgotten there. Keys have to be those that the store allows. */
export function createStoreShelf(store: ObjectStore): Shelf {
  const entries = async (prefix: string): Promise<readonly ShelfEntry[]> => {
    const { objects } = await store.list(prefix.replace(/[^/]*$/, ''));
    return objects.filter(({ key }) => key.startsWith(prefix));
  };
  return {
    async read(key) {
      const found = await store.get(key);
      return found.kind === 'found' ? { body: found.body, headers: {} } : undefined;
    },
    async write(key, { body }) {
      await store.put(key, body);
    },
    remove: (key) => store.delete(key),
    entries,
    versions: async (prefix) =>
      (await entries(prefix)).map((entry) => ({
        ...entry,
        versionId: NULL_VERSION,
        isLatest: true,
        isMarker: false,
      })),
    removeVersion: (key) => store.delete(key),
  };
}

/**
 * The ETag: the MD5 of the body, except under a key of AWS KMS, where it has that form without being
 * one (Amazon S3 API reference, "Object").
 */
export function etagOf({ body, headers }: StoredObject): string {
  const md5 = createHash('md5').update(body);
  if (headers['x-amz-server-side-encryption'] === 'aws:kms') md5.update('sealed by a key of KMS');
  return `"${md5.digest('hex')}"`;
}
