import { resolve } from 'node:path';
import { type CommandModule, GROUPS } from '../command.ts';

export const addCommand: CommandModule = {
  name: 'add',
  register(program, context) {
    program
      .command('add')
      .summary('make a collection of a folder')
      .description(
        'Makes a new collection of a folder on this device. Its files stay where they are.',
      )
      .helpGroup(GROUPS.setUp)
      .argument('<kind>', 'vault: a folder of any files')
      .argument('<folder>', 'the folder; what is in it is sent with the next sync')
      .option('--name <name>', "the collection's name on all devices (default: the folder's)")
      .action(async (kind: string, folder: string, { name }: { readonly name?: string }) => {
        const [{ addCollection }, { working }] = await Promise.all([
          import('../../app/collections.ts'),
          import('../session.ts'),
        ]);
        const { terminal, workingFolder } = context;
        const added = await working(context, 'add', (session) =>
          addCollection(session, kind, resolve(workingFolder, folder), name),
        );
        terminal.json({ id: added.id, name: added.name, kind: added.kind, folder: added.folder });
        terminal.print(`"${added.name}" is a collection now, in ${added.folder}.`);
        terminal.print('Next: "satchel sync" sends it.');
      });
  },
};
