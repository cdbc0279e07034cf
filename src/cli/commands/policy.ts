import { Argument } from 'commander';
import type { PolicyName } from '../../app/policy.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';

interface Flags {
  readonly endpoint?: string;
  readonly region?: string;
}

const NAMES: readonly PolicyName[] = ['iam', 'terraform', 'lifecycle'];

export const policyCommand: CommandModule = {
  name: 'policy',
  register(program, context) {
    program
      .command('policy')
      .summary('print the least rights and rules that a bucket needs')
      .description(
        'Prints policies to paste for an S3 bucket: "iam", the rights that Satchel needs and no ' +
          'others; "lifecycle", rules that take away old versions of what was overwritten; ' +
          '"terraform", a bucket with all of that, closed to the public.',
      )
      .helpGroup(GROUPS.lookAfter)
      .addArgument(new Argument('<policy>', 'what to print').choices(NAMES))
      .argument('[bucket-url]', 'the bucket; leave it out for the one of this home')
      .option('--endpoint <url>', 'an S3 service other than Amazon')
      .option('--region <region>', 'the region of the bucket')
      .action(async (name: PolicyName, bucket: string | undefined, flags: Flags) => {
        await print(context, name, bucket, flags);
      });
  },
};

async function print(
  context: CommandContext,
  name: PolicyName,
  bucket: string | undefined,
  flags: Flags,
): Promise<void> {
  const [{ makePolicy }, { appContext }] = await Promise.all([
    import('../../app/policy.ts'),
    import('../session.ts'),
  ]);
  const { text, document, notes } = makePolicy(appContext(context), name, bucket, flags);
  const { terminal } = context;
  terminal.json(document);
  for (const line of text.split('\n')) terminal.print(line);
  for (const note of notes) terminal.note(note);
}
