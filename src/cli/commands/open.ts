import { SatchelError } from '../../base/errors.ts';
import { type CommandModule, GROUPS } from '../command.ts';

export const openCommand: CommandModule = {
  name: 'open',
  register(program, context) {
    program
      .command('open')
      .summary('open the page of the Satchel that is up')
      .description(
        'Prints an address that opens the page signed in, once and within ten minutes, and opens it ' +
          'where there is a desktop.',
      )
      .helpGroup(GROUPS.everyDay)
      .option('--no-browser', 'only print the address')
      .action(async ({ browser }: { readonly browser: boolean }) => {
        const [{ openPageRoute }, { daemonOf }, { openLink }, { appContext }] = await Promise.all([
          import('../../api/page.ts'),
          import('../beside-daemon.ts'),
          import('../browser.ts'),
          import('../session.ts'),
        ]);
        const app = appContext(context);
        const daemon = await daemonOf(app);
        if (daemon === undefined) {
          throw new SatchelError('usage', `No Satchel is up for ${app.home}.`, {
            hint: 'Start it with "satchel up", or let it start by itself: "satchel service install".',
          });
        }
        const { url } = await daemon.call(openPageRoute, {});
        const { terminal } = context;
        terminal.json({ url });
        terminal.print(url);
        if (browser && openLink(url, app.home, context.env)) terminal.note('Opening it …');
      });
  },
};
