import { ERROR_KINDS } from '../../base/errors.ts';
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
        const [{ needsPerson }, { syncHome }, { appContext }] = await Promise.all([
          import('../../app/sync.ts'),
          import('../../app/sync-home.ts'),
          import('../session.ts'),
        ]);
        const result = await syncHome(appContext(context), 'sync', names);
        context.terminal.json(result);
        printRound(context, result);
        if (result.unreadable.length > 0) context.setExitCode(ERROR_KINDS.damaged.exitCode);
        else if (needsPerson(result)) context.setExitCode(ERROR_KINDS.attention.exitCode);
      });
  },
};
