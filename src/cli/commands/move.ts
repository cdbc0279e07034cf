import type { Command } from 'commander';
import type { Destination } from '../../app/follow.ts';
import { SatchelError } from '../../base/errors.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';
import { formatCount, formatSize } from '../format.ts';
import { addBucketOptions, type BucketFlags, bucketOverrides } from '../set-up.ts';

interface Flags extends BucketFlags {
  readonly follow?: boolean;
  readonly passwordFile?: string;
}

export const moveCommand: CommandModule = {
  name: 'move',
  register(program, context) {
    const command: Command = program
      .command('move')
      .summary('take the whole repository to another bucket')
      .description(
        'Copies the repository to an empty place, reads back what it wrote, and tells the other ' +
          'devices in the former bucket: they follow. Stopped on the way, run it again. The former ' +
          'bucket stays as it is; empty it once every device has followed.',
      )
      .helpGroup(GROUPS.lookAfter)
      .argument('[bucket-url]', 's3://bucket/prefix, davs://host/path, or the path of a folder')
      .option('--follow', 'go where another device took it, with the options that this one needs')
      .option('--password-file <file>', "a file that holds the password of the new bucket's user");
    addBucketOptions(command)
      .addHelpText(
        'after',
        '\nWith --follow the URL is needed only where the new place is called otherwise here, or the' +
          '\nformer bucket is gone. Credentials that the environment holds are used for both buckets;' +
          '\na --profile is for the new one alone.',
      )
      .action((url: string | undefined, flags: Flags) =>
        flags.follow === true ? follow(context, url, flags) : move(context, url, flags),
      );
  },
};

async function move(context: CommandContext, url: string | undefined, flags: Flags): Promise<void> {
  if (url === undefined) throw noAddress('Name the bucket to move to.');
  const [{ moveRepository }, { borrowing }, { appContext }] = await Promise.all([
    import('../../app/move.ts'),
    import('../beside-daemon.ts'),
    import('../session.ts'),
  ]);
  const destination = await readDestination(context, url, flags);
  const app = appContext(context);
  const { from, to, objects, bytes } = await borrowing(context, app, () =>
    moveRepository(app, destination),
  );
  const { terminal } = context;
  terminal.json({ from, to, objects, bytes });
  terminal.print(`The repository is in ${to} now: ${formatCount(objects, 'object')} copied and`);
  terminal.print(
    `read back (${formatSize(bytes)}). The other devices follow with their next sync.`,
  );
  terminal.note(`Leave ${from} as it is until each of them has: see "satchel devices".`);
}

async function follow(
  context: CommandContext,
  url: string | undefined,
  flags: Flags,
): Promise<void> {
  const [{ followRepository }, { borrowing }, { appContext }, { readSettings }] = await Promise.all(
    [
      import('../../app/move.ts'),
      import('../beside-daemon.ts'),
      import('../session.ts'),
      import('../../app/home.ts'),
    ],
  );
  const app = appContext(context);
  const destinationOf = async (told: string | undefined): Promise<Destination> => {
    const address = url ?? told;
    if (address === undefined) {
      throw noAddress('No device has moved the repository, as far as this one has heard.');
    }
    return await readDestination(context, address, flags);
  };
  const result = await borrowing(context, app, () => followRepository(app, destinationOf));
  const { terminal } = context;
  const { bucket } = readSettings(app.home);
  terminal.json({ bucket, ...result });
  terminal.print(`This device follows: its bucket is ${bucket} now.`);
}

async function readDestination(
  context: CommandContext,
  url: string,
  flags: Flags,
): Promise<Destination> {
  const [{ parseDestination }, { readPasswordFile }] = await Promise.all([
    import('../../app/follow.ts'),
    import('../passphrase.ts'),
  ]);
  return parseDestination(url, {
    overrides: bucketOverrides(flags),
    insecureTls: flags.insecureTls === true,
    password: readPasswordFile(context, flags.passwordFile),
  });
}

function noAddress(message: string): SatchelError {
  return new SatchelError('usage', message, {
    hint: 'For example: satchel move s3://another-bucket/prefix',
  });
}
