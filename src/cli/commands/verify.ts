import { type CommandModule, GROUPS } from '../command.ts';
import { formatCount, formatSize } from '../format.ts';

export const verifyCommand: CommandModule = {
  name: 'verify',
  register(program, context) {
    program
      .command('verify')
      .summary('read everything back and look for damage')
      .description(
        "Reads back what the bucket holds for this device's collections, and looks through the " +
          'replica. Damage is exit code 7. Nothing is changed.',
      )
      .helpGroup(GROUPS.lookAfter)
      .action(async () => {
        const [{ isWhole, verifyAll }, { troubleLine }, { reading }, { ERROR_KINDS }] =
          await Promise.all([
            import('../../app/verify.ts'),
            import('../../app/trouble.ts'),
            import('../session.ts'),
            import('../../base/errors.ts'),
          ]);
        const result = await reading(context, verifyAll);
        const { terminal } = context;
        const { objects, bytes, damaged, foreign, replica } = result;
        terminal.json({ ok: isWhole(result), ...result });
        for (const line of replica) terminal.print(`replica: ${line}`);
        for (const { object, problem, affected } of damaged) {
          terminal.print(troubleLine({ path: object, error: problem }));
          for (const path of affected) terminal.print(`  holds content of ${path}`);
        }
        for (const object of foreign) {
          terminal.warn(`${object} is nothing that Satchel wrote, and is not read.`);
        }
        const read = `${formatCount(objects, 'object')} (${formatSize(bytes)})`;
        if (isWhole(result)) {
          terminal.print(`All is well: ${read} read back, and the replica is whole.`);
          return;
        }
        terminal.print(
          `${formatCount(damaged.length + replica.length, 'problem')} found; ${read} read back.`,
        );
        terminal.note(
          replica.length > 0
            ? 'A damaged replica is built anew by the next "satchel sync".'
            : 'A device that still has the files can put them back: save them there once more.',
        );
        context.setExitCode(ERROR_KINDS.damaged.exitCode);
      });
  },
};
