/** The repository key and everything derived from it (rules F6, F7). */
import { equalBytes, fromBase32, toBase32, toHex, utf8 } from '../base/bytes.ts';
import { hkdf, hmac } from '../base/hash.ts';
import type { Random } from '../base/ports.ts';

export const KEY_BYTES = 32;

export type Encryption = 'aes-256-gcm' | 'none';

/** The keys in use while a repository is open. */
export interface RepositoryKey {
  readonly encryption: Encryption;
  /** The root: 32 secret bytes, or a public value where the repository is not encrypted. */
  readonly root: Uint8Array;
  readonly sealing: Uint8Array;
  readonly blobNames: Uint8Array;
  readonly blobSalts: Uint8Array;
  readonly chunking: Uint8Array;
}

export function newRootKey(random: Random): Uint8Array {
  return random.bytes(KEY_BYTES);
}

/** Derives the working keys. Without encryption the root is made from the repository's id. */
export function openRepositoryKey(
  encryption: Encryption,
  repository: string,
  secretRoot: Uint8Array | undefined,
): RepositoryKey {
  const root = secretRoot ?? hkdf(utf8(repository), utf8('satchel'), 'public root', KEY_BYTES);
  const derive = (purpose: string): Uint8Array =>
    hkdf(root, utf8(repository), `satchel ${purpose}`, KEY_BYTES);
  return {
    encryption,
    root,
    sealing: derive('sealing'),
    blobNames: derive('blob names'),
    blobSalts: derive('blob salts'),
    chunking: derive('chunking'),
  };
}

/** What `satchel.json` holds to tell a right key from a wrong one. */
export function keyCheckOf(root: Uint8Array, repository: string): string {
  return toHex(hmac(root, utf8(`satchel key check\0${repository}`)));
}

export function isRightKey(root: Uint8Array, repository: string, keyCheck: string): boolean {
  return equalBytes(utf8(keyCheckOf(root, repository)), utf8(keyCheck));
}

/** The name of a blob: a keyed hash of its content and generation (rule S12). */
export function blobIdOf(key: RepositoryKey, chunkHash: Uint8Array, generation: number): string {
  const counter = new Uint8Array(4);
  new DataView(counter.buffer).setUint32(0, generation);
  return toBase32(hmac(key.blobNames, chunkHash, counter));
}

const RECOVERY_BYTES = 20;
const RECOVERY_CHECK_CHARACTERS = 4;
const RECOVERY_GROUP = 4;

/** A fresh recovery key of 160 bits. */
export function newRecoveryKey(random: Random): Uint8Array {
  return random.bytes(RECOVERY_BYTES);
}

/** The recovery key as people print and type it: nine groups of four, the last one a checksum. */
export function formatRecoveryKey(recovery: Uint8Array): string {
  const text = toBase32(recovery) + recoveryChecksum(recovery);
  return (text.match(new RegExp(`.{1,${RECOVERY_GROUP}}`, 'g')) ?? []).join('-').toUpperCase();
}

/** Reads a typed recovery key; undefined where it is none, `mistyped` where a letter is wrong. */
export function parseRecoveryKey(text: string): Uint8Array | 'mistyped' | undefined {
  const letters = text.toLowerCase().replace(/[\s-]/g, '').replace(/0/g, 'o').replace(/1/g, 'l');
  const size = Math.ceil((RECOVERY_BYTES * 8) / 5) + RECOVERY_CHECK_CHARACTERS;
  if (letters.length !== size || !/^[a-z2-7]+$/.test(letters)) return undefined;
  const recovery = fromBase32(letters.slice(0, -RECOVERY_CHECK_CHARACTERS));
  if (recovery?.length !== RECOVERY_BYTES) return undefined;
  const isIntact = letters.endsWith(recoveryChecksum(recovery));
  return isIntact ? recovery : 'mistyped';
}

function recoveryChecksum(recovery: Uint8Array): string {
  const mac = hmac(utf8('satchel recovery checksum'), recovery);
  return toBase32(mac).slice(0, RECOVERY_CHECK_CHARACTERS);
}
