import { resolve } from 'node:path';
import { type CommandModule, GROUPS } from '../command.ts';

export const attachCommand: CommandModule = {
  name: 'attach',
  register(program, context) {
    program
      .command('attach')
      .summary('bring a collection onto this device')
      .description(
        'Brings a collection of the repository into a folder of this device. A folder that holds ' +
          'the same files already is the normal case: they are matched and not sent again; what ' +
          'differs is held as a conflict, and nothing is overwritten.',
      )
      .helpGroup(GROUPS.setUp)
      .argument('<collection>', 'its name: see "satchel collections"')
      .argument('<folder>', 'an existing folder, or a new one')
      .action(async (name: string, folder: string) => {
        const [{ attachCollection }, { hasCollection }, { pullRegistry }, { working }] =
          await Promise.all([
            import('../../app/collections.ts'),
            import('../../app/collection-list.ts'),
            import('../../app/sync.ts'),
            import('../session.ts'),
          ]);
        const { terminal, workingFolder } = context;
        const attached = await working(context, 'attach', async (session) => {
          // Another device may have made it since this one last heard of the others.
          if (!hasCollection(session, name)) await pullRegistry(session);
          return await attachCollection(session, name, resolve(workingFolder, folder));
        });
        const { id, kind } = attached;
        terminal.json({ id, name: attached.name, kind, folder: attached.folder });
        terminal.print(`"${attached.name}" belongs into ${attached.folder} now.`);
        terminal.print('Next: "satchel sync" brings it there.');
      });
  },
};
