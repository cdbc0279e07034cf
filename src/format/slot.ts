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
import { decodeJson, encodeJson, FORMAT } from './json.ts';
import { slotKey } from './object-keys.ts';
import { KEY_BYTES } from './repository-key.ts';

export type SlotSecret =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'recovery'; readonly recovery: Uint8Array };

export interface Argon2Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

/** RFC 9106's second recommended option: 64 MiB, three passes, four lanes. */
export const ARGON2_COST: Argon2Cost = { memoryKiB: 64 * 1024, passes: 3, lanes: 4 };

/** A slot that asks for more than this is refused: it would stall the device, not protect it. */
const ARGON2_LIMIT: Argon2Cost = { memoryKiB: 1024 * 1024, passes: 32, lanes: 64 };

export const slotSchema = z.looseObject({
  format: z.int().min(1),
  kind: z.enum(['passphrase', 'recovery']),
  created: z.number(),
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
});

export type Slot = z.infer<typeof slotSchema>;

const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Wraps the root key for one secret. `cost` concerns passphrases only. */
export async function makeSlot(
  id: string,
  repository: string,
  root: Uint8Array,
  secret: SlotSecret,
  inputs: { readonly random: Random; readonly nowMs: number; readonly cost?: Argon2Cost },
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
  const wrapped = concat([cipher.update(root), cipher.final(), cipher.getAuthTag()]);
  return encodeJson({
    format: FORMAT,
    kind: secret.kind,
    created: inputs.nowMs,
    kdf,
    nonce: toBase64(nonce),
    wrapped: toBase64(wrapped),
  });
}

/** @throws SatchelError `damaged`. */
export function decodeSlot(id: string, body: Uint8Array): Slot {
  return decodeJson(slotSchema, slotKey(id), body);
}

/** The root key, or undefined where the secret does not open this slot. */
export async function openSlot(
  id: string,
  repository: string,
  slot: Slot,
  secret: SlotSecret,
): Promise<Uint8Array | undefined> {
  if (slot.kind !== secret.kind) return undefined;
  const wrapped = fromBase64(slot.wrapped);
  if (wrapped.length !== KEY_BYTES + TAG_BYTES) return undefined;
  try {
    const wrappingKey = await deriveWrappingKey(slot.kdf, secret);
    const decipher = createDecipheriv('aes-256-gcm', wrappingKey, fromBase64(slot.nonce));
    decipher.setAAD(slotContext(id, repository));
    decipher.setAuthTag(wrapped.subarray(KEY_BYTES));
    return concat([decipher.update(wrapped.subarray(0, KEY_BYTES)), decipher.final()]);
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
