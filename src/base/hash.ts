/** The hash functions Satchel uses, under the names its documents use. */
import { createHash, createHmac, type Hash, hkdfSync } from 'node:crypto';
import { toHex, utf8 } from './bytes.ts';

/** SHA-256 (FIPS 180-4), 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

/** The content hash of a file or blob: SHA-256 in lower-case hex. */
export function contentHash(bytes: Uint8Array): string {
  return toHex(sha256(bytes));
}

/** A running content hash, for content that does not fit in memory. */
export class ContentHasher {
  readonly #hash: Hash = createHash('sha256');

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}

/** HMAC-SHA-256 (RFC 2104), 32 bytes. */
export function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return new Uint8Array(mac.digest());
}

/** HKDF-SHA-256 (RFC 5869): `sizeBytes` bytes derived from `key` for one purpose. */
export function hkdf(
  key: Uint8Array,
  salt: Uint8Array,
  purpose: string,
  sizeBytes: number,
): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, salt, utf8(purpose), sizeBytes));
}
