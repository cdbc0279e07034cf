/** Making and opening a repository in a bucket (rules F1, F8). */
import { SatchelError } from '../base/errors.ts';
import { newObjectId } from '../format/ids.ts';
import { FIRST_EPOCH, type KeyRing, mergeRings } from '../format/key-ring.ts';
import {
  decodeManifest,
  encodeManifest,
  MANIFEST_MAX_BYTES,
  type Manifest,
} from '../format/manifest.ts';
import { HEADS_PREFIX, MANIFEST_KEY, SLOTS_PREFIX } from '../format/object-keys.ts';
import {
  type Encryption,
  isRightKey,
  keyCheckOf,
  newRecoveryKey,
  newRootKey,
  parseRecoveryKey,
  publicRoot,
} from '../format/repository-key.ts';
import { laterRootsOf, openSlot, opensNoMore, type SlotSecret } from '../format/slot.ts';
import type { ObjectStore } from '../store/store.ts';
import { addSlot, type RepositoryPorts, readSlots, removeSlots } from './slots.ts';

export interface NewRepository {
  readonly repository: string;
  readonly encryption: Encryption;
  /** The secret root, alone in a ring; undefined without encryption. */
  readonly ring: KeyRing | undefined;
  /** To be shown once and kept on paper; undefined without encryption. */
  readonly recovery: Uint8Array | undefined;
}

/**
 * Writes a new repository: key slots first, `satchel.json` last, then looks whether another
 * device did the same in the meantime.
 * @param pauseMs how long to wait before that look.
 * @throws SatchelError `usage` where there is a repository already.
 */
export async function createRepository(
  ports: RepositoryPorts,
  options: { readonly passphrase: string | undefined; readonly pauseMs: number },
): Promise<NewRepository> {
  const { store, clock, random } = ports;
  const found = await store.get(MANIFEST_KEY);
  if (found.kind !== 'missing') throw repositoryExists(store);
  await refuseRemains(store);
  const repository = newObjectId(random);
  const encryption: Encryption = options.passphrase === undefined ? 'none' : 'aes-256-gcm';
  const root = options.passphrase === undefined ? publicRoot(repository) : newRootKey(random);
  const ring = options.passphrase === undefined ? undefined : [{ epoch: FIRST_EPOCH, root }];
  const recovery = ring === undefined ? undefined : newRecoveryKey(random);
  const slots: string[] = [];
  if (ring !== undefined && recovery !== undefined && options.passphrase !== undefined) {
    const passphrase: SlotSecret = { kind: 'passphrase', passphrase: options.passphrase };
    for (const secret of [passphrase, { kind: 'recovery', recovery } as const]) {
      slots.push(await addSlot(ports, repository, ring, secret));
    }
  }
  const keyCheck = keyCheckOf(root, repository);
  const manifest = { repository, created: clock.now(), encryption, keyCheck };
  await store.put(MANIFEST_KEY, encodeManifest(manifest));
  for (let look = 0; look < LOOKS_AFTER_INIT; look += 1) {
    await clock.sleep(options.pauseMs);
    const written = await readManifest(store);
    if (written?.repository === repository) break;
    // A store may show a new object late; only another repository means that somebody was faster.
    if (written === undefined) continue;
    await removeSlots(store, slots);
    throw repositoryExists(store);
  }
  return { repository, encryption, ring, recovery };
}

/**
 * A folder that another program carries may show heads and slots before `satchel.json`, and it may
 * have been deleted by mistake: a second repository there would lock out the first one's devices.
 * @throws SatchelError `damaged` where the bucket holds parts of a repository.
 */
export async function refuseRemains(store: ObjectStore): Promise<void> {
  for (const prefix of [HEADS_PREFIX, SLOTS_PREFIX]) {
    const { objects } = await store.list(prefix);
    if (objects.length === 0) continue;
    throw new SatchelError(
      'damaged',
      `${store.name} holds parts of a repository, but ${MANIFEST_KEY} is missing.`,
      {
        hint:
          'If another program carries the folder, wait until it is done. ' +
          (prefix === SLOTS_PREFIX
            ? `If an "init" was cut off here, empty ${SLOTS_PREFIX} and run it again.`
            : `Otherwise restore ${MANIFEST_KEY} from a copy, or use an empty prefix.`),
      },
    );
  }
}

const LOOKS_AFTER_INIT = 3;

/** What the bucket says it is; undefined where it holds no repository. @throws `damaged`. */
export async function readManifest(store: ObjectStore): Promise<Manifest | undefined> {
  const result = await store.get(MANIFEST_KEY, { maxBytes: MANIFEST_MAX_BYTES });
  return result.kind === 'found' ? decodeManifest(result.body) : undefined;
}

export interface Unlocked {
  readonly ring: KeyRing;
  /** True where other slots open more: what was typed is from before a change of the key. */
  readonly isPartial: boolean;
}

/**
 * The repository's key, by a passphrase or the recovery key. Nothing is written (rule F8).
 * @throws SatchelError `refused` where no slot opens.
 */
export async function unlockRepository(
  store: ObjectStore,
  manifest: Manifest,
  typed: string,
): Promise<Unlocked> {
  const recovery = parseRecoveryKey(typed);
  const secrets: SlotSecret[] = [{ kind: 'passphrase', passphrase: typed }];
  if (recovery !== undefined && recovery !== 'mistyped') {
    secrets.unshift({ kind: 'recovery', recovery });
  }
  const slots = await readSlots(store);
  for (const secret of secrets) {
    let ring: KeyRing = [];
    for (const { id, slot } of slots) {
      const opened = await openSlot(id, manifest.repository, slot, secret);
      // The same passphrase may have been chosen for several slots, of several ages.
      if (opened !== undefined && isRingOf(manifest, opened)) ring = mergeRings(ring, opened);
    }
    if (ring.length === 0) continue;
    const opened = laterRootsOf(ring, manifest.repository);
    return { ring, isPartial: slots.some(({ slot }) => !opensNoMore(slot, opened)) };
  }
  if (slots.length === 0) {
    throw new SatchelError('damaged', `No key slot is left in ${store.name}.`, {
      hint: 'Without a slot the repository cannot be opened. Restore "keys/" from a copy of the bucket.',
    });
  }
  throw new SatchelError(
    'refused',
    recovery === 'mistyped'
      ? 'This recovery key has a typing error: its last group does not fit the rest.'
      : 'The passphrase is wrong.',
    {
      hint:
        'Try again, or use the recovery key. If the passphrase was changed on another device, use ' +
        'the new one. Nothing was changed.',
    },
  );
}

/** True where the first root is that of the repository: later ones come with it in one slot. */
export function isRingOf({ repository, keyCheck }: Manifest, ring: KeyRing): boolean {
  const [first] = ring;
  return first !== undefined && first.epoch === 0 && isRightKey(first.root, repository, keyCheck);
}

export function repositoryExists(store: ObjectStore): SatchelError {
  return new SatchelError('usage', `There is a Satchel repository in ${store.name} already.`, {
    hint: 'Use "satchel join" to make this device one of its devices, or choose another prefix.',
  });
}
