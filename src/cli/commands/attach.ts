import { resolve } from 'node:path';
import type { attachCollectionRoute } from '../../api/collections.ts';
import type { AnswerOf } from '../../api/route.ts';
import type { DaemonClient } from '../../daemon/client.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';
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
        const [{ daemonOf }, { appContext }] = await Promise.all([
          import('../beside-daemon.ts'),
          import('../session.ts'),
        ]);
        const daemon = await daemonOf(appContext(context));
        const place = folder === undefined ? undefined : resolve(context.workingFolder, folder);
        const wish: Wish = { collection: name, folder: place, only };
        const attached = await (daemon === undefined
          ? attachAlone(context, wish)
          : attachBeside(daemon, wish));
        tell(context.terminal, attached);
        context.terminal.print(
          daemon === undefined
            ? 'Next: "satchel sync" brings it there.'
            : 'The Satchel that is up brings it there.',
        );
      });
  },
};

interface Options {
  readonly only?: readonly string[];
}

interface Wish {
  readonly collection: string;
  readonly folder: string | undefined;
  readonly only: readonly string[] | undefined;
}

type Attached = Pick<
  AnswerOf<typeof attachCollectionRoute>,
  'id' | 'name' | 'kind' | 'folder' | 'only' | 'unknown' | 'before'
>;

async function attachBeside(daemon: DaemonClient, wish: Wish): Promise<Attached> {
  const { attachCollectionRoute } = await import('../../api/collections.ts');
  return await daemon.call(attachCollectionRoute, wish);
}

async function attachAlone(
  context: CommandContext,
  { collection, folder, only }: Wish,
): Promise<Attached> {
  const [{ attachCollection }, { hasCollection }, { pullRegistry }, { working }] =
    await Promise.all([
      import('../../app/collections.ts'),
      import('../../app/collection-list.ts'),
      import('../../app/sync.ts'),
      import('../session.ts'),
    ]);
  const { before, ...attached } = await working(context, 'attach', async (session) => {
    // Another device may have made it since this one last heard of the others.
    if (!hasCollection(session, collection)) await pullRegistry(session);
    return await attachCollection(session, collection, folder, only);
  });
  return {
    ...attached,
    only: attached.only ?? null,
    before: before === undefined ? null : { only: before.only ?? null },
  };
}

function tell(terminal: Terminal, attached: Attached): void {
  const { id, name, kind, folder, only, unknown, before } = attached;
  terminal.json({ id, name, kind, folder, only });
  const part = only === null ? '' : `, of it only ${only.join(', ')}`;
  if (before === null) terminal.print(`"${name}" belongs into ${folder} now${part}.`);
  else terminal.print(`"${name}" is carried in ${folder}${part === '' ? ' whole' : part} now.`);
  for (const path of unknown) {
    terminal.warn(`This device knows of no "${path}" in "${name}" yet; the next sync will tell.`);
  }
  if (before !== null && only !== null) {
    terminal.print('Files outside of that stay where they are, and are carried no longer.');
  }
}
