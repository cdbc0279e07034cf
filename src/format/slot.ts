/**
 * Key slots: the repository key, wrapped by a passphrase or by the recovery key (rule F8).
 * Slots are immutable and randomly named. Sources: RFC 9106 (Argon2id), NIST SP 800-38D (GCM).
 */
import { argon2, createCipheriv, createDecipheriv } from 'node:crypto';
import { promisify } from 'node:util';
import * as z from 'zod';
import { concat, fromBase64, toBase64, utf8 } from '../base/bytes.ts';
import { SatchelError } from '../base/errors.ts';
import { hkdf } from '../base/hash.ts';
import type { Random } from '../base/ports.ts';
import { decodeJson, encodeJson } from './json.ts';
import { decodeRing, encodeRing, KEY_BYTES, type KeyRing } from './key-ring.ts';
import { slotKey } from './object-keys.ts';
import { keyTagOf } from './repository-key.ts';

export type SlotSecret =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'recovery'; readonly recovery: Uint8Array };

export interface Argon2Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

/** A slot that wraps the first root alone. */
const ONE_KEY_FORMAT = 1;
/** One that wraps a ring, for which a Satchel that knows none has to ask for a newer one. */
const RING_FORMAT = 2;

/** RFC 9106's second recommended option: 64 MiB, three passes, four lanes. */
export const ARGON2_COST: Argon2Cost = { memoryKiB: 64 * 1024, passes: 3, lanes: 4 };

/** A slot that asks for more than this is refused: it would stall the device, not protect it. */
const ARGON2_LIMIT: Argon2Cost = { memoryKiB: 1024 * 1024, passes: 32, lanes: 64 };

export const SLOT_NAME_MAX_LENGTH = 60;

export const slotSchema = z.looseObject({
  format: z.int().min(1),
  kind: z.enum(['passphrase', 'recovery']),
  created: z.number(),
  /** What a person calls it, to tell passphrases apart. In the clear. */
  name: z.string().max(SLOT_NAME_MAX_LENGTH).optional(),
  kdf: z.discriminatedUnion('name', [
    z.looseObject({
      name: z.literal('argon2id'),
      salt: z.string(),
      memoryKiB: z.int().min(8).max(ARGON2_LIMIT.memoryKiB),
      passes: z.int().min(1).max(ARGON2_LIMIT.passes),
      lanes: z.int().min(1).max(ARGON2_LIMIT.lanes),
    }),
    z.looseObject({ name: z.literal('hkdf-sha256'), salt: z.string() }),
  ]),
  nonce: z.string(),
  wrapped: z.string(),
  /** In a slot of a ring: the tags of the roots after the first, base64. In the clear. */
  tags: z.array(z.string()).optional(),
});

export type Slot = z.infer<typeof slotSchema>;

const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface SlotInputs {
  readonly random: Random;
  readonly nowMs: number;
  readonly name?: string | undefined;
  /** For passphrases only. */
  readonly cost?: Argon2Cost;
}

/** Wraps the ring for one secret. */
export async function makeSlot(
  id: string,
  repository: string,
  ring: KeyRing,
  secret: SlotSecret,
  inputs: SlotInputs,
): Promise<Uint8Array> {
  const salt = toBase64(inputs.random.bytes(SALT_BYTES));
  const kdf: Slot['kdf'] =
    secret.kind === 'recovery'
      ? { name: 'hkdf-sha256', salt }
      : { name: 'argon2id', salt, ...(inputs.cost ?? ARGON2_COST) };
  const wrappingKey = await deriveWrappingKey(kdf, secret);
  const nonce = inputs.random.bytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', wrappingKey, nonce);
  cipher.setAAD(slotContext(id, repository));
  const plain = encodeRing(ring);
  const wrapped = concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return encodeJson({
    format: plain.length === KEY_BYTES ? ONE_KEY_FORMAT : RING_FORMAT,
    kind: secret.kind,
    created: inputs.nowMs,
    ...(inputs.name === undefined ? {} : { name: inputs.name }),
    kdf,
    nonce: toBase64(nonce),
    wrapped: toBase64(wrapped),
    ...(plain.length === KEY_BYTES ? {} : { tags: laterRootsOf(ring, repository) }),
  });
}

/** @throws SatchelError `damaged`. */
export function decodeSlot(id: string, body: Uint8Array): Slot {
  return decodeJson(slotSchema, slotKey(id), body, RING_FORMAT);
}

/**
 * The roots of a ring that came after the first, by their tags. Their number would not do to compare
 * slots: two devices may have changed the key at the same time.
 */
export function laterRootsOf(ring: KeyRing, repository: string): readonly string[] {
  return ring.slice(1).map(({ root }) => toBase64(keyTagOf(root, repository)));
}

/** The roots after the first that a slot wraps: anybody can see which. */
export function laterRootsIn({ tags = [] }: Slot): readonly string[] {
  return tags;
}

/** True where a slot opens nothing that these roots, the first besides, do not open as well. */
export function opensNoMore(slot: Slot, laterRoots: readonly string[]): boolean {
  return laterRootsIn(slot).every((tag) => laterRoots.includes(tag));
}

/** The ring, or undefined where the secret does not open this slot. */
export async function openSlot(
  id: string,
  repository: string,
  slot: Slot,
  secret: SlotSecret,
): Promise<KeyRing | undefined> {
  if (slot.kind !== secret.kind) return undefined;
  const wrapped = fromBase64(slot.wrapped);
  const ringBytes = wrapped.length - TAG_BYTES;
  try {
    const wrappingKey = await deriveWrappingKey(slot.kdf, secret);
    const decipher = createDecipheriv('aes-256-gcm', wrappingKey, fromBase64(slot.nonce));
    decipher.setAAD(slotContext(id, repository));
    decipher.setAuthTag(wrapped.subarray(ringBytes));
    return decodeRing(concat([decipher.update(wrapped.subarray(0, ringBytes)), decipher.final()]));
  } catch {
    // The secret is another one, or the slot's numbers cannot be used: it does not open.
    return undefined;
  }
}

function slotContext(id: string, repository: string): Uint8Array {
  return utf8(`satchel slot\0${repository}\0${id}`);
}

const argon2Async = promisify(argon2);

async function deriveWrappingKey(kdf: Slot['kdf'], secret: SlotSecret): Promise<Uint8Array> {
  const salt = fromBase64(kdf.salt);
  if (secret.kind === 'recovery' && kdf.name === 'hkdf-sha256') {
    return hkdf(secret.recovery, salt, 'satchel recovery slot', KEY_BYTES);
  }
  if (secret.kind === 'passphrase' && kdf.name === 'argon2id') {
    const derived = await argon2Async('argon2id', {
      message: utf8(secret.passphrase.normalize('NFC')),
      nonce: salt,
      parallelism: kdf.lanes,
      tagLength: KEY_BYTES,
      memory: kdf.memoryKiB,
      passes: kdf.passes,
    });
    return new Uint8Array(derived);
  }
  throw new SatchelError(
    'damaged',
    'A key slot names a key derivation that does not fit its kind.',
  );
}
