import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Choice } from '../../app/conflicts.ts';
import type { RecordTarget, Settled } from '../../app/settle.ts';
import { messageOf, SatchelError } from '../../base/errors.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';
import { reportSettled } from '../settled.ts';

interface Flags {
  readonly keep?: string;
  readonly merged?: string;
  readonly retry?: boolean;
}

export const resolveCommand: CommandModule = {
  name: 'resolve',
  register(program, context) {
    program
      .command('resolve')
      .summary('settle a conflict')
      .description(
        'Settles a conflict, for all devices. What is not kept stays in the history: "satchel ' +
          'versions" lists it and "satchel restore" brings it back.',
      )
      .helpGroup(GROUPS.history)
      .usage('[options] <collection> <path>')
      .argument('<collection>', 'its name, or the beginning of its id')
      .argument('<path>', 'relative to the folder of the collection')
      .option('--keep <side>', 'local, remote, both, or the id of a version')
      .option('--merged <file>', 'the content of this file, in which you merged the sides')
      .option('--retry', 'try once more what could not be written')
      .addHelpText('after', '\nWith "both", the other side becomes a file of its own beside.')
      .action((collection: string, path: string, flags: Flags) =>
        run(context, { collection, path }, flags),
      );
  },
};

async function run(context: CommandContext, target: RecordTarget, flags: Flags): Promise<void> {
  requireOneWay(flags);
  const { mergedChoice } = await import('../../app/conflicts.ts');
  const choice =
    flags.retry === true
      ? undefined
      : flags.merged === undefined
        ? choiceOf(flags.keep ?? '')
        : mergedChoice(readMerged(resolve(context.workingFolder, flags.merged)));
  const settled = await settle(context, target, choice);
  const words = choice === undefined ? 'is tried once more' : `is settled: ${describe(choice)}`;
  reportSettled(context, target.collection, settled, {
    document: { choice: choice?.kind ?? 'retry' },
    words: `"${settled.path}" ${words}.`,
  });
}

/** Where a daemon has the home, it does it, or leaves the home to this command. */
async function settle(
  context: CommandContext,
  target: RecordTarget,
  choice: Choice | undefined,
): Promise<Settled<unknown>> {
  const [
    { resolveConflict, retryRecord },
    { settleRecord },
    { borrowing, daemonOf },
    { appContext },
  ] = await Promise.all([
    import('../../app/conflicts.ts'),
    import('../../app/settle.ts'),
    import('../beside-daemon.ts'),
    import('../session.ts'),
  ]);
  const app = appContext(context);
  const daemon = await daemonOf(app);
  if (daemon !== undefined) {
    const { resolveBeside } = await import('../resolve-beside.ts');
    const settled = await resolveBeside(context, daemon, target, choice);
    if (settled !== undefined) return settled;
  }
  return await borrowing(context, app, () =>
    settleRecord<unknown>(app, 'resolve', target, (session, found) =>
      choice === undefined ? retryRecord(session, found) : resolveConflict(session, found, choice),
    ),
  );
}

function requireOneWay({ keep, merged, retry }: Flags): void {
  const count = [keep, merged, retry].filter((flag) => flag !== undefined).length;
  if (count === 1) return;
  throw new SatchelError(
    'usage',
    count === 0 ? 'Say what to keep.' : 'Only one of --keep, --merged and --retry can be given.',
    {
      hint: 'Use --keep local, --keep remote, --keep both, --keep <version-id>, --merged <file> or --retry.',
    },
  );
}

function choiceOf(keep: string): Choice {
  if (keep === 'local' || keep === 'remote' || keep === 'both') return { kind: keep };
  // What begins with anything would be everything.
  if (/^[\w-]{4,}$/.test(keep)) return { kind: 'version', id: keep };
  throw new SatchelError('usage', `"${keep}" cannot be kept.`, {
    hint: 'Use local, remote, both, or at least four characters of a version id.',
  });
}

function describe(choice: Choice): string {
  switch (choice.kind) {
    case 'local':
      return 'what this device shows is kept';
    case 'remote':
      return 'the other side is kept';
    case 'both':
      return 'both sides are kept';
    case 'version':
      return `version ${choice.id.slice(0, 8)} is kept`;
    case 'merged':
      return 'your merged text is kept';
    case 'gone':
      return 'it is deleted';
  }
}

function readMerged(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    throw new SatchelError('usage', `Cannot read the merged file: ${messageOf(error)}.`, {
      hint: 'Name the file in which you merged the two sides.',
    });
  }
}
