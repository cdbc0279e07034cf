/** Whether the daemon starts when the person signs in. */
import type { serviceRoute, setServiceRoute } from '../../api/service.ts';
import { installService, removeService, serviceState } from '../../app/service/manage.ts';
import type { ServicePlan } from '../../app/service/plan.ts';
import { SatchelError } from '../../base/errors.ts';
import type { Daemon, Handler } from '../ports.ts';

const service: Handler<typeof serviceRoute> = async (daemon) => {
  const plan = await planOf(daemon).catch((error: unknown) => {
    // On a system without a known way there is nothing to switch.
    if (error instanceof SatchelError) return undefined;
    throw error;
  });
  if (plan === undefined) return { manager: null, isInstalled: false, says: null };
  return await stateOf(plan);
};

/** This daemon may be the service: it is neither ended nor started a second time. */
const setService: Handler<typeof setServiceRoute> = async (daemon, { isInstalled }) => {
  const plan = await planOf(daemon);
  if (plan === undefined) {
    throw new SatchelError('usage', 'This Satchel is not one that starts by itself.', {
      hint: 'Run "satchel service install" for your own.',
    });
  }
  if (isInstalled) {
    requireKeptSecrets(daemon);
    await installService(plan, 'later');
  } else {
    const [problem] = await removeService(plan, plan.disable);
    if (problem !== undefined) throw new SatchelError('internal', problem);
  }
  for (const { id } of daemon.homes()) daemon.news.tell({ type: 'settings', home: id });
  return await stateOf(plan);
};

export const serviceHandlers = { service, setService } as const;

async function planOf(daemon: Daemon): Promise<ServicePlan | undefined> {
  return await daemon.service?.();
}

async function stateOf(plan: ServicePlan) {
  const { manager, isInstalled, says } = await serviceState(plan);
  return { manager, isInstalled, says };
}

/** @throws SatchelError `usage` for a home that asks for its passphrase: nobody would answer. */
function requireKeptSecrets(daemon: Daemon): void {
  const isAsked = daemon.homes().some((host) => {
    return host.session().settings.secrets?.place === 'session';
  });
  if (!isAsked) return;
  throw new SatchelError('usage', 'This device keeps no key, and a service could ask nobody.', {
    hint: 'Start "satchel up" in a terminal, where it asks for the passphrase.',
  });
}
