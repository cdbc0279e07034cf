import { type CommandModule, GROUPS } from '../command.ts';

export const watchCommand: CommandModule = {
  name: 'watch',
  register(program, context) {
    program
      .command('watch')
      .summary('keep in step until Ctrl-C')
      .description(
        'Keeps this device in step: sends what you save within seconds and looks for what others ' +
          'sent. Goes on while the bucket cannot be reached. Ends with Ctrl-C.',
      )
      .helpGroup(GROUPS.everyDay)
      .addHelpText('after', '\nWith --json, one document a line: "round", "failed", or "pruned".')
      .action(async () => {
        const [{ withSession }, { runWatch }, { borrowing }, { appContext }, { watchReporter }] =
          await Promise.all([
            import('../../app/session.ts'),
            import('../../app/watch.ts'),
            import('../beside-daemon.ts'),
            import('../session.ts'),
            import('../print-watch.ts'),
          ]);
        const app = appContext(context);
        const signal = context.untilInterrupted();
        const watchOnce = (): Promise<'stopped' | 'moved'> =>
          withSession(app, 'watch', async (session) => {
            const names = session.open.size;
            context.terminal.note(
              names === 0
                ? 'No collection is on this device yet; watching the list of collections.'
                : 'Watching. Ctrl-C ends it.',
            );
            return await runWatch(session, watchReporter(context, session.engine.clock), signal);
          });
        await borrowing(context, app, async () => {
          while ((await watchOnce()) === 'moved');
        });
      });
  },
};
