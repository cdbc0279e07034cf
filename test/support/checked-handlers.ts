/** Handlers whose answers are held against the schema of their route: for tests, as it costs time. */
import { ROUTES, type RouteName } from '../../src/api/routes.ts';
import type { Handlers } from '../../src/daemon/handlers.ts';

type AnyHandler = (...args: readonly unknown[]) => Promise<unknown>;

/** The same handlers; one whose answer is not what its route promises fails. */
export function checkAnswers(handlers: Handlers): Handlers {
  const checked = Object.entries(handlers).map(([name, handler]) => {
    const { answer } = ROUTES[name as RouteName];
    const handle = handler as AnyHandler;
    return [name, async (...args: readonly unknown[]) => answer.parse(await handle(...args))];
  });
  return Object.fromEntries(checked);
}
