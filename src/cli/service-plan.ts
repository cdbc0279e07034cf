/** The service that this command line means: for "service", and for the switch on the page. */
import type { ServicePlan } from '../app/service/plan.ts';
import type { CommandContext } from './command.ts';

/** @throws SatchelError `usage` on systems for which it is not known how services are made. */
export async function planFor(context: CommandContext, port?: number): Promise<ServicePlan> {
  const [{ servicePlan }, { serviceWish }] = await Promise.all([
    import('../app/service/manage.ts'),
    import('../app/service/wish.ts'),
  ]);
  const [, script = ''] = process.argv;
  const wish = serviceWish(context, { node: process.execPath, script }, port);
  return servicePlan(wish, context.env, process.platform);
}
