/** Changing the repository's key after a loss: old data stays as it is, new data is out of reach. */
import { SatchelError } from '../base/errors.ts';
import { type KeyRing, LAST_EPOCH, mergeRings } from '../format/key-ring.ts';
import type { Manifest } from '../format/manifest.ts';
import { newRecoveryKey, newRootKey } from '../format/repository-key.ts';
import { laterRootsOf, openSlot, opensNoMore, type SlotSecret } from '../format/slot.ts';
import type { ObjectStore } from '../store/store.ts';
import { isRingOf, readManifest } from './repository.ts';
import { addSlot, type RepositoryPorts, readSlots, type SlotEntry } from './slots.ts';

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
 * the new passphrase and then one for a new recovery key. Nothing is sealed with it yet and no slot
 * is removed, so being stopped at any point here changes nothing for anybody. Begun again with the
 * same passphrase, it takes up the root of the change that was stopped.
 * @throws SatchelError `usage` where the repository is not encrypted or its key was changed as
 *   often as can be, `damaged` where the ring is not that of the repository in the bucket.
 */
export async function rotateKey(
  ports: RepositoryPorts,
  ring: KeyRing,
  options: { readonly passphrase: string },
): Promise<RotatedKey> {
  const { store, random } = ports;
  const manifest = await requireKeyOf(ports, ring);
  const { repository } = manifest;
  // Listed before the new ones are added, and only those that open no more than this device knows
  // are outdated: another device that changes the key at the same time keeps its slots.
  const slots = await readSlots(store);
  const secret = { kind: 'passphrase', passphrase: options.passphrase } as const;
  const present = await withStoppedChange(manifest, ring, slots, secret);
  const epoch = 1 + Math.max(...present.map((key) => key.epoch));
  if (epoch > LAST_EPOCH) {
    throw new SatchelError('usage', `The key was changed ${LAST_EPOCH} times already.`, {
      hint: 'Begin a new repository under another prefix.',
    });
  }
  const known = laterRootsOf(present, repository);
  const outdated = slots
    .filter(({ slot }) => slot.kind === 'passphrase' && opensNoMore(slot, known))
    .map(({ id }) => id);
  const recovery = newRecoveryKey(random);
  const next = mergeRings(present, [{ epoch, root: newRootKey(random) }]);
  // A person knows the passphrase already, and nobody the recovery key: stopped in between, nothing
  // is left that nobody can open.
  await addSlot(ports, repository, next, secret);
  await addSlot(ports, repository, next, { kind: 'recovery', recovery });
  return { ring: next, recovery, outdated };
}

/** The ring with the root of a change that was stopped before any device had stored it. */
async function withStoppedChange(
  manifest: Manifest,
  ring: KeyRing,
  slots: readonly SlotEntry[],
  secret: SlotSecret,
): Promise<KeyRing> {
  const { repository } = manifest;
  let known = ring;
  for (const { id, slot } of slots) {
    if (slot.kind !== secret.kind || opensNoMore(slot, laterRootsOf(known, repository))) continue;
    const opened = await openSlot(id, repository, slot, secret);
    if (opened !== undefined && isRingOf(manifest, opened)) known = mergeRings(known, opened);
  }
  return known;
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
