import { type CommandModule, GROUPS } from '../command.ts';

export const resumeCommand: CommandModule = {
  name: 'resume',
  register(program, context) {
    program
      .command('resume')
      .summary('end a pause')
      .description('Ends a pause of a collection, or that of everything.')
      .helpGroup(GROUPS.everyDay)
      .argument('[collection]', 'its name, or the beginning of its id (default: everything)')
      .action(async (collection: string | undefined) => {
        const { setPause } = await import('../pausing.ts');
        await setPause(context, collection, false);
      });
  },
};
