import type { Comparison } from '../../api/conflicts.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';

export const diffCommand: CommandModule = {
  name: 'diff',
  register(program, context) {
    program
      .command('diff')
      .summary('show the sides of a conflict, or the last change')
      .description(
        'Shows how each side of a conflict differs from what they came from. Without a conflict, ' +
          'how the present version differs from the one before.',
      )
      .helpGroup(GROUPS.history)
      .argument('<collection>', 'its name, or the beginning of its id')
      .argument('<path>', 'relative to the folder of the collection')
      .action(async (collection: string, path: string) => {
        const [{ compareSides }, { looking }] = await Promise.all([
          import('../../app/compare.ts'),
          import('../looking.ts'),
        ]);
        const target = { collection, path };
        const comparison = await looking(context, 'diff', target, compareSides);
        if (context.terminal.isJson) context.terminal.json(await document(comparison));
        else await print(context, comparison);
      });
  },
};

async function document(comparison: Comparison) {
  const { unifiedDiff } = await import('../patch.ts');
  const { base, local, remotes } = comparison;
  const diffs = await Promise.all(
    [local, ...remotes]
      .filter((side) => side !== null)
      .map(async (side) => ({
        from: base?.version ?? null,
        to: side.version,
        lines: (await unifiedDiff(base, side)) ?? null,
      })),
  );
  return { ...comparison, diffs };
}

async function print({ terminal }: CommandContext, comparison: Comparison): Promise<void> {
  const { printDiff } = await import('../patch.ts');
  const { base, local, remotes } = comparison;
  if (local !== null) {
    const isConflict = remotes.length > 0;
    const names = isConflict ? { from: 'base', to: 'local' } : { from: 'before', to: 'now' };
    await printDiff(terminal, base, local, names);
  }
  for (const remote of remotes) {
    terminal.print('');
    await printDiff(terminal, base, remote, { from: 'base', to: 'remote' });
  }
}
