import { type CommandModule, GROUPS } from '../command.ts';
import { keptWholeWords, pruneWords } from '../prune-words.ts';

export const pruneCommand: CommandModule = {
  name: 'prune',
  register(program, context) {
    program
      .command('prune')
      .summary('remove what history no longer keeps')
      .description(
        'Removes from the bucket what no version needs any more: announced at first, and deleted ' +
          'a week later, so that no other device relies on it. All versions are kept for 90 days, ' +
          'then one a day for a year (see "satchel settings"). "up" and "watch" do this monthly.',
      )
      .helpGroup(GROUPS.lookAfter)
      .option('--dry-run', 'only say what would be done')
      .action(async (flags: { readonly dryRun?: boolean }) => {
        const [{ previewPrune, runPrune }, { reading, working }] = await Promise.all([
          import('../../app/prune.ts'),
          import('../session.ts'),
        ]);
        const result =
          flags.dryRun === true
            ? await reading(context, previewPrune)
            : await working(context, 'prune', runPrune);
        const { terminal } = context;
        terminal.json(result);
        for (const line of pruneWords(result)) terminal.print(line);
        const kept = keptWholeWords(result);
        if (kept !== undefined) terminal.note(kept);
      });
  },
};
