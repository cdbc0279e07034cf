/** The devices of the repository: who they are, this one's name, and removing another. */
import type { devicesRoute, removeDeviceRoute, renameDeviceRoute } from '../../api/devices.ts';
import { bucketAccess } from '../../app/bucket-access.ts';
import { checkDeviceName, listDevices, renameDevice as rename } from '../../app/devices.ts';
import { requireNewPassphrase, requireOpener } from '../../app/key-proof.ts';
import { recoveryKitOf } from '../../app/recovery-kit.ts';
import { planRemoval, removeDevice as remove } from '../../app/remove-device.ts';
import type { Handler } from '../ports.ts';

const devices: Handler<typeof devicesRoute> = async (daemon, { home }) =>
  listDevices(daemon.host(home).session());

const renameDevice: Handler<typeof renameDeviceRoute> = async (daemon, input) => {
  const host = daemon.host(input.home);
  const name = checkDeviceName(input.name);
  // Between two rounds: one under way would publish the name that it began with.
  await host.exclusive(async (session) => rename(session, name));
  host.wake();
  daemon.news.tell({ type: 'settings', home: host.id });
  return { name };
};

const removeDevice: Handler<typeof removeDeviceRoute> = async (daemon, input) => {
  const host = daemon.host(input.home);
  const { device, lost: isLost, force: isForced, present, passphrase } = input;
  const answer = await host.exclusive(async (session) => {
    // Looked up before: the recovery key is shown this once, and no failure may come after it.
    const access = isLost ? { bucketAccess: await bucketAccess(session) } : {};
    const plan = await planRemoval(session, device, { isLost, isForced });
    const removed = await remove(session, plan, async () => {
      await requireOpener(session.context, present);
      return requireNewPassphrase(passphrase);
    });
    const { recoveryKey } = removed;
    const kit = recoveryKey === undefined ? undefined : recoveryKitOf(session.context, recoveryKey);
    return { ...removed, kit, ...access };
  });
  host.wake();
  daemon.news.tell({ type: 'settings', home: host.id });
  return answer;
};

export const deviceHandlers = { devices, renameDevice, removeDevice } as const;
