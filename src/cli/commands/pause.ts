import { type CommandModule, GROUPS } from '../command.ts';

export const pauseCommand: CommandModule = {
  name: 'pause',
  register(program, context) {
    program
      .command('pause')
      .summary('let what is up leave a collection out for a while')
      .description(
        'Lets the Satchel that is up leave out a collection, or everything, until "satchel resume": ' +
          'nothing is sent or brought here, once a round under way has ended. It stays so over a restart.',
      )
      .helpGroup(GROUPS.everyDay)
      .argument('[collection]', 'its name, or the beginning of its id (default: everything)')
      .action(async (collection: string | undefined) => {
        const { setPause } = await import('../pausing.ts');
        await setPause(context, collection, true);
      });
  },
};
