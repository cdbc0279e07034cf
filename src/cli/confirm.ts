/** Asking before something that is hard to take back. */
import { SatchelError } from '../base/errors.ts';
import type { CommandContext } from './command.ts';
import { Interrupted } from './interrupts.ts';

/**
 * Goes on only with a person's yes, or with `--yes`.
 * @throws SatchelError `usage` where nobody is there to ask.
 */
export async function confirmOrStop(
  context: CommandContext,
  question: string,
  isConfirmed: boolean,
): Promise<void> {
  if (isConfirmed) return;
  if (context.stdin.isTTY !== true) {
    throw new SatchelError('usage', `This has to be confirmed: ${question}`, {
      hint: 'Add --yes to confirm it without being asked. Nothing was changed.',
    });
  }
  const { terminalPrompts } = await import('./prompts.ts');
  const prompts = await terminalPrompts();
  if (!(await prompts.confirm(question, false))) throw new Interrupted('stopped at the prompt');
}
