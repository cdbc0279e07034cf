/** The repository's keys on this device: taken over from a slot, and changed after a loss. */
import { SatchelError } from '../base/errors.ts';
import { type KeyRing, mergeRings } from '../format/key-ring.ts';
import type { Manifest } from '../format/manifest.ts';
import { formatRecoveryKey } from '../format/repository-key.ts';
import { laterRootsOf, opensNoMore } from '../format/slot.ts';
import { markHeadChanged } from '../replica/meta.ts';
import { rotateKey } from '../sync/key-ring.ts';
import { isKeyMissing } from '../sync/missing-key.ts';
import { requireNotLeft } from '../sync/moved.ts';
import { isRingOf, unlockRepository } from '../sync/repository.ts';
import { removeSlots } from '../sync/slots.ts';
import type { AppContext } from './context.ts';
import { changeSettings, readSettings, type Settings } from './home.ts';
import { atKeyBench, notEncrypted } from './key-bench.ts';
import { choosePlace, isKeychainOff, keptIn, lookUpKeyRing, writeKeyRing } from './secrets.ts';
import type { Session } from './session.ts';

/**
 * Takes the repository's keys from its slots to this device: after the key was changed elsewhere,
 * or where this device has lost its own.
 * @returns how many keys are new here, and whether others are still missing.
 * @throws SatchelError `refused` where what was typed opens nothing; nothing is written then.
 */
export async function unlockHome(
  context: AppContext,
  ask: () => Promise<string>,
): Promise<{ readonly added: number; readonly isPartial: boolean }> {
  const settings = readSettings(context.home);
  if (keptIn(settings).place === 'session') {
    throw new SatchelError('usage', 'This device keeps no key: there is nothing to unlock.', {
      hint: 'It was set up with --session-only, and asks for the passphrase each time.',
    });
  }
  return await atKeyBench(context, async ({ ports, manifest, slots }) => {
    const { ring: opened } = await unlockRepository(ports.store, manifest, await ask());
    const kept = keptIn(settings);
    const isMoved = kept.place === 'keychain' && isKeychainOff();
    const known = isMoved ? [] : await readKnown(context, settings, manifest);
    const ring = mergeRings(known, opened);
    const place = isMoved ? await choosePlace(context, { sessionOnly: false }) : kept;
    await writeKeyRing(context, ring, place);
    if (isMoved) changeSettings(context.home, (now) => ({ ...now, secrets: place }));
    const here = laterRootsOf(ring, manifest.repository);
    const isPartial = slots.some(({ slot }) => !opensNoMore(slot, here));
    return { added: ring.length - known.length, isPartial };
  });
}

/** The keys on this device; none where they are missing, damaged, or of another repository. */
async function readKnown(
  context: AppContext,
  settings: Settings,
  manifest: Manifest,
): Promise<KeyRing> {
  const found = await lookUpKeyRing(context, settings);
  return found.kind === 'found' && isRingOf(manifest, found.ring) ? found.ring : [];
}

/**
 * Changes the repository's key, so that whoever holds the one before cannot read what is saved
 * from now on. The new passphrase and recovery key are in the bucket before anything relies on the
 * new key, and the passphrases that do not open it go last: stopped anywhere, it can be repeated.
 * @throws SatchelError `refused` where this device lacks the newest key itself, `attention` where the
 *   repository went to another bucket.
 */
export async function changeRepositoryKey(
  session: Session,
  passphrase: string,
): Promise<{ readonly recoveryKey: string }> {
  const { context, settings, key, engine } = session;
  if (isKeyMissing(engine)) throw notUnlocked();
  // Another command may have unlocked more while a person was asked for the passphrase.
  await key.reload();
  const ring = await key.ring();
  if (ring === undefined) throw notEncrypted();
  await requireNotLeft(engine);
  const { store, clock, random } = engine;
  const rotated = await rotateKey({ store, clock, random }, ring, { passphrase });
  // Nothing may be sealed with what is wrapped only where nobody looks any more.
  await requireNotLeft(engine);
  await writeKeyRing(context, rotated.ring, keptIn(settings));
  key.use(rotated.ring);
  // The head goes out under the new key even if nothing was saved: others learn of it there.
  markHeadChanged(engine.db);
  await removeSlots(store, rotated.outdated);
  return { recoveryKey: formatRecoveryKey(rotated.recovery) };
}

function notUnlocked(): SatchelError {
  return new SatchelError(
    'refused',
    "The repository's key was changed on another device, and this one does not have it yet.",
    { hint: 'Run "satchel keys unlock" first.' },
  );
}
