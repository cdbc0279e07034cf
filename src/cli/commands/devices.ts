import type { Command } from 'commander';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';
import { formatRelativeTime } from '../format.ts';

export const devicesCommand: CommandModule = {
  name: 'devices',
  register(program, context) {
    const command = program
      .command('devices')
      .summary('list the devices; rename this one')
      .description('Lists the devices of the repository, as far as this one has heard of them.')
      .helpGroup(GROUPS.lookAfter)
      .usage('[rename]')
      .action(() => list(context));
    addRename(command, context);
  },
};

async function list(context: CommandContext): Promise<void> {
  const [{ listDevices }, { reading }] = await Promise.all([
    import('../../app/devices.ts'),
    import('../session.ts'),
  ]);
  const { devices, nowMs } = await reading(context, (session) => ({
    devices: listDevices(session),
    nowMs: session.engine.clock.now(),
  }));
  const { terminal } = context;
  terminal.json(devices);
  terminal.table(devices, [
    {
      header: 'Name',
      cell: ({ name, self }) => (self ? `${name} (this one)` : name),
      shrinks: true,
    },
    { header: 'Id', cell: ({ id }) => id.slice(0, 8) },
    { header: 'System', cell: ({ platform }) => platform },
    { header: 'Program', cell: ({ app }) => app },
    {
      header: 'Last sent',
      cell: ({ self, lastSeenAt }) => {
        if (self) return '';
        return lastSeenAt === null ? 'never' : formatRelativeTime(Date.parse(lastSeenAt), nowMs);
      },
    },
  ]);
}

function addRename(command: Command, context: CommandContext): void {
  command
    .command('rename')
    .description('Gives this device another name.')
    .argument('<new-name>', 'at most 60 characters')
    .action(async (newName: string) => {
      const [{ renameDevice }, { working }] = await Promise.all([
        import('../../app/devices.ts'),
        import('../session.ts'),
      ]);
      await working(context, 'devices', async (session) => renameDevice(session, newName));
      const { terminal } = context;
      terminal.json({ name: newName.trim() });
      terminal.print(
        `This device is called "${newName.trim()}" now. The next sync tells the others.`,
      );
    });
}
