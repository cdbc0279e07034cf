/**
 * The roots of a repository: one to begin with, and one more for each time its key was changed
 * after a loss. What was sealed before a change stays readable, and is not sealed again.
 */
import { concat, equalBytes } from '../base/bytes.ts';

export const KEY_BYTES = 32;

/** The epoch before the first change of the key. */
export const FIRST_EPOCH = 0;
/** An epoch has to fit into a byte. */
export const LAST_EPOCH = 255;

/** One root of 32 secret bytes and the epoch that began with it. */
export interface RingKey {
  readonly epoch: number;
  readonly root: Uint8Array;
}

/**
 * All roots known, by epoch. An epoch has several where devices changed the key at the same time;
 * their order is that of their bytes, so that every device seals with the same one.
 */
export type KeyRing = readonly RingKey[];

/** The roots of both, each once. */
export function mergeRings(a: KeyRing, b: KeyRing): KeyRing {
  const fresh = b.filter((key) => !hasKey(a, key));
  return [...a, ...fresh].sort((x, y) => x.epoch - y.epoch || Buffer.compare(x.root, y.root));
}

export function hasKey(ring: KeyRing, key: RingKey): boolean {
  return ring.some(({ epoch, root }) => epoch === key.epoch && equalBytes(root, key.root));
}

/** As a slot wraps it: the root alone before the first change, else each with its epoch before it. */
export function encodeRing(ring: KeyRing): Uint8Array {
  const [only] = ring;
  if (ring.length === 1 && only?.epoch === FIRST_EPOCH) return only.root;
  return concat(ring.flatMap(({ epoch, root }) => [Uint8Array.of(epoch), root]));
}

/** Undefined where the bytes are no ring. */
export function decodeRing(bytes: Uint8Array): KeyRing | undefined {
  if (bytes.length === KEY_BYTES) return [{ epoch: FIRST_EPOCH, root: bytes }];
  if (bytes.length === 0 || bytes.length % (1 + KEY_BYTES) !== 0) return undefined;
  const keys: RingKey[] = [];
  for (let at = 0; at < bytes.length; at += 1 + KEY_BYTES) {
    keys.push({ epoch: bytes[at] ?? 0, root: bytes.slice(at + 1, at + 1 + KEY_BYTES) });
  }
  return mergeRings([], keys);
}
