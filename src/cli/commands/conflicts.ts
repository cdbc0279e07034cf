import type { ConflictInfo } from '../../api/conflicts.ts';
import { formatTime } from '../../base/time.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';
import { formatSize } from '../format.ts';

export const conflictsCommand: CommandModule = {
  name: 'conflicts',
  register(program, context) {
    program
      .command('conflicts')
      .summary('list what waits for your choice')
      .description('Lists files that were changed differently on several devices, with all sides.')
      .helpGroup(GROUPS.history)
      .action(async () => {
        const [{ listConflicts }, { reading }] = await Promise.all([
          import('../../app/conflicts.ts'),
          import('../session.ts'),
        ]);
        const conflicts = await reading(context, listConflicts);
        const { terminal } = context;
        terminal.json(conflicts);
        if (conflicts.length === 0) terminal.note('No conflicts.');
        if (conflicts.length === 0 || terminal.isJson) return;
        for (const conflict of conflicts) printConflict(context, conflict);
        terminal.note('"satchel diff <collection> <path>" shows the sides; to settle one:');
        terminal.note('"satchel resolve <collection> <path> --keep local|remote|both"');
      });
  },
};

function printConflict({ terminal }: CommandContext, conflict: ConflictInfo): void {
  const { bold, dim } = terminal.style;
  terminal.print(`${conflict.collection}  ${bold(conflict.path)}`);
  for (const { isLocal, version, device, time, size } of conflict.sides) {
    terminal.print(
      [
        `  ${isLocal ? 'local ' : 'remote'}`,
        dim(version.slice(0, 8)),
        formatTime(Date.parse(time)),
        device,
        size === null ? '(deleted)' : formatSize(size),
      ].join('  '),
    );
  }
}
