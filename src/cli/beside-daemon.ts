/**
 * Commands beside a running daemon. Two never work in one home: where a daemon has it, a command
 * asks it to do the work, or borrows the home.
 */
import { lendRoute } from '../api/status.ts';
import type { AppContext } from '../app/context.ts';
import { VERSION } from '../app/version.ts';
import type { DaemonClient } from '../daemon/client.ts';
import type { CommandContext } from './command.ts';

/** Borrowing that takes longer than this is told of: a round may be under way. */
const TOLD_AFTER_MS = 2000;

/** The daemon that has the home, told of where it is of another version; undefined where none runs. */
export async function daemonOf({ home, notice }: AppContext): Promise<DaemonClient | undefined> {
  const { connectDaemon } = await import('../daemon/client.ts');
  const daemon = await connectDaemon(home);
  const version = daemon?.version;
  if (version !== undefined && version !== VERSION) {
    notice(
      `The Satchel that is up here is of version ${version}, and this is ${VERSION}: end it, and ` +
        'start it again. Where it is a service, "satchel service install" does both.',
    );
  }
  return daemon;
}

/** Asks the daemon that has the home; where none runs, the work is done here. */
export async function askingDaemon<T>(
  app: AppContext,
  ask: (daemon: DaemonClient) => Promise<T>,
  alone: () => Promise<T>,
): Promise<T> {
  const daemon = await daemonOf(app);
  return await (daemon === undefined ? alone() : ask(daemon));
}

/**
 * Runs work that needs the home for itself. A daemon that has it leaves it alone meanwhile, and
 * takes it back when the work is over or this process has ended, however it ends.
 * @throws SatchelError as the work; `busy` where the daemon or another command does not let go.
 */
export async function borrowing<T>(
  { terminal }: CommandContext,
  app: AppContext,
  work: () => Promise<T>,
): Promise<T> {
  const daemon = await daemonOf(app);
  if (daemon === undefined) return await work();
  const waiting = new AbortController();
  void app.clock.sleep(TOLD_AFTER_MS, waiting.signal).then(() => {
    if (waiting.signal.aborted) return;
    terminal.note('Waiting until the Satchel that is up here has ended its round …');
  });
  const loan = await borrow(app, daemon).finally(() => waiting.abort());
  try {
    return await work();
  } finally {
    loan?.release();
  }
}

/** Undefined where the daemon ended while it was asked: the home is free then. */
async function borrow(app: AppContext, daemon: DaemonClient) {
  try {
    return await daemon.hold(lendRoute, {});
  } catch (error) {
    if ((await daemonOf(app)) !== undefined) throw error;
    return undefined;
  }
}
