/** The words after `resolve` and `restore`: what was chosen, and whether the folder shows it yet. */
import type { Settled } from '../app/settle.ts';
import { ERROR_KINDS } from '../base/errors.ts';
import type { CommandContext } from './command.ts';
import { troubleWords } from './round-words.ts';

export function reportSettled(
  context: CommandContext,
  collection: string,
  settled: Settled<unknown>,
  report: { readonly document: object; readonly words: string },
): void {
  const { terminal } = context;
  const { path, isCarriedOut, failed } = settled;
  terminal.json({ collection, path, ...report.document, carriedOut: isCarriedOut, failed });
  terminal.print(report.words);
  for (const { path: where, error } of failed)
    terminal.warn(troubleWords(collection, where, error));
  if (failed.length > 0) context.setExitCode(ERROR_KINDS.attention.exitCode);
  if (terminal.isJson) return;
  terminal.note(
    isCarriedOut
      ? 'The next sync tells the other devices.'
      : 'Another Satchel works in this home: it brings this into the folder, and tells the others.',
  );
}
