import type { HeldDeletions } from '../../api/held.ts';
import type { AppContext } from '../../app/context.ts';
import type { HeldDecision, HeldOutcome } from '../../app/held.ts';
import { ERROR_KINDS, SatchelError } from '../../base/errors.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';
import { formatCount, formatRelativeTime } from '../format.ts';
import { troubleWords } from '../round-words.ts';

interface Flags {
  readonly approve?: boolean;
  readonly reject?: boolean;
  readonly out?: boolean;
  readonly in?: boolean;
  readonly all?: boolean;
}

/** How many paths are listed without --all. */
const LISTED = 20;

export const heldCommand: CommandModule = {
  name: 'held',
  register(program, context) {
    program
      .command('held')
      .summary('list deletions that wait for you, and decide')
      .description(
        'Lists deletions that wait for you: where much of a collection is deleted within ten ' +
          'minutes, this is not sent to other devices, and not carried out here, before you approve.',
      )
      .helpGroup(GROUPS.history)
      .argument('[collection]', 'its name, or the beginning of its id (default: all)')
      .option('--approve', 'let them happen')
      .option('--reject', 'bring the files back, on all devices')
      .option('--out', 'only those made on this device')
      .option('--in', 'only those made elsewhere')
      .option('--all', `list every path, not only the first ${LISTED}`)
      .addHelpText(
        'after',
        '\nThe rest of the collection is kept in step meanwhile. "satchel settings" changes the' +
          '\nshare from which on deletions wait ("guard").',
      )
      .action((collection: string | undefined, flags: Flags) => run(context, collection, flags));
  },
};

async function run(
  context: CommandContext,
  collection: string | undefined,
  flags: Flags,
): Promise<void> {
  const decision = decisionOf(flags);
  const direction = directionOf(flags);
  if (decision !== undefined) await decide(context, { collection, direction }, decision);
  else await list(context, { collection, direction }, flags.all === true);
}

interface Target {
  readonly collection: string | undefined;
  readonly direction: HeldDeletions['direction'] | undefined;
}

function decisionOf({ approve, reject }: Flags): HeldDecision | undefined {
  if (approve === true && reject === true) {
    throw new SatchelError('usage', 'Only one of --approve and --reject can be given.', {
      hint: 'Run "satchel held" without them to see what waits.',
    });
  }
  if (approve === true) return 'approve';
  return reject === true ? 'reject' : undefined;
}

function directionOf(flags: Flags): HeldDeletions['direction'] | undefined {
  if (flags.out === flags.in) return undefined;
  return flags.out === true ? 'out' : 'in';
}

async function list(context: CommandContext, target: Target, isWhole: boolean): Promise<void> {
  const [{ listHeld }, { reading }] = await Promise.all([
    import('../../app/held.ts'),
    import('../session.ts'),
  ]);
  const { held, nowMs } = await reading(context, (session) => ({
    held: listHeld(session, target),
    nowMs: session.engine.clock.now(),
  }));
  const { terminal } = context;
  terminal.json(held);
  if (held.length === 0) terminal.note('No deletions wait for you.');
  if (held.length === 0 || terminal.isJson) return;
  for (const group of held) printGroup(context, group, isWhole, nowMs);
  terminal.note('"satchel held --approve <collection>" lets them happen.');
  terminal.note('"satchel held --reject <collection>" brings the files back, on all devices.');
}

function printGroup(
  { terminal }: CommandContext,
  { collection, direction, since, paths }: HeldDeletions,
  isWhole: boolean,
  nowMs: number,
): void {
  const { bold, dim } = terminal.style;
  const what = formatCount(paths.length, 'deletion');
  const when = formatRelativeTime(Date.parse(since), nowMs);
  const waits =
    direction === 'out'
      ? 'made here, not sent to other devices'
      : 'made elsewhere, not carried out here';
  terminal.print(`${bold(collection)}: ${what} ${waits}; held ${when}`);
  for (const path of isWhole ? paths : paths.slice(0, LISTED)) terminal.print(`  ${path}`);
  const left = isWhole ? 0 : paths.length - LISTED;
  if (left > 0) terminal.print(dim(`  … and ${formatCount(left, 'other')}; --all lists them`));
}

async function decide(
  context: CommandContext,
  target: Target,
  decision: HeldDecision,
): Promise<void> {
  const { appContext } = await import('../session.ts');
  const outcome = await carryOut(context, appContext(context), target, decision);
  const { collection, direction, count, isCarriedOut, failed } = outcome;
  const { terminal } = context;
  terminal.json({ collection, direction, decision, count, carriedOut: isCarriedOut, failed });
  terminal.print(`${collection}: ${outcomeWords(outcome, decision)}`);
  for (const { path, error } of failed) terminal.warn(troubleWords(collection, path, error));
  if (failed.length > 0) context.setExitCode(ERROR_KINDS.attention.exitCode);
  if (terminal.isJson || count === 0) return;
  terminal.note(
    isCarriedOut
      ? 'The next sync tells the other devices.'
      : 'The Satchel that works in this home, or the next sync, does the rest.',
  );
}

/** Where a daemon has the home, and it is clear what is meant, the daemon does it. */
async function carryOut(
  context: CommandContext,
  app: AppContext,
  target: Target,
  decision: HeldDecision,
): Promise<HeldOutcome> {
  const [{ decideHeldRoute }, { decideHeld, listHeld }, { daemonOf }, { reading }] =
    await Promise.all([
      import('../../api/held.ts'),
      import('../../app/held.ts'),
      import('../beside-daemon.ts'),
      import('../session.ts'),
    ]);
  const daemon = await daemonOf(app);
  if (daemon === undefined) return await decideHeld(app, target, decision);
  const [one, ...others] = await reading(context, (session) => listHeld(session, target));
  // What is wrong with the wish is told in the same words as without a daemon.
  if (one === undefined || others.length > 0) return await decideHeld(app, target, decision);
  const { collection, direction } = one;
  return await daemon.call(decideHeldRoute, { collection, direction, decision });
}

function outcomeWords({ direction, count }: HeldOutcome, decision: HeldDecision): string {
  if (count === 0) return 'the files are back already; nothing waits any more.';
  if (decision === 'reject') return `${formatCount(count, 'file')} brought back.`;
  const deletions = formatCount(count, 'deletion');
  return direction === 'out' ? `${deletions} approved.` : `${deletions} approved and carried out.`;
}
