import type { Command } from 'commander';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';
import { formatRelativeTime } from '../format.ts';
import { removedWords } from '../round-words.ts';

export const collectionsCommand: CommandModule = {
  name: 'collections',
  register(program, context) {
    const command = program
      .command('collections')
      .summary('list the collections; rename or remove one')
      .description(
        'Lists the collections of the repository, also those that are not on this device.',
      )
      .helpGroup(GROUPS.lookAfter)
      .usage('[rename|remove]')
      .action(() => list(context));
    addRename(command, context);
    addRemove(command, context);
  },
};

async function list(context: CommandContext): Promise<void> {
  const [{ listCollections }, { reading }] = await Promise.all([
    import('../../app/collection-list.ts'),
    import('../session.ts'),
  ]);
  const { all, nowMs } = await reading(context, (session) => ({
    all: listCollections(session),
    nowMs: session.engine.clock.now(),
  }));
  const { terminal } = context;
  terminal.json(
    all.map(({ id, name, kind, created, folder, only, removed }) => ({
      id,
      name,
      kind,
      created: created === undefined ? null : new Date(created).toISOString(),
      folder: folder ?? null,
      only: only ?? null,
      removed,
    })),
  );
  if (all.length === 0) {
    terminal.note('There are no collections yet: "satchel add vault <folder>" makes one.');
  }
  terminal.table(all, [
    { header: 'Name', cell: ({ name }) => name, shrinks: true },
    { header: 'Kind', cell: ({ kind }) => kind },
    {
      header: 'Made',
      cell: ({ created }) => (created === undefined ? '' : formatRelativeTime(created, nowMs)),
    },
    { header: 'Folder', cell: ({ folder }) => folder ?? '(not on this device)', shrinks: true },
  ]);
  for (const { name } of all.filter(({ removed }) => removed)) terminal.note(removedWords(name));
}

function addRename(command: Command, context: CommandContext): void {
  command
    .command('rename')
    .description('Gives a collection another name, on all devices. Folders keep theirs.')
    .argument('<collection>', 'its name, or the beginning of its id')
    .argument('<new-name>', 'at most 100 characters, and not that of another collection')
    .action(async (name: string, newName: string) => {
      const [
        { renameCollectionRoute },
        { renameCollection },
        { askingDaemon },
        { appContext, reading },
      ] = await Promise.all([
        import('../../api/collections.ts'),
        import('../../app/collections.ts'),
        import('../beside-daemon.ts'),
        import('../session.ts'),
      ]);
      await askingDaemon<unknown>(
        appContext(context),
        (daemon) => daemon.call(renameCollectionRoute, { collection: name, name: newName }),
        () => reading(context, (session) => renameCollection(session, name, newName)),
      );
      const { terminal } = context;
      terminal.json({ name: newName.trim() });
      terminal.print(
        `"${name}" is called "${newName.trim()}" now. The next sync tells the others.`,
      );
    });
}

function addRemove(command: Command, context: CommandContext): void {
  command
    .command('remove')
    .description(
      'Takes a collection off the list, for all devices. Files stay where they are, and what is in ' +
        'the bucket stays as well. Devices that carry it go on until they detach it.',
    )
    .argument('<collection>', 'one that is not on this device: "satchel detach" it first')
    .action(async (name: string) => {
      const [
        { removeCollectionRoute },
        { removeCollection },
        { askingDaemon },
        { appContext, reading },
      ] = await Promise.all([
        import('../../api/collections.ts'),
        import('../../app/collections.ts'),
        import('../beside-daemon.ts'),
        import('../session.ts'),
      ]);
      await askingDaemon<unknown>(
        appContext(context),
        (daemon) => daemon.call(removeCollectionRoute, { collection: name }),
        () => reading(context, (session) => removeCollection(session, name)),
      );
      const { terminal } = context;
      terminal.json({ name });
      terminal.print(`"${name}" is off the list. The next sync tells the others.`);
    });
}
