import type { Command } from 'commander';
import type { BucketAccess, DeviceInfo } from '../../api/devices.ts';
import type { Removed } from '../../app/remove-device.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';
import { formatRelativeTime } from '../format.ts';
import { printRecoveryKey } from '../set-up.ts';

export const devicesCommand: CommandModule = {
  name: 'devices',
  register(program, context) {
    const command = program
      .command('devices')
      .summary('list the devices; rename this one, remove another')
      .description('Lists the devices of the repository, as far as this one has heard of them.')
      .helpGroup(GROUPS.lookAfter)
      .usage('[rename|remove]')
      .action(() => list(context));
    addRename(command, context);
    addRemove(command, context);
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
    { header: 'State', cell: (device) => stateWords(device, nowMs) },
  ]);
}

function stateWords({ retiredAt, lost, unreadable }: DeviceInfo, nowMs: number): string {
  if (retiredAt === null) return unreadable ? 'cannot be read' : '';
  return `${lost ? 'lost' : 'removed'}, ${formatRelativeTime(Date.parse(retiredAt), nowMs)}`;
}

function addRename(command: Command, context: CommandContext): void {
  command
    .command('rename')
    .description('Gives this device another name.')
    .argument('<new-name>', 'at most 60 characters')
    .action(async (newName: string) => {
      const [{ renameDeviceRoute }, { renameDevice }, { askingDaemon }, { appContext, working }] =
        await Promise.all([
          import('../../api/devices.ts'),
          import('../../app/devices.ts'),
          import('../beside-daemon.ts'),
          import('../session.ts'),
        ]);
      await askingDaemon<unknown>(
        appContext(context),
        (daemon) => daemon.call(renameDeviceRoute, { name: newName }),
        () => working(context, 'devices', async (session) => renameDevice(session, newName)),
      );
      const { terminal } = context;
      terminal.json({ name: newName.trim() });
      terminal.print(
        `This device is called "${newName.trim()}" now. The next sync tells the others.`,
      );
    });
}

interface RemoveFlags {
  readonly lost?: boolean;
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly passphraseFile?: string;
}

function addRemove(command: Command, context: CommandContext): void {
  command
    .command('remove')
    .description(
      'Removes another device: one that is no more, or, with --lost, one that somebody else may ' +
        'have. What it had saved stays: this device keeps it. One that is used again comes back.',
    )
    .argument('<device>', 'its name, or the beginning of its id')
    .option('--lost', 'ignore what it sends from now on, and change the key of the repository')
    .option('--force', 'also where it was at work within the last day')
    .option('-y, --yes', 'do not ask')
    .option('--passphrase-file <file>', 'a file that holds the new passphrase, with --lost')
    .addHelpText('after', '\nFor scripts, SATCHEL_NEW_PASSPHRASE may hold the new passphrase.')
    .action((given: string, flags: RemoveFlags) => remove(context, given, flags));
}

async function remove(context: CommandContext, given: string, flags: RemoveFlags): Promise<void> {
  const [
    { planRemoval, removeDevice },
    { bucketAccess },
    { working },
    { obtainPassphrase },
    { confirmOrStop },
  ] = await Promise.all([
    import('../../app/remove-device.ts'),
    import('../../app/bucket-access.ts'),
    import('../session.ts'),
    import('../passphrase.ts'),
    import('../confirm.ts'),
  ]);
  const { lost: isLost = false, force: isForced = false, yes = false } = flags;
  const { removed, access } = await working(context, 'devices', async (session) => {
    const plan = await planRemoval(session, given, { isLost, isForced });
    const { name, id } = plan.device;
    const how = isLost ? 'Report as lost' : 'Remove';
    await confirmOrStop(context, `${how}: the device "${name}" (${id.slice(0, 8)})?`, yes);
    const source = {
      file: flags.passphraseFile,
      isNew: true,
      variable: 'SATCHEL_NEW_PASSPHRASE',
    };
    const askPassphrase = () => obtainPassphrase(context, source);
    // Looked up before: the recovery key is shown this once, and no failure may come between.
    const found = isLost ? await bucketAccess(session) : undefined;
    const showKey = (recoveryKey: string): void => {
      context.terminal.print('The key of the repository is changed.');
      printRecoveryKey(context, recoveryKey);
    };
    return { removed: await removeDevice(session, plan, askPassphrase, showKey), access: found };
  });
  const { terminal } = context;
  terminal.json({ ...removed, ...(access === undefined ? {} : { bucketAccess: access }) });
  if (access === undefined) printRemoved(context, removed);
  else printLost(context, removed, access);
}

function printRemoved({ terminal }: CommandContext, { name, kept, unread }: Removed): void {
  if (unread) {
    terminal.print(`"${name}" is removed: the others go on without it.`);
    terminal.warn(
      'What it had saved could not be read here, and nobody has a copy: leave its objects in the ' +
        'bucket. If it is used again, it sends what it has anew.',
    );
    return;
  }
  terminal.print(`"${name}" is removed. What it had saved stays.`);
  if (kept)
    terminal.note('Its objects in the bucket are not needed any more: this device has a copy.');
  else terminal.warn('Not everything of it could be copied yet: the next "satchel sync" goes on.');
  terminal.note('If it is used again, it is back on the list by itself.');
}

/** What is done, what is not, and what only the person can do. */
function printLost(context: CommandContext, removed: Removed, access: BucketAccess): void {
  const { terminal } = context;
  const { name, recoveryKey } = removed;
  terminal.print(`"${name}" is reported as lost. What it sends from now on does not count.`);
  if (recoveryKey !== undefined) {
    terminal.print('What is saved from now on is closed to it.');
  }
  if (terminal.isJson) return;
  terminal.print('');
  terminal.print('What is left for you to do:');
  for (const [index, line] of nextSteps(removed, access).entries()) {
    terminal.print(`  ${index + 1}. ${line}`);
  }
  terminal.print('');
  terminal.print(
    `Whoever has "${name}" can read the files on it, and all that was in the bucket until now, as ` +
      'long as its way into the bucket is open.',
  );
}

function nextSteps({ name, recoveryKey }: Removed, access: BucketAccess): string[] {
  const at = access.provider === null ? '' : ` at ${access.provider}`;
  const help = access.keyHelp === null ? '' : ` ${access.keyHelp}`;
  const revoke =
    access.uses === null
      ? `See to it that "${name}" cannot reach the bucket any more.`
      : `Revoke${at} what "${name}" gets into the bucket with. This device uses ${access.uses}: if ` +
        `that is on "${name}" too, make another one for each device.${help}`;
  if (recoveryKey === undefined) return [revoke];
  return [
    revoke,
    'On each other device run "satchel keys unlock" once, with the new passphrase.',
    'Destroy the old recovery key, and keep the new one apart from your devices.',
  ];
}
