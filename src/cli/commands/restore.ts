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
      .summary('bring back an old version, or a deleted file')
      .description(
        'Brings back an old version of a file, or a file that was deleted: by default the last one ' +
          'that differs from now. The present version stays in the history.',
      )
      .helpGroup(GROUPS.history)
      .usage('[options] <collection> <path>')
      .argument('<collection>', 'its name, or the beginning of its id')
      .argument('<path>', 'relative to the folder of the collection')
      .option('--version <id>', 'this version: the beginning of an id of "satchel versions"')
      .option('--at <time>', 'the version that was newest then')
      .option('--to <file>', 'write it to a new file, and leave the collection as it is')
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
  if (flags.version !== undefined && flags.at !== undefined) {
    throw new SatchelError('usage', 'Only one of --version and --at can be given.', {
      hint: 'A version id says exactly which one; --at finds it by its time.',
    });
  }
  const [{ findVersion, restoreVersion }, { settleRecord }, { appContext }] = await Promise.all([
    import('../../app/restore.ts'),
    import('../../app/settle.ts'),
    import('../session.ts'),
  ]);
  const app = appContext(context);
  const atMs = flags.at === undefined ? undefined : parsePointInTime(flags.at, app.clock.now());
  const wanted = { version: flags.version, atMs };
  if (flags.to !== undefined) {
    await writeBeside(context, target, wanted, resolve(context.workingFolder, flags.to));
    return;
  }
  const settled = await settleRecord(app, 'restore', target, async (session, found) => {
    const version = await findVersion(session, found, wanted);
    return { version, isChanged: await restoreVersion(session, found, version) };
  });
  const { version, isChanged } = settled.result;
  const ofWhen = `the version ${version.id.slice(0, 8)} of ${formatTime(version.stamp[0])}`;
  reportSettled(context, target.collection, settled, {
    document: { version: version.id, changed: isChanged },
    words: isChanged
      ? `"${settled.path}" is ${ofWhen} again.`
      : `"${settled.path}" has the content of ${ofWhen} already. Nothing was changed.`,
  });
}

async function writeBeside(
  context: CommandContext,
  target: Target,
  wanted: { readonly version: string | undefined; readonly atMs: number | undefined },
  path: string,
): Promise<void> {
  const [{ exportVersion, findVersion }, { lookAtRecord }, { appContext }] = await Promise.all([
    import('../../app/restore.ts'),
    import('../../app/settle.ts'),
    import('../session.ts'),
  ]);
  const app = appContext(context);
  const { found, version } = await lookAtRecord(app, 'restore', target, async (session, record) => {
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
