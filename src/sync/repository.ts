/** Making and opening a repository in a bucket (rules F1, F8). */
import { SatchelError } from '../base/errors.ts';
import type { Clock, Random } from '../base/ports.ts';
import { newObjectId } from '../format/ids.ts';
import { decodeManifest, encodeManifest, type Manifest } from '../format/manifest.ts';
import { HEADS_PREFIX, MANIFEST_KEY, SLOTS_PREFIX, slotKey } from '../format/object-keys.ts';
import {
  type Encryption,
  isRightKey,
  keyCheckOf,
  newRecoveryKey,
  newRootKey,
  openRepositoryKey,
  parseRecoveryKey,
} from '../format/repository-key.ts';
import { decodeSlot, makeSlot, openSlot, type SlotSecret } from '../format/slot.ts';
import type { ObjectStore } from '../store/store.ts';

export interface RepositoryPorts {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: Random;
}

export interface NewRepository {
  readonly repository: string;
  readonly encryption: Encryption;
  /** The secret root key; undefined without encryption. */
  readonly root: Uint8Array | undefined;
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
  const root = options.passphrase === undefined ? undefined : newRootKey(random);
  const recovery = root === undefined ? undefined : newRecoveryKey(random);
  const key = openRepositoryKey(encryption, repository, root);
  const slots: string[] = [];
  if (root !== undefined && recovery !== undefined && options.passphrase !== undefined) {
    const passphrase: SlotSecret = { kind: 'passphrase', passphrase: options.passphrase };
    for (const secret of [passphrase, { kind: 'recovery', recovery } as const]) {
      const id = newObjectId(random);
      const body = await makeSlot(id, repository, root, secret, { random, nowMs: clock.now() });
      slots.push(id);
      await store.put(slotKey(id), body);
    }
  }
  const keyCheck = keyCheckOf(key.root, repository);
  const manifest = { repository, created: clock.now(), encryption, keyCheck };
  await store.put(MANIFEST_KEY, encodeManifest(manifest));
  for (let look = 0; look < LOOKS_AFTER_INIT; look += 1) {
    await clock.sleep(options.pauseMs);
    const written = await readManifest(store);
    if (written?.repository === repository) break;
    // A store may show a new object late; only another repository means that somebody was faster.
    if (written === undefined) continue;
    for (const id of slots) await store.delete(slotKey(id));
    throw repositoryExists(store);
  }
  return { repository, encryption, root, recovery };
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
  const result = await store.get(MANIFEST_KEY, { maxBytes: SMALL_OBJECT_BYTES });
  return result.kind === 'found' ? decodeManifest(result.body) : undefined;
}

/**
 * The root key, by a passphrase or the recovery key. Nothing is written (rule F8).
 * @throws SatchelError `refused` where no slot opens.
 */
export async function unlockRepository(
  store: ObjectStore,
  manifest: Manifest,
  typed: string,
): Promise<Uint8Array> {
  const recovery = parseRecoveryKey(typed);
  const secrets: SlotSecret[] = [{ kind: 'passphrase', passphrase: typed }];
  if (recovery !== undefined && recovery !== 'mistyped') {
    secrets.unshift({ kind: 'recovery', recovery });
  }
  const { objects } = await store.list(SLOTS_PREFIX);
  const slots = await readSlots(
    store,
    objects.map((object) => object.key.slice(SLOTS_PREFIX.length)),
  );
  for (const secret of secrets) {
    for (const { id, slot } of slots) {
      const root = await openSlot(id, manifest.repository, slot, secret);
      if (root !== undefined && isRightKey(root, manifest.repository, manifest.keyCheck))
        return root;
    }
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
      hint: 'Try again, or use the recovery key that "satchel init" printed. Nothing was changed.',
    },
  );
}

/** A repository has a few slots; a thousand made to cost a minute each would stall the device. */
const SLOTS_TRIED = 32;
/** Slots and the manifest are a few hundred bytes. */
const SMALL_OBJECT_BYTES = 64 * 1024;

async function readSlots(
  store: ObjectStore,
  ids: readonly string[],
): Promise<{ readonly id: string; readonly slot: ReturnType<typeof decodeSlot> }[]> {
  const slots = [];
  let damage: unknown;
  for (const id of ids.slice(0, SLOTS_TRIED)) {
    const result = await store.get(slotKey(id), { maxBytes: SMALL_OBJECT_BYTES });
    if (result.kind !== 'found') continue;
    try {
      slots.push({ id, slot: decodeSlot(id, result.body) });
    } catch (error) {
      // One torn slot must not lock out the others; if none is left, its error is the answer.
      damage = error;
    }
  }
  if (slots.length === 0 && damage !== undefined) throw damage;
  return slots;
}

export function repositoryExists(store: ObjectStore): SatchelError {
  return new SatchelError('usage', `There is a Satchel repository in ${store.name} already.`, {
    hint: 'Use "satchel join" to make this device one of its devices, or choose another prefix.',
  });
}
