/** The devices of the repository, and this one's name. */
import type { DeviceInfo } from '../api/devices.ts';
import { SatchelError } from '../base/errors.ts';
import { markHeadChanged } from '../replica/meta.ts';
import { allPeers, type Peer } from '../replica/peers.ts';
import { selfId } from '../sync/engine.ts';
import { type RetiredDevice, retiredDevices } from '../sync/retired.ts';
import { changeSettings } from './home.ts';
import type { Session } from './session.ts';
import { isoTime } from './status.ts';

/**
 * This device first. Retired ones are listed even where their heads are gone, and others even where
 * their heads could never be read: they may have to be removed.
 */
export function listDevices(session: Session): DeviceInfo[] {
  const { engine, settings } = session;
  const { platform, app } = engine;
  const retired = retiredDevices(engine);
  const self: DeviceInfo = {
    id: selfId(engine),
    name: settings.deviceName,
    platform,
    app,
    self: true,
    unreadable: false,
    lastSeenAt: isoTime(engine.clock.now()),
    ...NOT_RETIRED,
  };
  const peers = new Map(allPeers(engine.db).map((peer) => [peer.device, peer]));
  const ids = [...peers.keys(), ...[...retired.keys()].filter((id) => !peers.has(id))];
  const others = ids
    .filter((id) => id !== self.id)
    .flatMap((id) => describe(id, peers.get(id), retired.get(id)));
  return [self, ...others];
}

const NOT_RETIRED = { retiredAt: null, lost: false };

function describe(
  id: string,
  peer: Peer | undefined,
  mark: RetiredDevice | undefined,
): readonly DeviceInfo[] {
  const head = peer?.head;
  const unreadable = head === undefined && peer?.error !== undefined;
  if (head === undefined && mark === undefined && !unreadable) return [];
  return [
    {
      id,
      name: head?.device.name ?? mark?.name ?? id.slice(0, 8),
      platform: head?.device.platform ?? '',
      app: head?.device.app ?? '',
      self: false,
      unreadable,
      lastSeenAt: isoTime(head?.time),
      retiredAt: isoTime(mark?.retired),
      lost: mark?.isLost === true,
    },
  ];
}

/** The name of a device by its id; a few letters of the id where none is known. */
export function deviceNames(session: Session): (device: string) => string {
  const names = new Map(listDevices(session).map((device) => [device.id, device.name]));
  return (device) => names.get(device) ?? device.slice(0, 8);
}

/** Gives this device another name; the others hear of it with the next sync. */
export function renameDevice(session: Session, name: string): void {
  const deviceName = checkDeviceName(name);
  changeSettings(session.context.home, (settings) => ({ ...settings, deviceName }));
  markHeadChanged(session.engine.db);
}

const DEVICE_NAME_MAX_LENGTH = 60;

/**
 * The name as it is kept.
 * @throws SatchelError `usage` for one that tables and file names cannot show.
 */
export function checkDeviceName(name: string): string {
  const trimmed = name.trim();
  if (trimmed !== '' && trimmed.length <= DEVICE_NAME_MAX_LENGTH && !/\p{Cc}/u.test(trimmed)) {
    return trimmed;
  }
  throw new SatchelError('usage', `"${name}" cannot be the name of a device.`, {
    hint: `Use 1 to ${DEVICE_NAME_MAX_LENGTH} printable characters.`,
  });
}
