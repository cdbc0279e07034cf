/**
 * The envelope of every object but `satchel.json`, key slots and links (rule F6).
 *
 *     0..3   "STCH"
 *     4      layout of this envelope: 1, or 2 where the repository's key was changed before
 *     5      suite: 0 checksum only, 1 AES-256-GCM
 *     6      encoding of the body: 0 as is, 1 zstd
 *     7      layout 1: zero; layout 2: the epoch of the key
 *     8..11  layout 2 only: the key's tag; what follows comes four bytes later then
 *     8..39  suite 0: SHA-256 over bytes 0..7, the object's key, a zero byte and the encoded body
 *            suite 1: salt; HKDF-SHA-256 of the sealing key with it yields cipher key and nonce
 *     40..   the encoded body; suite 1: encrypted, followed by the 16-byte tag
 *
 * In suite 1 the header, which is all before the salt, and the object's key are additional data:
 * an object that was swapped, renamed or cut does not open. Layout 2 exists in suite 1 only.
 * Sources: NIST SP 800-38D (GCM), RFC 5869 (HKDF).
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { concat, equalBytes, utf8 } from '../base/bytes.ts';
import { SatchelError, systemCode } from '../base/errors.ts';
import { hkdf, hmac, sha256 } from '../base/hash.ts';
import type { Random } from '../base/ports.ts';
import { NewerFormatError } from './json.ts';
import { FIRST_EPOCH } from './key-ring.ts';
import type { EpochKey, RepositoryKey } from './repository-key.ts';

const MAGIC = utf8('STCH');
const LAYOUT_FIRST_EPOCH = 1;
const LAYOUT_LATER_EPOCH = 2;
const SUITE_CHECKSUM = 0;
const SUITE_AES_256_GCM = 1;
const ENCODING_PLAIN = 0;
const ENCODING_ZSTD = 1;
const HEADER_BYTES = 8;
const KEY_TAG_BYTES = 4;
const SALT_BYTES = 32;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
const ZSTD_LEVEL = 3;

/** How many bytes sealing adds at most to a body that does not shrink. */
export const SEAL_OVERHEAD_BYTES = HEADER_BYTES + KEY_TAG_BYTES + SALT_BYTES + TAG_BYTES;

/**
 * An object sealed with a key that this device lacks: not damaged, and not to be overwritten. The
 * key of the repository was changed on another device.
 */
export class MissingKeyError extends SatchelError {}

/** Seals a body whose key is never used for another body, or only by its owner: salt at random. */
export function sealObject(
  key: RepositoryKey,
  objectKey: string,
  body: Uint8Array,
  random: Random,
): Uint8Array {
  return seal(key, key.newest, objectKey, encode(body), () => random.bytes(SALT_BYTES));
}

/**
 * Seals a blob. The salt is a keyed hash of its key and the exact bytes sealed, so the same content
 * always gives the same object, and no two different objects ever share cipher key and nonce.
 * @param by the key that gave the blob its name.
 */
export function sealBlob(
  key: RepositoryKey,
  objectKey: string,
  body: Uint8Array,
  by: EpochKey = key.newest,
): Uint8Array {
  const encoded = encode(body);
  return seal(key, by, objectKey, encoded, () =>
    hmac(by.blobSalts, utf8(objectKey), Uint8Array.of(0, encoded.encoding), encoded.bytes),
  );
}

/**
 * Opens a sealed object.
 * @param maxBytes the longest body to accept after decompression.
 * @throws SatchelError `damaged` where the body is torn, altered, of another object, of a newer
 *   layout, longer than `maxBytes`, or sealed with a key that this device lacks
 *   (`MissingKeyError`). Such an object counts as not read.
 */
export function openObject(
  key: RepositoryKey,
  objectKey: string,
  sealed: Uint8Array,
  maxBytes: number,
): Uint8Array {
  const isLater = sealed[4] === LAYOUT_LATER_EPOCH;
  const headerBytes = HEADER_BYTES + (isLater ? KEY_TAG_BYTES : 0);
  const header = sealed.subarray(0, headerBytes);
  const salt = sealed.subarray(headerBytes, headerBytes + SALT_BYTES);
  if (salt.length < SALT_BYTES) throw damaged(objectKey, 'it is cut short');
  if (!equalBytes(header.subarray(0, 4), MAGIC))
    throw damaged(objectKey, 'it is no Satchel object');
  if (header[4] !== LAYOUT_FIRST_EPOCH && !isLater) throw newerLayout(objectKey);
  const expected = key.encryption === 'none' ? SUITE_CHECKSUM : SUITE_AES_256_GCM;
  if (header[5] !== expected || (isLater && expected === SUITE_CHECKSUM)) {
    throw damaged(objectKey, 'it is sealed in another way than the rest');
  }
  const rest = sealed.subarray(headerBytes + SALT_BYTES);
  const encoded =
    expected === SUITE_CHECKSUM
      ? checked(objectKey, header, salt, rest)
      : decrypt(keyThatSealed(key, objectKey, header), objectKey, header, salt, rest);
  return decode(objectKey, encoded, header[6] ?? 0, maxBytes);
}

/** The key that a header names. @throws MissingKeyError where this device does not have it. */
function keyThatSealed(key: RepositoryKey, objectKey: string, header: Uint8Array): EpochKey {
  const isLater = header.length > HEADER_BYTES;
  const tag = header.subarray(HEADER_BYTES);
  const found = key.epochs.find(({ epoch, tag: known }) =>
    isLater ? epoch === header[7] && equalBytes(known, tag) : epoch === FIRST_EPOCH,
  );
  if (found !== undefined) return found;
  throw new MissingKeyError(
    'damaged',
    `The object ${objectKey} is sealed with a key that this device does not have yet: the ` +
      "repository's key was changed on another device.",
    {
      hint:
        'Run "satchel keys unlock" with the passphrase that was chosen there. If nobody changed ' +
        'the key, the object was altered: look at who can write to the bucket.',
    },
  );
}

interface Encoded {
  readonly encoding: number;
  readonly bytes: Uint8Array;
}

const SAMPLE_BYTES = 64 * 1024;
const WORTHWHILE_RATIO = 0.95;

/** Compresses where it helps; a sample spares the work on media that are compressed already. */
function encode(body: Uint8Array): Encoded {
  const plain = { encoding: ENCODING_PLAIN, bytes: body };
  if (body.length > 4 * SAMPLE_BYTES) {
    const middle = Math.floor(body.length / 2);
    const sample = body.subarray(middle, middle + SAMPLE_BYTES);
    if (compress(sample).length > sample.length * WORTHWHILE_RATIO) return plain;
  }
  const bytes = compress(body);
  return bytes.length > body.length * WORTHWHILE_RATIO ? plain : { encoding: ENCODING_ZSTD, bytes };
}

function compress(body: Uint8Array): Uint8Array {
  return zstdCompressSync(body, { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } });
}

function decode(
  objectKey: string,
  encoded: Uint8Array,
  encoding: number,
  maxBytes: number,
): Uint8Array {
  if (encoding === ENCODING_PLAIN) {
    if (encoded.length > maxBytes) throw tooLong(objectKey, maxBytes);
    return encoded;
  }
  if (encoding !== ENCODING_ZSTD) throw newerLayout(objectKey);
  try {
    return plain(zstdDecompressSync(encoded, { maxOutputLength: Math.max(maxBytes, 1) }));
  } catch (error) {
    if (systemCode(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLong(objectKey, maxBytes);
    throw damaged(objectKey, 'its compressed body does not unpack');
  }
}

function seal(
  key: RepositoryKey,
  by: EpochKey,
  objectKey: string,
  encoded: Encoded,
  makeSalt: () => Uint8Array,
): Uint8Array {
  const header = headerOf(key, by, encoded);
  if (key.encryption === 'none') {
    return concat([header, checksum(header, objectKey, encoded.bytes), encoded.bytes]);
  }
  const salt = makeSalt();
  const { cipherKey, nonce } = cipherInputs(by, salt);
  const cipher = createCipheriv('aes-256-gcm', cipherKey, nonce);
  cipher.setAAD(concat([header, utf8(objectKey)]));
  const encrypted = cipher.update(encoded.bytes);
  return concat([header, salt, encrypted, cipher.final(), cipher.getAuthTag()]);
}

function headerOf(key: RepositoryKey, by: EpochKey, { encoding }: Encoded): Uint8Array {
  const suite = key.encryption === 'none' ? SUITE_CHECKSUM : SUITE_AES_256_GCM;
  return by.epoch === FIRST_EPOCH
    ? Uint8Array.of(...MAGIC, LAYOUT_FIRST_EPOCH, suite, encoding, 0)
    : Uint8Array.of(...MAGIC, LAYOUT_LATER_EPOCH, suite, encoding, by.epoch, ...by.tag);
}

function decrypt(
  by: EpochKey,
  objectKey: string,
  header: Uint8Array,
  salt: Uint8Array,
  rest: Uint8Array,
): Uint8Array {
  if (rest.length < TAG_BYTES) throw damaged(objectKey, 'it is cut short');
  const { cipherKey, nonce } = cipherInputs(by, salt);
  const decipher = createDecipheriv('aes-256-gcm', cipherKey, nonce);
  decipher.setAAD(concat([header, utf8(objectKey)]));
  decipher.setAuthTag(rest.subarray(rest.length - TAG_BYTES));
  try {
    const body = decipher.update(rest.subarray(0, rest.length - TAG_BYTES));
    decipher.final();
    return plain(body);
  } catch {
    throw damaged(objectKey, 'its seal is broken');
  }
}

/** The same bytes without Buffer's ways, which nobody above expects. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

function cipherInputs(
  by: EpochKey,
  salt: Uint8Array,
): { readonly cipherKey: Uint8Array; readonly nonce: Uint8Array } {
  const derived = hkdf(by.sealing, salt, 'satchel object', 32 + NONCE_BYTES);
  return { cipherKey: derived.subarray(0, 32), nonce: derived.subarray(32) };
}

function checked(
  objectKey: string,
  header: Uint8Array,
  stored: Uint8Array,
  body: Uint8Array,
): Uint8Array {
  if (!equalBytes(stored, checksum(header, objectKey, body))) {
    throw damaged(objectKey, 'its checksum does not match');
  }
  return body;
}

function checksum(header: Uint8Array, objectKey: string, body: Uint8Array): Uint8Array {
  return sha256(header, utf8(objectKey), Uint8Array.of(0), body);
}

function damaged(objectKey: string, reason: string): SatchelError {
  return new SatchelError('damaged', `The object ${objectKey} cannot be read: ${reason}.`, {
    hint:
      'It may still be on its way; Satchel tries again. If it stays so, "satchel verify" ' +
      'lists what is damaged.',
  });
}

function tooLong(objectKey: string, maxBytes: number): SatchelError {
  return damaged(
    objectKey,
    `its body is longer than the ${maxBytes} bytes such an object may have`,
  );
}

function newerLayout(objectKey: string): NewerFormatError {
  return new NewerFormatError(
    'damaged',
    `The object ${objectKey} is of a format this Satchel does not know.`,
    {
      hint:
        'Install the newest Satchel on this device. If none of your devices runs a newer one, the ' +
        'object was altered: look at who can write to the bucket.',
    },
  );
}
