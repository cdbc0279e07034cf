import type { Command } from 'commander';
import { SatchelError } from '../../base/errors.ts';
import { formatTime } from '../../base/time.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';
import { parsePort } from '../port-option.ts';
import { planFor } from '../service-plan.ts';

interface InstallFlags {
  readonly port?: number;
}

export const serviceCommand: CommandModule = {
  name: 'service',
  register(program, context) {
    const command = program
      .command('service')
      .summary('let Satchel start by itself')
      .description(
        'Lets "satchel up" start when you sign in, and again after a failure: by systemd, launchd ' +
          'or the Windows Task Scheduler. It needs no rights but yours. With --home it is a service ' +
          'for that home alone.',
      )
      .helpGroup(GROUPS.everyDay)
      .usage('<install|uninstall|status>');
    addInstall(command, context);
    addUninstall(command, context);
    addStatus(command, context);
  },
};

function addInstall(command: Command, context: CommandContext): void {
  command
    .command('install')
    .description('Installs the service and starts it. Installed already, it is brought up to date.')
    .option('--port <number>', 'the port of the page (default: 4780)', parsePort)
    .action(async ({ port }: InstallFlags) => {
      const { installService } = await import('../../app/service/manage.ts');
      await requireKeptSecrets(context);
      const isUp = await hasDaemon(context);
      const plan = await planFor(context, port);
      await installService(plan);
      const { terminal } = context;
      terminal.json({ manager: plan.manager, path: plan.path });
      terminal.print(`Satchel starts by itself now: ${plan.path}`);
      await warnOfSecrets(context);
      if (isUp)
        terminal.note('A Satchel was up already: if it is another one, end it for this one.');
      if (plan.note !== undefined) terminal.note(plan.note);
      terminal.note('"satchel open" opens the page, "satchel service status" tells how it is.');
    });
}

function addUninstall(command: Command, context: CommandContext): void {
  command
    .command('uninstall')
    .description('Ends the service and removes it. Homes, folders and bucket stay as they are.')
    .action(async () => {
      const { removeService, serviceState } = await import('../../app/service/manage.ts');
      const plan = await planFor(context);
      const { isInstalled } = await serviceState(plan);
      const problems = isInstalled ? await removeService(plan) : [];
      const { terminal } = context;
      terminal.json({ removed: isInstalled, problems });
      terminal.print(
        isInstalled ? 'Satchel does not start by itself any more.' : 'There is no such service.',
      );
      for (const problem of problems) terminal.warn(problem);
    });
}

function addStatus(command: Command, context: CommandContext): void {
  command
    .command('status')
    .description('Tells whether the service is installed, and what its manager says of it.')
    .action(async () => {
      const [{ serviceState }, { daemonOf }, { statusRoute }, { appContext }] = await Promise.all([
        import('../../app/service/manage.ts'),
        import('../beside-daemon.ts'),
        import('../../api/status.ts'),
        import('../session.ts'),
      ]);
      const state = await serviceState(await planFor(context));
      const daemon = await daemonOf(appContext(context));
      const up = await daemon?.call(statusRoute, {});
      const { manager, path, isInstalled, says } = state;
      const { terminal } = context;
      terminal.json({
        manager,
        path,
        installed: isInstalled,
        says,
        daemon: up === undefined ? null : { version: up.version, startedAt: up.startedAt },
      });
      terminal.print(isInstalled ? `Installed for ${manager}: ${path}` : 'Not installed.');
      if (isInstalled) terminal.print(`${manager} says: ${says ?? 'nothing'}`);
      terminal.print(
        up === undefined
          ? 'No Satchel is up.'
          : `Satchel ${up.version} is up since ${formatTime(Date.parse(up.startedAt))}.`,
      );
    });
}

async function hasDaemon(context: CommandContext): Promise<boolean> {
  const [{ daemonOf }, { appContext }] = await Promise.all([
    import('../beside-daemon.ts'),
    import('../session.ts'),
  ]);
  return (await daemonOf(appContext(context))) !== undefined;
}

/** @throws SatchelError `usage` for a home that asks for its passphrase: nobody would answer. */
async function requireKeptSecrets(context: CommandContext): Promise<void> {
  const [{ isSetUp, readSettings }, { appContext }] = await Promise.all([
    import('../../app/home.ts'),
    import('../session.ts'),
  ]);
  const { home } = appContext(context);
  if (!isSetUp(home) || readSettings(home).secrets?.place !== 'session') return;
  throw new SatchelError('usage', 'This device keeps no key, and a service could ask nobody.', {
    hint: 'Start "satchel up" in a terminal, where it asks for the passphrase.',
  });
}

async function warnOfSecrets(context: CommandContext): Promise<void> {
  const { secretsLeftOut } = await import('../../app/service/wish.ts');
  const names = secretsLeftOut(context);
  if (names.length === 0) return;
  context.terminal.warn(
    `The service does not have ${names.join(', ')} of this shell. If the bucket needs that, unset ` +
      'it and run "satchel keys bucket": this device then keeps what gets in.',
  );
}
