import type { VersionInfo } from '../../api/time.ts';
import { formatTime } from '../../base/time.ts';
import { type CommandModule, GROUPS } from '../command.ts';
import { formatSize } from '../format.ts';

const STATE_WORDS: Readonly<Record<VersionInfo['state'], string>> = {
  current: 'current',
  conflict: 'in conflict',
  superseded: '',
  deleted: 'deletion',
  pending: 'not sent yet',
};

export const versionsCommand: CommandModule = {
  name: 'versions',
  register(program, context) {
    program
      .command('versions')
      .summary('list every version of a file')
      .description('Lists every version of a file, the newest first; of a deleted file as well.')
      .helpGroup(GROUPS.history)
      .argument('<collection>', 'its name, or the beginning of its id')
      .argument('<path>', 'relative to the folder of the collection')
      .action(async (collection: string, path: string) => {
        const [{ listVersions }, { looking }] = await Promise.all([
          import('../../app/records.ts'),
          import('../looking.ts'),
        ]);
        const target = { collection, path };
        const versions = await looking(context, 'versions', target, listVersions);
        context.terminal.json(versions);
        context.terminal.table(versions, [
          { header: 'Version', cell: ({ id }) => id.slice(0, 8) },
          { header: 'Time', cell: ({ time }) => formatTime(Date.parse(time)) },
          { header: 'Device', cell: ({ device }) => device, shrinks: true },
          {
            header: 'Size',
            align: 'right',
            cell: ({ size }) => (size === null ? '' : formatSize(size)),
          },
          { header: 'State', cell: ({ state }) => STATE_WORDS[state] },
          { header: 'Path', cell: ({ path: called }) => called, shrinks: true },
        ]);
      });
  },
};
