/** Changing the repository's key after a loss: old data stays as it is, new data is out of reach. */
import { SatchelError } from '../base/errors.ts';
import { type KeyRing, LAST_EPOCH, mergeRings } from '../format/key-ring.ts';
import type { Manifest } from '../format/manifest.ts';
import { newRecoveryKey, newRootKey } from '../format/repository-key.ts';
import { laterRootsOf, opensNoMore } from '../format/slot.ts';
import type { ObjectStore } from '../store/store.ts';
import { isRingOf, readManifest } from './repository.ts';
import { addSlot, type RepositoryPorts, readSlots } from './slots.ts';

export interface RotatedKey {
  /** All roots, the fresh one last. To be stored on this device before anything is sealed with it. */
  readonly ring: KeyRing;
  /** The new recovery key, to be shown once. */
  readonly recovery: Uint8Array;
  /**
   * Passphrase slots that open older roots only. To be removed once the ring is stored; whoever is
   * stopped before that can still get in with them.
   */
  readonly outdated: readonly string[];
}

/**
 * Makes a fresh root and puts it into the bucket, wrapped together with the older ones: a slot for
 * the new passphrase and one for a new recovery key. Nothing is sealed with it yet and no slot is
 * removed, so being stopped at any point here changes nothing for anybody.
 * @throws SatchelError `usage` where the repository is not encrypted or its key was changed as
 *   often as can be, `damaged` where the ring is not that of the repository in the bucket.
 */
export async function rotateKey(
  ports: RepositoryPorts,
  ring: KeyRing,
  options: { readonly passphrase: string },
): Promise<RotatedKey> {
  const { store, random } = ports;
  const { repository } = await requireKeyOf(ports, ring);
  const epoch = 1 + Math.max(...ring.map((key) => key.epoch));
  if (epoch > LAST_EPOCH) {
    throw new SatchelError('usage', `The key was changed ${LAST_EPOCH} times already.`, {
      hint: 'Begin a new repository under another prefix.',
    });
  }
  // Listed before the new ones are added, and only those that open no more than this device knows:
  // another device that changes the key at the same time keeps its slots.
  const known = laterRootsOf(ring, repository);
  const outdated = (await readSlots(store))
    .filter(({ slot }) => slot.kind === 'passphrase' && opensNoMore(slot, known))
    .map(({ id }) => id);
  const recovery = newRecoveryKey(random);
  const next = mergeRings(ring, [{ epoch, root: newRootKey(random) }]);
  await addSlot(ports, repository, next, { kind: 'recovery', recovery });
  await addSlot(ports, repository, next, { kind: 'passphrase', passphrase: options.passphrase });
  return { ring: next, recovery, outdated };
}

async function requireKeyOf({ store }: RepositoryPorts, ring: KeyRing): Promise<Manifest> {
  const manifest = await readManifest(store);
  if (manifest?.encryption === 'none') {
    throw new SatchelError('usage', 'The repository is not encrypted: it has no key to change.');
  }
  return requireRingOf(store, manifest, ring);
}

/**
 * The manifest, where it is that of the repository which this ring opens.
 * @throws SatchelError `damaged` where it is another, or there is none.
 */
export function requireRingOf(
  store: ObjectStore,
  manifest: Manifest | undefined,
  ring: KeyRing,
): Manifest {
  if (manifest !== undefined && isRingOf(manifest, ring)) return manifest;
  throw new SatchelError('damaged', `The key of this device does not fit ${store.name}.`, {
    hint: 'The bucket holds another repository, or none. Nothing was changed.',
  });
}
