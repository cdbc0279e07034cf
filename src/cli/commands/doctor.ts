import type { Check } from '../../app/doctor/check.ts';
import { formatSentence } from '../../base/sentence.ts';
import { printCheck } from '../check-lines.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';
import { formatCount } from '../format.ts';
import { addBucketOptions, type BucketFlags, bucketOverrides } from '../set-up.ts';

export const doctorCommand: CommandModule = {
  name: 'doctor',
  register(program, context) {
    const command = program
      .command('doctor')
      .summary('examine the bucket: what works, what is wrong')
      .description(
        'Examines a bucket with a few objects of its own, which it removes again: how to reach ' +
          'it, each permission, clocks, whether what is written is read back, and, where the ' +
          'keys may look, how the bucket is set up. It works before "satchel init", too.',
      )
      .helpGroup(GROUPS.lookAfter)
      .argument('[bucket-url]', 'the bucket; leave it out for the one of this home')
      .option('--password-file <file>', "a file that holds the password of the bucket's user");
    addBucketOptions(command).action(async (bucket: string | undefined, flags: Flags) => {
      await examine(context, bucket, flags);
    });
  },
};

interface Flags extends BucketFlags {
  readonly passwordFile?: string;
}

async function examine(
  context: CommandContext,
  bucket: string | undefined,
  flags: Flags,
): Promise<void> {
  const [
    { examineBucket },
    { exitCodeOf },
    { Stopped },
    { appContext },
    { Interrupted },
    { readPasswordFile },
  ] = await Promise.all([
    import('../../app/doctor.ts'),
    import('../../app/doctor/check.ts'),
    import('../../app/doctor/stop.ts'),
    import('../session.ts'),
    import('../interrupts.ts'),
    import('../passphrase.ts'),
  ]);
  const { insecureTls } = flags;
  const password = readPasswordFile(context, flags.passwordFile);
  const credentials = password === undefined ? undefined : { password };
  const overrides = bucketOverrides(flags);
  const checks: Check[] = [];
  const report = (check: Check): void => {
    checks.push(check);
    printCheck(context.terminal, check);
  };
  const signal = context.untilInterrupted();
  const { terminal } = context;
  signal.addEventListener('abort', () => terminal.note('Stopping; what was written is removed.'));
  try {
    const how = { bucket, overrides, insecureTls, credentials };
    await examineBucket(appContext(context), { ...how, signal, report });
  } catch (error) {
    throw error instanceof Stopped ? new Interrupted() : error;
  }
  const exitCode = exitCodeOf(checks);
  terminal.json({ ok: exitCode === 0, checks: checks.map(documentOf) });
  terminal.print(summaryOf(checks));
  context.setExitCode(exitCode);
}

function documentOf({ id, outcome, message, hint }: Check) {
  const said = { id, outcome, message: formatSentence(message) };
  return hint === undefined ? said : { ...said, hint };
}

function summaryOf(checks: readonly Check[]): string {
  const count = (outcome: Check['outcome']): number =>
    checks.filter((check) => check.outcome === outcome).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  if (problems === 0 && warnings === 0) return 'Nothing is wrong with this bucket.';
  const parts = [
    ...(problems === 0 ? [] : [formatCount(problems, 'problem')]),
    ...(warnings === 0 ? [] : [formatCount(warnings, 'warning')]),
  ];
  return `${parts.join(' and ')}.`;
}
