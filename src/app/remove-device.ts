/** Removing a device from the repository: retired, or lost (rules S9a, S14). */

import type { DeviceInfo } from '../api/devices.ts';
import { SatchelError } from '../base/errors.ts';
import { REGISTRY_ID } from '../format/ids.ts';
import { getNote, setNote } from '../replica/meta.ts';
import { isAdoptionComplete, retireDevice } from '../sync/adopt.ts';
import { selfId } from '../sync/engine.ts';
import { listDevices } from './devices.ts';
import { changeRepositoryKey } from './key-ring.ts';
import type { Session } from './session.ts';
import { runSync, syncInPlace } from './sync.ts';
import { errorWords } from './trouble.ts';

export interface Removal {
  readonly device: DeviceInfo;
  readonly isLost: boolean;
  /** True where the repository's key is changed on the way: a lost device has it. */
  readonly changesKey: boolean;
}

/**
 * Brings this device in step, so that all that the other one sent is known, and looks whether it
 * may be removed. Nothing is changed.
 * @param given its name, its id, or the beginning of the id.
 * @throws SatchelError `usage` where it may not; what `syncInPlace` throws.
 */
export async function planRemoval(
  session: Session,
  given: string,
  options: { readonly isLost: boolean; readonly isForced: boolean },
): Promise<Removal> {
  const { isLost, isForced } = options;
  await syncInPlace(session);
  const device = findDevice(session, given);
  if (!isLost && !isForced) refuseRecent(session, device);
  const changesKey =
    isLost &&
    session.settings.encryption !== 'none' &&
    getNote(session.engine.db, REGISTRY_ID, keyNote(device)) === undefined;
  return { device, isLost, changesKey };
}

export interface Removed {
  readonly id: string;
  readonly name: string;
  readonly lost: boolean;
  /** False where something of it could not be kept yet; the next rounds go on. */
  readonly kept: boolean;
  /** True where nothing of it could ever be read here: what it has in the bucket is all there is. */
  readonly unread: boolean;
  /** The new one, shown once, where the key was changed. */
  readonly recoveryKey: string | undefined;
}

/**
 * Removes the device, and keeps what it had saved. Stopped anywhere, it can be run again.
 * @param askPassphrase for the new passphrase, where the key is changed.
 * @param onRecoveryKey called with the new recovery key, before the round that takes its time.
 */
export async function removeDevice(
  session: Session,
  { device, isLost, changesKey }: Removal,
  askPassphrase: () => Promise<string>,
  onRecoveryKey: (recoveryKey: string) => void = () => undefined,
): Promise<Removed> {
  const { engine } = session;
  const { id, name } = device;
  const passphrase = changesKey ? await askPassphrase() : undefined;
  retireDevice(engine, { device: id, name, retired: engine.clock.now(), isLost });
  const recoveryKey =
    passphrase === undefined
      ? undefined
      : await rotateForLost(session, device, passphrase, onRecoveryKey);
  await tellOthers(session);
  const unread = device.unreadable;
  const kept = !unread && isAdoptionComplete(engine, id);
  return { id, name, lost: isLost, kept, unread, recoveryKey };
}

/**
 * What was decided is in the replica, and goes out with any later sync. The recovery key is shown
 * this once, and no failure may come before that.
 */
async function tellOthers(session: Session): Promise<void> {
  try {
    await runSync(session, undefined);
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    session.context.notice(`${errorWords(error)} The next "satchel sync" tells the other devices.`);
  }
}

/** Once for each lost device, however often it is reported; anew where nobody was shown the key. */
async function rotateForLost(
  session: Session,
  device: DeviceInfo,
  passphrase: string,
  onRecoveryKey: (recoveryKey: string) => void,
): Promise<string> {
  const { recoveryKey } = await changeRepositoryKey(session, passphrase);
  onRecoveryKey(recoveryKey);
  setNote(session.engine.db, REGISTRY_ID, keyNote(device), '1');
  return recoveryKey;
}

function keyNote({ id }: DeviceInfo): string {
  return `key-changed-for:${id}`;
}

function findDevice(session: Session, given: string): DeviceInfo {
  const all = listDevices(session);
  const byName = all.filter(({ name }) => name === given);
  const found = byName.length > 0 ? byName : all.filter(({ id }) => id.startsWith(given));
  const [device, ...others] = given === '' ? [] : found;
  if (device === undefined) {
    throw new SatchelError('usage', `There is no device "${given}".`, {
      hint: `There are: ${all.map(({ name, id }) => `${name} (${id.slice(0, 8)})`).join(', ')}.`,
    });
  }
  if (others.length > 0) {
    throw new SatchelError('usage', `Several devices are called "${given}".`, {
      hint: `Use an id: ${found.map(({ id }) => id.slice(0, 8)).join(', ')}.`,
    });
  }
  if (device.id !== selfId(session.engine)) return device;
  throw new SatchelError('usage', `"${device.name}" is this device.`, {
    hint: 'Run the command on another one. To stop carrying a collection here, "satchel detach" it.',
  });
}

const RECENT_MS = 24 * 60 * 60 * 1000;

/** A device that was at work lately is rarely meant: it would only come back. */
function refuseRecent({ engine }: Session, { name, lastSeenAt }: DeviceInfo): void {
  if (lastSeenAt === null || engine.clock.now() - Date.parse(lastSeenAt) > RECENT_MS) return;
  throw new SatchelError('usage', `"${name}" sent something within the last day.`, {
    hint: 'If it is the right one, add --force; if it is out of your hands, add --lost.',
  });
}
