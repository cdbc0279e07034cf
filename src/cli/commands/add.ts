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
        const [{ addCollectionRoute }, { addCollection }, { daemonOf }, session] =
          await Promise.all([
            import('../../api/collections.ts'),
            import('../../app/collections.ts'),
            import('../beside-daemon.ts'),
            import('../session.ts'),
          ]);
        const { terminal, workingFolder } = context;
        const place = resolve(workingFolder, folder);
        const daemon = await daemonOf(session.appContext(context));
        const added: Added = await (daemon === undefined
          ? session.working(context, 'add', (held) => addCollection(held, kind, place, name))
          : daemon.call(addCollectionRoute, { kind, folder: place, name }));
        terminal.json({ id: added.id, name: added.name, kind: added.kind, folder: added.folder });
        terminal.print(`"${added.name}" is a collection now, in ${added.folder}.`);
        terminal.print(
          daemon === undefined
            ? 'Next: "satchel sync" sends it.'
            : 'The Satchel that is up sends it.',
        );
      });
  },
};

interface Added {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly folder?: string | undefined | null;
}
