import { resolve } from 'node:path';
import type { Attached } from '../../app/collections.ts';
import { type CommandModule, GROUPS } from '../command.ts';
import type { Terminal } from '../terminal.ts';

export const attachCommand: CommandModule = {
  name: 'attach',
  register(program, context) {
    program
      .command('attach')
      .summary('bring a collection onto this device')
      .description(
        'Brings a collection of the repository into a folder of this device. A folder that holds ' +
          'the same files already is the normal case: they are matched and not sent again; what ' +
          'differs is held as a conflict, and nothing is overwritten.\n\n' +
          'With --only, this device carries some subfolders and nothing else; what is not here is ' +
          'never taken for deleted. Run it again, without the folder, to choose other subfolders, ' +
          'or without --only for the whole.',
      )
      .helpGroup(GROUPS.setUp)
      .argument('<collection>', 'its name: see "satchel collections"')
      .argument('[folder]', 'an existing folder, or a new one; not needed where it is attached')
      .option('--only <subfolder...>', 'carry these subfolders of the collection only')
      .action(async (name: string, folder: string | undefined, { only }: Options) => {
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
          const place = folder === undefined ? undefined : resolve(workingFolder, folder);
          return await attachCollection(session, name, place, only);
        });
        tell(terminal, attached);
      });
  },
};

interface Options {
  readonly only?: readonly string[];
}

function tell(terminal: Terminal, attached: Attached): void {
  const { id, name, kind, folder, only, unknown, before } = attached;
  terminal.json({ id, name, kind, folder, only: only ?? null });
  const part = only === undefined ? '' : `, of it only ${only.join(', ')}`;
  if (before === undefined) terminal.print(`"${name}" belongs into ${folder} now${part}.`);
  else terminal.print(`"${name}" is carried in ${folder}${part === '' ? ' whole' : part} now.`);
  for (const path of unknown) {
    terminal.warn(`This device knows of no "${path}" in "${name}" yet; the next sync will tell.`);
  }
  if (before !== undefined && only !== undefined) {
    terminal.print('Files outside of that stay where they are, and are carried no longer.');
  }
  terminal.print('Next: "satchel sync" brings it there.');
}
