import type { SyncResult } from '../../api/status.ts';
import type { AppContext } from '../../app/context.ts';
import { ERROR_KINDS } from '../../base/errors.ts';
import type { DaemonClient } from '../../daemon/client.ts';
import { type CommandModule, GROUPS } from '../command.ts';
import { printRound } from '../print-round.ts';

export const syncCommand: CommandModule = {
  name: 'sync',
  register(program, context) {
    program
      .command('sync')
      .summary('bring this device and the bucket in step, once')
      .description(
        'Takes in what changed here, brings what changed elsewhere, and sends the rest. Once.',
      )
      .helpGroup(GROUPS.everyDay)
      .argument('[collections...]', 'only these (default: all on this device)')
      .addHelpText(
        'after',
        '\nExit code 3 means that something waits for you: a conflict, deletions to\napprove, or a problem.\n' +
          'Exit code 7 means that an object in the bucket could not be read; the rest was done.',
      )
      .action(async (names: readonly string[]) => {
        const [{ needsPerson }, { daemonOf }, { appContext }] = await Promise.all([
          import('../../app/sync.ts'),
          import('../beside-daemon.ts'),
          import('../session.ts'),
        ]);
        const app = appContext(context);
        const result = await runRound(app, await daemonOf(app), names);
        context.terminal.json(result);
        printRound(context, result);
        if (result.unreadable.length > 0) context.setExitCode(ERROR_KINDS.damaged.exitCode);
        else if (needsPerson(result)) context.setExitCode(ERROR_KINDS.attention.exitCode);
      });
  },
};

/** Where a daemon has the home, it runs the round. */
async function runRound(
  app: AppContext,
  daemon: DaemonClient | undefined,
  names: readonly string[],
): Promise<SyncResult> {
  if (daemon === undefined) {
    const { syncHome } = await import('../../app/sync-home.ts');
    return await syncHome(app, 'sync', names);
  }
  const { syncBeside } = await import('../sync-beside.ts');
  return await syncBeside(app, daemon, names);
}
