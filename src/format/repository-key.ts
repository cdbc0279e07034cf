/** The repository key and everything derived from it (rules F6, F7). */
import { equalBytes, fromBase32, toBase32, toHex, utf8 } from '../base/bytes.ts';
import { hkdf, hmac } from '../base/hash.ts';
import type { Random } from '../base/ports.ts';
import { FIRST_EPOCH, KEY_BYTES, type KeyRing, type RingKey } from './key-ring.ts';

const TAG_BYTES = 4;

export type Encryption = 'aes-256-gcm' | 'none';

/** The working keys of one root. */
export interface EpochKey {
  readonly epoch: number;
  /** Tells in an envelope which root sealed it: two devices may have changed the key at once. */
  readonly tag: Uint8Array;
  readonly sealing: Uint8Array;
  readonly blobNames: Uint8Array;
  readonly blobSalts: Uint8Array;
}

/** The keys in use while a repository is open. */
export interface RepositoryKey {
  readonly encryption: Encryption;
  /** Oldest first: the key of each epoch, to read what was sealed with it. */
  readonly epochs: readonly EpochKey[];
  /** The newest of them, with which everything is sealed. */
  readonly newest: EpochKey;
  /** Always of the first root, so that content goes on being cut in the same places. */
  readonly chunking: Uint8Array;
}

export function newRootKey(random: Random): Uint8Array {
  return random.bytes(KEY_BYTES);
}

/** The keys of a repository whose key was never changed, or that is not encrypted. */
export function openRepositoryKey(
  encryption: Encryption,
  repository: string,
  secretRoot: Uint8Array | undefined,
): RepositoryKey {
  const root = secretRoot ?? publicRoot(repository);
  return deriveKeys(encryption, repository, [{ epoch: FIRST_EPOCH, root }]);
}

/** The keys of an encrypted repository. @throws RangeError for an empty ring. */
export function openKeyRing(repository: string, ring: KeyRing): RepositoryKey {
  return deriveKeys('aes-256-gcm', repository, ring);
}

/** What stands for the root where a repository is not encrypted: everybody can make it. */
export function publicRoot(repository: string): Uint8Array {
  return hkdf(utf8(repository), utf8('satchel'), 'public root', KEY_BYTES);
}

function deriveKeys(encryption: Encryption, repository: string, ring: KeyRing): RepositoryKey {
  const derive = (root: Uint8Array, purpose: string): Uint8Array =>
    hkdf(root, utf8(repository), `satchel ${purpose}`, KEY_BYTES);
  const keysOf = ({ epoch, root }: RingKey): EpochKey => ({
    epoch,
    tag: keyTagOf(root, repository),
    sealing: derive(root, 'sealing'),
    blobNames: derive(root, 'blob names'),
    blobSalts: derive(root, 'blob salts'),
  });
  const epochs = ring.map(keysOf);
  const [first] = ring;
  const newest = epochs.at(-1);
  if (first === undefined || newest === undefined) throw new RangeError('the key ring is empty');
  return { encryption, epochs, newest, chunking: derive(first.root, 'chunking') };
}

/** Tells roots apart where they are named in the clear: in envelopes and slots. */
export function keyTagOf(root: Uint8Array, repository: string): Uint8Array {
  return hkdf(root, utf8(repository), 'satchel key tag', KEY_BYTES).slice(0, TAG_BYTES);
}

/** What `satchel.json` holds to tell a right key from a wrong one. */
export function keyCheckOf(root: Uint8Array, repository: string): string {
  return toHex(hmac(root, utf8(`satchel key check\0${repository}`)));
}

export function isRightKey(root: Uint8Array, repository: string, keyCheck: string): boolean {
  return equalBytes(utf8(keyCheckOf(root, repository)), utf8(keyCheck));
}

/** The name of a blob: a keyed hash of its content and generation (rule S12). */
export function blobIdOf(
  key: RepositoryKey,
  chunkHash: Uint8Array,
  generation: number,
  by: EpochKey = key.newest,
): string {
  const counter = new Uint8Array(4);
  new DataView(counter.buffer).setUint32(0, generation);
  return toBase32(hmac(by.blobNames, chunkHash, counter));
}

/** Which key of the ring, and which generation, give a blob its name. */
export interface BlobName {
  readonly by: EpochKey;
  readonly generation: number;
}

/** How a blob got its name; undefined where no key here gives this content that name. */
export function blobNameOf(
  key: RepositoryKey,
  id: string,
  chunkHash: Uint8Array,
): BlobName | undefined {
  for (let generation = 0; generation < BLOB_GENERATIONS; generation += 1) {
    // The newest first: most of what is read was sealed with it.
    const by = key.epochs.findLast((epoch) => blobIdOf(key, chunkHash, generation, epoch) === id);
    if (by !== undefined) return { by, generation };
  }
  return undefined;
}

/** How many times content can be condemned and come back (rule S12). */
export const BLOB_GENERATIONS = 17;

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
