/**
 * Links: how a further device gets into the repository without its passphrase. A link is a text
 * that one device shows and another one takes in, and an object in the bucket:
 *
 *     the text           satchel: and base32 of
 *       0                layout: 1
 *       1..16            the link's id; its object is links/<id>
 *       17..32           salt
 *       33..             AES-256-GCM of what says where the bucket is and how to get in, with tag
 *       last 4           checksum, so that a text that was cut is told from a wrong code
 *     the object         made, until, and the repository's keys under AES-256-GCM
 *
 * Both are sealed under the code that is told beside the link, stretched with the salt. The salt is
 * in the text alone: whoever has only the bucket has nothing that a code could be tried on, and
 * whoever has only the text finds no key in it. Sources: RFC 9106 (Argon2id), RFC 5869 (HKDF),
 * NIST SP 800-38D (GCM).
 */
import { argon2, createCipheriv, createDecipheriv } from 'node:crypto';
import { promisify } from 'node:util';
import * as z from 'zod';
import {
  concat,
  equalBytes,
  fromBase32,
  fromBase64,
  toBase32,
  toBase64,
  utf8,
} from '../base/bytes.ts';
import { hkdf, sha256 } from '../base/hash.ts';
import type { Random } from '../base/ports.ts';
import { decodeJson, encodeJson, FORMAT } from './json.ts';
import { decodeRing, encodeRing, type KeyRing } from './key-ring.ts';
import { linkKey } from './object-keys.ts';

/** How long a link works, by the clock of the bucket's server. */
export const LINK_LIFE_MS = 15 * 60 * 1000;
/** The longest text of a link that is read: all of its parts at their longest need less. */
export const LINK_MAX_CHARACTERS = 8192;
/** The object with a ring of all epochs has 12 KiB. */
export const LINK_OBJECT_MAX_BYTES = 64 * 1024;

/** A code has 40 bits, so each try is made to cost four times what one at a slot does. */
const ARGON2_COST = { memory: 256 * 1024, passes: 3, parallelism: 4 };

const SCHEME = 'satchel:';
const LAYOUT = 1;
const ID_BYTES = 16;
const SALT_BYTES = 16;
const HEADER_BYTES = 1 + ID_BYTES + SALT_BYTES;
const CHECKSUM_BYTES = 4;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What the text of a link says to whoever has the code. */
export const linkTargetSchema = z.looseObject({
  /** A bucket URL, without what only the machine that made the link knows. */
  bucket: z.string().min(1).max(2048),
  repository: z.string().regex(/^[a-z0-9]{1,64}$/),
  /** When the link dies: milliseconds since the Unix epoch, by the clock of the bucket's server. */
  until: z.int().min(0),
  /** True for a repository without encryption. */
  open: z.boolean().optional(),
  /** An access key: its id and its secret. */
  keys: z.tuple([z.string().min(1).max(256), z.string().min(1).max(1024)]).optional(),
  /** The password of the bucket's user. */
  password: z.string().max(1024).optional(),
});

export type LinkTarget = z.infer<typeof linkTargetSchema>;

/** The object `links/<id>`. */
export const linkObjectSchema = z.looseObject({
  format: z.int().min(1),
  /** When the link was made and when it dies, as the target's `until`. */
  made: z.int().min(0),
  until: z.int().min(0),
  /** The ring, as a slot wraps it, or nothing where there is no encryption: base64. */
  wrapped: z.string().max(LINK_OBJECT_MAX_BYTES),
});

export type LinkObject = z.infer<typeof linkObjectSchema>;

/** A text that was read: what it says takes the code. */
export interface SealedLink {
  /** Of the object in the bucket. */
  readonly id: string;
  readonly header: Uint8Array;
  readonly sealed: Uint8Array;
}

export type ParsedLink =
  | { readonly kind: 'link'; readonly link: SealedLink }
  /** Something was lost or changed on the way, or a later Satchel made it. */
  | { readonly kind: 'none' | 'damaged' | 'newer' };

/** The keys that a code and a salt give. */
interface LinkKeys {
  readonly text: SealKey;
  readonly object: SealKey;
}

interface SealKey {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
}

export interface MadeLink {
  readonly id: string;
  /** In lower case; upper case is the same link, and takes less room in a QR code. */
  readonly text: string;
  /** The body of `links/<id>`. */
  readonly object: Uint8Array;
}

/**
 * Seals a link under a code.
 * @param madeMs when, by the clock of the bucket's server.
 * @param ring the repository's keys; undefined where it is not encrypted.
 */
export async function makeLink(
  { random, madeMs }: { readonly random: Random; readonly madeMs: number },
  code: string,
  target: LinkTarget,
  ring: KeyRing | undefined,
): Promise<MadeLink> {
  const idBytes = random.bytes(ID_BYTES);
  const id = toBase32(idBytes);
  const header = concat([Uint8Array.of(LAYOUT), idBytes, random.bytes(SALT_BYTES)]);
  const keys = await deriveKeys(code, header);
  const whole = concat([header, encrypt(keys.text, header, encodeJson(target))]);
  const object = { format: FORMAT, made: Math.round(madeMs), until: target.until };
  const plain = ring === undefined ? new Uint8Array() : encodeRing(ring);
  const wrapped = encrypt(keys.object, objectContext(id, target.repository, object), plain);
  return {
    id,
    text: SCHEME + toBase32(concat([whole, checksumOf(whole)])),
    object: encodeJson({ ...object, wrapped: toBase64(wrapped) }),
  };
}

/** True for a text that is meant as a link, whole or not. */
export function isLinkText(text: string): boolean {
  return text.trimStart().toLowerCase().startsWith(SCHEME);
}

/** Reads a link as it was typed or pasted: in any case, with line breaks and spaces. */
export function parseLink(text: string): ParsedLink {
  if (!isLinkText(text)) return { kind: 'none' };
  if (text.length > LINK_MAX_CHARACTERS) return { kind: 'damaged' };
  const bytes = fromBase32(text.replace(/\s/g, '').slice(SCHEME.length));
  if (bytes === undefined) return { kind: 'damaged' };
  const whole = bytes.slice(0, -CHECKSUM_BYTES);
  const isIntact = equalBytes(bytes.subarray(whole.length), checksumOf(whole));
  if (!isIntact) return { kind: 'damaged' };
  if (whole[0] !== LAYOUT) return { kind: 'newer' };
  const header = whole.slice(0, HEADER_BYTES);
  const sealed = whole.slice(HEADER_BYTES);
  if (sealed.length < TAG_BYTES) return { kind: 'damaged' };
  return { kind: 'link', link: { id: toBase32(header.slice(1, 1 + ID_BYTES)), header, sealed } };
}

/** A link whose code was right. */
export interface OpenedLink {
  readonly id: string;
  readonly target: LinkTarget;
  readonly objectKey: SealKey;
}

/** What a link says; undefined where the code is another one. @param code as `parseLinkCode` gives it. */
export async function openLink(link: SealedLink, code: string): Promise<OpenedLink | undefined> {
  const keys = await deriveKeys(code, link.header);
  const body = decrypt(keys.text, link.header, link.sealed);
  if (body === undefined) return undefined;
  const target = decodeJson(linkTargetSchema, linkKey(link.id), body);
  return { id: link.id, target, objectKey: keys.object };
}

/** @throws SatchelError `damaged`. */
export function decodeLinkObject(id: string, body: Uint8Array): LinkObject {
  return decodeJson(linkObjectSchema, linkKey(id), body);
}

/**
 * The repository's keys that a link's object holds.
 * @returns an empty ring where the repository is not encrypted, undefined where the object is not
 *   the one that was made with the link.
 */
export function openLinkObject(
  { id, target, objectKey }: OpenedLink,
  object: LinkObject,
): KeyRing | undefined {
  const context = objectContext(id, target.repository, object);
  const plain = decrypt(objectKey, context, fromBase64(object.wrapped));
  if (plain === undefined) return undefined;
  return plain.length === 0 ? [] : decodeRing(plain);
}

const argon2Async = promisify(argon2);

async function deriveKeys(code: string, header: Uint8Array): Promise<LinkKeys> {
  const salt = header.subarray(1 + ID_BYTES);
  const stretched = new Uint8Array(
    await argon2Async('argon2id', {
      message: utf8(code),
      nonce: salt,
      tagLength: KEY_BYTES,
      ...ARGON2_COST,
    }),
  );
  return {
    text: sealKey(stretched, salt, 'satchel link'),
    object: sealKey(stretched, salt, 'satchel link object'),
  };
}

/** Each link has a salt of its own, so no key and nonce ever seal two bodies. */
function sealKey(stretched: Uint8Array, salt: Uint8Array, purpose: string): SealKey {
  const derived = hkdf(stretched, salt, purpose, KEY_BYTES + NONCE_BYTES);
  return { key: derived.subarray(0, KEY_BYTES), nonce: derived.subarray(KEY_BYTES) };
}

function objectContext(
  id: string,
  repository: string,
  { format, made, until }: Pick<LinkObject, 'format' | 'made' | 'until'>,
): Uint8Array {
  return utf8(`satchel link object\0${id}\0${repository}\0${format}\0${made}\0${until}`);
}

function checksumOf(whole: Uint8Array): Uint8Array {
  return sha256(utf8('satchel link checksum'), Uint8Array.of(0), whole).slice(0, CHECKSUM_BYTES);
}

function encrypt({ key, nonce }: SealKey, context: Uint8Array, plain: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(context);
  return concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(
  { key, nonce }: SealKey,
  context: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  if (sealed.length < TAG_BYTES) return undefined;
  const bodyBytes = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, nonce);
  decipher.setAAD(context);
  decipher.setAuthTag(sealed.subarray(bodyBytes));
  try {
    return concat([decipher.update(sealed.subarray(0, bodyBytes)), decipher.final()]);
  } catch {
    return undefined;
  }
}
