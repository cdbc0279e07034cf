import { resolve } from 'node:path';
import { SatchelError } from '../../base/errors.ts';
import { formatTime } from '../../base/time.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';
import { parsePointInTime } from '../point-in-time.ts';
import { reportSettled } from '../settled.ts';

interface Flags {
  readonly version?: string;
  readonly at?: string;
  readonly to?: string;
  readonly folder?: boolean;
  readonly exact?: boolean;
  readonly dryRun?: boolean;
}

interface Target {
  readonly collection: string;
  readonly path: string;
}

export const restoreCommand: CommandModule = {
  name: 'restore',
  register(program, context) {
    program
      .command('restore')
      .summary('bring back an old version, a deleted file, or a folder as it was')
      .description(
        'Brings back an old version of a file, or a file that was deleted: by default the last one ' +
          'that differs from now. With --folder, all in a folder as it was at a time. What is there ' +
          'at present stays in the history.',
      )
      .helpGroup(GROUPS.history)
      .usage('[options] <collection> <path>')
      .argument('<collection>', 'its name, or the beginning of its id')
      .argument('<path>', 'relative to the folder of the collection; "." is all of it')
      .option('--version <id>', 'this version: the beginning of an id of "satchel versions"')
      .option('--at <time>', 'the version that was newest then')
      .option('--to <file>', 'write it to a new file, and leave the collection as it is')
      .option('--folder', 'all in this folder, as it was at the time that --at says')
      .option('--dry-run', 'with --folder: only list what would change')
      .option('--exact', 'with --folder: what came into it since goes')
      .addHelpText(
        'after',
        '\nTimes: 2026-03-01 (the end of that day), "2026-03-01 14:05", 2026-03-01T14:05:09Z,' +
          '\n14:05 (today), 30m, 2h, 3d, 1w (ago); without a zone, in that of this device.',
      )
      .action((collection: string, path: string, flags: Flags) =>
        run(context, { collection, path }, flags),
      );
  },
};

async function run(context: CommandContext, target: Target, flags: Flags): Promise<void> {
  refuseMixed(flags);
  const [{ findVersion, restoreVersion }, { settleRecord }, { borrowing }, { appContext }] =
    await Promise.all([
      import('../../app/restore.ts'),
      import('../../app/settle.ts'),
      import('../beside-daemon.ts'),
      import('../session.ts'),
    ]);
  const app = appContext(context);
  const atMs = flags.at === undefined ? undefined : parsePointInTime(flags.at, app.clock.now());
  if (flags.folder === true && atMs !== undefined) {
    const { exact = false, dryRun = false } = flags;
    const { restoreFolder } = await import('../restore-folder.ts');
    await restoreFolder(context, target, { atMs, exact, dryRun });
    return;
  }
  const wanted = { version: flags.version, atMs };
  if (flags.to !== undefined) {
    await writeBeside(context, target, wanted, resolve(context.workingFolder, flags.to));
    return;
  }
  const settled = await borrowing(context, app, () =>
    settleRecord(app, 'restore', target, async (session, found) => {
      const version = await findVersion(session, found, wanted);
      return { version, isChanged: await restoreVersion(session, found, version) };
    }),
  );
  const { version, isChanged } = settled.result;
  const ofWhen = `the version ${version.id.slice(0, 8)} of ${formatTime(version.stamp[0])}`;
  reportSettled(context, target.collection, settled, {
    document: { version: version.id, changed: isChanged },
    words: isChanged
      ? `"${settled.path}" is ${ofWhen} again.`
      : `"${settled.path}" has the content of ${ofWhen} already. Nothing was changed.`,
  });
}

/** @throws SatchelError `usage` for options that do not go together. */
function refuseMixed({ version, at, to, folder, exact, dryRun }: Flags): void {
  if (version !== undefined && at !== undefined) {
    throw new SatchelError('usage', 'Only one of --version and --at can be given.', {
      hint: 'A version id says exactly which one; --at finds it by its time.',
    });
  }
  if (folder === true && (at === undefined || to !== undefined)) {
    throw new SatchelError('usage', 'A folder comes back to its place, as it was at a time.', {
      hint: 'Say the time with --at, and leave out --to.',
    });
  }
  if (folder !== true && (exact === true || dryRun === true)) {
    throw new SatchelError('usage', '--exact and --dry-run are for --folder.', {
      hint: 'Leave them out, or add --folder and --at.',
    });
  }
}

async function writeBeside(
  context: CommandContext,
  target: Target,
  wanted: { readonly version: string | undefined; readonly atMs: number | undefined },
  path: string,
): Promise<void> {
  const [{ exportVersion, findVersion }, { looking }] = await Promise.all([
    import('../../app/restore.ts'),
    import('../looking.ts'),
  ]);
  const { found, version } = await looking(context, 'restore', target, async (session, record) => {
    const chosen = await findVersion(session, record, wanted);
    await exportVersion(session, record, chosen, path);
    return { found: record, version: chosen };
  });
  const { terminal } = context;
  const { collection } = target;
  terminal.json({ collection, path: found.path, version: version.id, to: path });
  const when = formatTime(version.stamp[0]);
  terminal.print(
    `"${found.path}" as of ${when} (version ${version.id.slice(0, 8)}) is in ${path}.`,
  );
}
