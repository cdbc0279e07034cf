import type { PendingInfo } from '../../app/records.ts';
import { type CommandModule, GROUPS } from '../command.ts';
import { formatRelativeTime, formatSize } from '../format.ts';

export const pendingCommand: CommandModule = {
  name: 'pending',
  register(program, context) {
    program
      .command('pending')
      .summary('list changes that wait to be sent')
      .description('Lists the changes of this device that are noted and not sent yet.')
      .helpGroup(GROUPS.everyDay)
      .action(async () => {
        const [{ listPending }, { reading }] = await Promise.all([
          import('../../app/records.ts'),
          import('../session.ts'),
        ]);
        const { pending, nowMs } = await reading(context, (session) => ({
          pending: [...listPending(session)],
          nowMs: session.engine.clock.now(),
        }));
        const { terminal } = context;
        terminal.json(pending);
        if (pending.length === 0) terminal.note('Nothing waits to be sent.');
        terminal.table(pending, [
          { header: 'Collection', cell: ({ collection }) => collection, shrinks: true },
          { header: 'Path', cell: ({ path }) => path, shrinks: true },
          { header: 'Change', cell: changeWords },
          {
            header: 'Size',
            align: 'right',
            cell: ({ size }) => (size === null ? '' : formatSize(size)),
          },
          { header: 'When', cell: ({ savedAt }) => formatRelativeTime(Date.parse(savedAt), nowMs) },
        ]);
      });
  },
};

function changeWords({ change, held }: PendingInfo): string {
  if (held) return 'deleted, held for you';
  return change === 'delete' ? 'deleted' : 'saved';
}
