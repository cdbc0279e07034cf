/** From a command to the app: the context it needs, and a session that is closed whatever happens. */
import { resolve } from 'node:path';
import type { AppContext } from '../app/context.ts';
import { resolveHome } from '../app/home.ts';
import { systemClock, systemRandom } from '../app/ports.ts';
import { openForReading, type Session, withSession } from '../app/session.ts';
import { borrowing } from './beside-daemon.ts';
import type { CommandContext } from './command.ts';

/** @param home another one than the command line or the environment names. */
export function appContext(command: CommandContext, home = command.home): AppContext {
  const { terminal, env, workingFolder } = command;
  const given = home === undefined ? undefined : resolve(workingFolder, home);
  return {
    home: resolveHome(given, env, process.platform),
    clock: systemClock,
    random: systemRandom,
    progress: (step, done, total, unit) => terminal.progress.update(step, done, total, unit),
    notice: (message) => terminal.warn(message),
    ask: async (secret) => {
      const { askForSecret } = await import('./passphrase.ts');
      return await askForSecret(command, secret);
    },
  };
}

/** Runs work that only reads, or changes nothing but the replica. Takes no lock. */
export async function reading<T>(
  context: CommandContext,
  work: (session: Session) => T | Promise<T>,
): Promise<T> {
  const session = await openForReading(appContext(context));
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/**
 * Runs work under the lock of the home, which a daemon lends meanwhile.
 * @throws SatchelError `busy` where another Satchel holds it.
 */
export async function working<T>(
  context: CommandContext,
  command: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const app = appContext(context);
  return await borrowing(context, app, () => withSession(app, command, work));
}
