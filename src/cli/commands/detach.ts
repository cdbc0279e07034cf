import { type CommandModule, GROUPS } from '../command.ts';
import { formatCount } from '../format.ts';

export const detachCommand: CommandModule = {
  name: 'detach',
  register(program, context) {
    program
      .command('detach')
      .summary('stop carrying a collection here; its files stay')
      .description('Stops carrying a collection on this device. Its files stay where they are.')
      .helpGroup(GROUPS.setUp)
      .argument('<collection>', 'its name, or the beginning of its id')
      .action(async (name: string) => {
        const [
          { detachCollectionRoute },
          { detachCollection },
          { askingDaemon },
          { appContext, working },
        ] = await Promise.all([
          import('../../api/collections.ts'),
          import('../../app/collections.ts'),
          import('../beside-daemon.ts'),
          import('../session.ts'),
        ]);
        const { terminal } = context;
        const detached = await askingDaemon(
          appContext(context),
          (daemon) => daemon.call(detachCollectionRoute, { collection: name }),
          () => working(context, 'detach', (session) => detachCollection(session, name)),
        );
        terminal.json(detached);
        terminal.print(
          `"${detached.name}" is no longer carried here. ${detached.folder} stays as it is.`,
        );
        if (detached.pending > 0) {
          const count = formatCount(detached.pending, 'change');
          terminal.warn(`${count} made here had not been sent. They are in the folder only.`);
        }
      });
  },
};
