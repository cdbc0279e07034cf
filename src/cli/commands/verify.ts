import type { Verification } from '../../app/verify.ts';
import { SatchelError } from '../../base/errors.ts';
import { parsePercent } from '../../base/units.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';
import { formatCount, formatNumber, formatSize } from '../format.ts';

interface Flags {
  readonly sample?: string;
  readonly mend: boolean;
}

export const verifyCommand: CommandModule = {
  name: 'verify',
  register(program, context) {
    program
      .command('verify')
      .summary('read everything back, and mend what is damaged')
      .description(
        "Reads back what the bucket holds for this device's collections, and looks through the " +
          'replica. What is damaged is written again where this device can; otherwise the device ' +
          'that can is named. Exit code 7 means that something stays damaged.',
      )
      .helpGroup(GROUPS.lookAfter)
      .option('--sample <percent>', 'read only so many of the objects, left to chance: 10%')
      .option('--no-mend', 'only look')
      .action((flags: Flags) => run(context, flags));
  },
};

async function run(context: CommandContext, flags: Flags): Promise<void> {
  const percent = flags.sample === undefined ? 100 : parsePercent(flags.sample);
  if (percent === undefined || percent === 0) {
    throw new SatchelError('usage', `"${flags.sample}" is no share of the objects.`, {
      hint: 'Give a number of per cent, such as --sample 10%.',
    });
  }
  const [{ isWhole, verifyAll }, { borrowing }, { appContext }, { ERROR_KINDS }] =
    await Promise.all([
      import('../../app/verify.ts'),
      import('../beside-daemon.ts'),
      import('../session.ts'),
      import('../../base/errors.ts'),
    ]);
  const app = appContext(context);
  const verify = () => verifyAll(app, { percent, isMending: flags.mend });
  const result = await (flags.mend ? borrowing(context, app, verify) : verify());
  context.terminal.json({ ok: isWhole(result), ...result });
  await printProblems(context, result);
  printSummary(context, result, isWhole(result));
  if (!isWhole(result)) context.setExitCode(ERROR_KINDS.damaged.exitCode);
}

async function printProblems({ terminal }: CommandContext, result: Verification): Promise<void> {
  const { troubleLine } = await import('../../app/trouble.ts');
  for (const line of result.replica) terminal.print(`replica: ${line}`);
  for (const damage of result.damaged) {
    terminal.print(troubleLine({ path: damage.object, error: damage.problem }));
    for (const path of damage.affected) terminal.print(`  holds content of ${path}`);
    for (const line of remedyWords(damage)) terminal.print(`  ${line}`);
  }
  for (const object of result.foreign) {
    terminal.warn(`${object} is nothing that Satchel wrote, and is not read.`);
  }
}

function remedyWords({
  mended,
  mender,
  heldHere,
}: Verification['damaged'][number]): readonly string[] {
  if (mended) return ['mended: it was written again, and read back'];
  const words = heldHere
    ? ['this device has read all that it held: nothing is lost, but a new device cannot read it']
    : [];
  return mender === null
    ? words
    : [...words, `"${mender}" can mend it: run "satchel verify" on that device`];
}

function printSummary(
  { terminal }: CommandContext,
  { objects, bytes, listed, damaged, replica }: Verification,
  isWhole: boolean,
): void {
  const others = listed === 0 ? '' : `, ${formatNumber(listed)} more only seen in lists`;
  const read = `${formatCount(objects, 'object')} (${formatSize(bytes)}) read back${others}`;
  if (isWhole && damaged.length === 0) {
    terminal.print(`All is well: ${read}, and the replica is whole.`);
    return;
  }
  const problems = formatCount(damaged.length + replica.length, 'problem');
  if (isWhole) {
    terminal.print(`All is well again: ${problems} found and mended; ${read}.`);
    return;
  }
  const mended = damaged.filter((damage) => damage.mended).length;
  const rest = mended === 0 ? '' : `, ${mended} of them mended`;
  terminal.print(`${problems} found${rest}; ${read}.`);
  if (replica.length > 0) {
    terminal.note('A damaged replica is built anew by the next "satchel sync".');
  } else {
    terminal.note(
      'What no device can mend has to come from a copy of the bucket; a file that is still ' +
        'somewhere can be saved there once more.',
    );
  }
}
