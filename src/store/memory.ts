/** A store in memory, for tests and simulations. It keeps nothing beyond its own life. */
import { contentHash } from '../base/hash.ts';
import { assertBodySize, assertKey, assertPrefix, bodyTooLong } from './checks.ts';
import {
  type GetOptions,
  type GetResult,
  type Listing,
  MAX_BODY_BYTES,
  type ObjectStore,
  type PutResult,
} from './store.ts';

/** An empty store whose tags are content hashes. */
export function createMemoryStore(): ObjectStore {
  const bodies = new Map<string, Uint8Array>();
  return {
    name: 'memory',

    async get(key: string, options: GetOptions = {}): Promise<GetResult> {
      assertKey(key);
      const maxBytes = options.maxBytes ?? MAX_BODY_BYTES;
      const body = bodies.get(key);
      if (body === undefined) return { kind: 'missing' };
      const tag = contentHash(body);
      if (tag === options.ifNoneMatch) return { kind: 'unchanged' };
      if (body.length > maxBytes) throw bodyTooLong(key, maxBytes);
      // A copy, as from a network: what a caller does to its body must not reach the store.
      return { kind: 'found', body: body.slice(), tag };
    },

    async put(key: string, body: Uint8Array): Promise<PutResult> {
      assertKey(key);
      assertBodySize(key, body);
      bodies.set(key, Uint8Array.from(body));
      return { tag: contentHash(body) };
    },

    async list(prefix: string): Promise<Listing> {
      assertPrefix(prefix);
      const objects = [...bodies]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, body]) => ({ key, sizeBytes: body.length }));
      return { objects, strange: [] };
    },

    async delete(key: string): Promise<void> {
      assertKey(key);
      bodies.delete(key);
    },

    close(): void {},
  };
}
