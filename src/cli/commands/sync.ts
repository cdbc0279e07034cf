import type { SyncResult } from '../../app/sync.ts';
import { ERROR_KINDS } from '../../base/errors.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';
import { collectionWords, costWords, leftOutWords, troubleWords } from '../round-words.ts';

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
        '\nExit code 3 means that something waits for you: a conflict or a problem.\n' +
          'Exit code 7 means that an object in the bucket could not be read; the rest was done.',
      )
      .action(async (names: readonly string[]) => {
        const [{ needsPerson, runSync }, { working }] = await Promise.all([
          import('../../app/sync.ts'),
          import('../session.ts'),
        ]);
        const result = await working(context, 'sync', (session) => runSync(session, names));
        context.terminal.json(result);
        printResult(context, result);
        if (result.unreadable.length > 0) context.setExitCode(ERROR_KINDS.damaged.exitCode);
        else if (needsPerson(result)) context.setExitCode(ERROR_KINDS.attention.exitCode);
      });
  },
};

function printResult({ terminal }: CommandContext, result: SyncResult): void {
  if (result.collections.length === 0) {
    terminal.note('No collection is on this device yet.');
    terminal.note('"satchel add vault <folder>" makes one, "satchel attach" brings one here.');
  }
  for (const part of result.collections) {
    const words = collectionWords(part);
    const isUncertain = words === 'in step' && result.unreadable.length > 0;
    terminal.print(
      `${terminal.style.bold(part.name)}: ${isUncertain ? 'nothing new that could be read' : words}`,
    );
    for (const { path, error } of part.failed) terminal.warn(troubleWords(part.name, path, error));
  }
  if (terminal.isJson) return;
  for (const part of result.collections) {
    const words = leftOutWords(part);
    if (words !== undefined) terminal.note(words);
  }
  if (result.collections.some(({ conflicts }) => conflicts > 0)) {
    terminal.note('Conflicts wait for you: see "satchel conflicts".');
  }
  terminal.note(terminal.style.dim(costWords(result)));
}
