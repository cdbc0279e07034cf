/** One round of sync, as a person at a terminal is told of it. */
import type { SyncResult } from '../api/status.ts';
import type { CommandContext } from './command.ts';
import {
  collectionWords,
  costWords,
  heldWords,
  leftOutWords,
  troubleWords,
} from './round-words.ts';

/** Results go to stdout, what to do about them and what they cost to stderr. */
export function printRound({ terminal }: CommandContext, result: SyncResult): void {
  if (result.collections.length === 0) {
    terminal.note('No collection is on this device yet.');
    terminal.note('"satchel add vault <folder>" makes one, "satchel attach" brings one here.');
  }
  for (const part of result.collections) {
    const words = collectionWords(part);
    const isUncertain = words === 'in step' && result.unreadable.length > 0;
    terminal.print(
      `${terminal.style.bold(part.name)}: ${isUncertain ? 'nothing new that could be read' : words}`,
    );
    for (const { path, error } of part.failed) terminal.warn(troubleWords(part.name, path, error));
  }
  if (terminal.isJson) return;
  for (const part of result.collections) {
    const words = leftOutWords(part);
    if (words !== undefined) terminal.note(words);
  }
  if (result.collections.some(({ conflicts }) => conflicts > 0)) {
    terminal.note('Conflicts wait for you: see "satchel conflicts".');
  }
  for (const { name, held } of result.collections) {
    if (held > 0) terminal.note(heldWords(name, held));
  }
  terminal.note(terminal.style.dim(costWords(result)));
}
