/** The rounds of a loop that goes on, in words: what `watch` and `up` print. */
import { errorWords } from '../app/trouble.ts';
import type { WatchReporter } from '../app/watch-round.ts';
import { messageOf } from '../base/errors.ts';
import { formatSentence } from '../base/sentence.ts';
import { formatTime } from '../base/time.ts';
import type { CommandContext } from './command.ts';
import { formatDuration } from './format.ts';
import { pruneWords } from './prune-words.ts';
import { collectionWords, leftOutWords, troubleWords } from './round-words.ts';

/** A home of which rounds are told. */
export interface ToldHome {
  readonly folder: string;
  /** True where rounds in others are told as well: a person has to know which. */
  readonly isOneOfMany: boolean;
}

/** @param home undefined for a command that works in one, which the person has named. */
export function watchReporter(
  { terminal }: CommandContext,
  clock: { now(): number },
  home?: ToldHome,
): WatchReporter {
  const of = home?.isOneOfMany === true ? ` (${home.folder})` : '';
  const event = (name: 'round' | 'pruned' | 'failed') => ({
    event: name,
    time: new Date(clock.now()).toISOString(),
    ...(home === undefined ? {} : { home: home.folder }),
  });
  // What stays left out is told once.
  const told = new Map<string, string | undefined>();
  const stamp = () => terminal.style.dim(formatTime(clock.now()));
  return {
    round(result, news) {
      terminal.progress.end();
      terminal.jsonLine({ ...event('round'), ...result });
      for (const part of result.collections) {
        const notCarried = leftOutWords(part);
        if (notCarried !== undefined && notCarried !== told.get(part.name) && !terminal.isJson) {
          terminal.note(notCarried);
        }
        told.set(part.name, notCarried);
        const { begun = [], isSolved = false } = news.get(part.name) ?? {};
        const words = isSolved ? `solved; ${collectionWords(part)}` : collectionWords(part);
        const hasMoved = part.published.versions + part.applied.versions > 0;
        if (!hasMoved && begun.length === 0 && !isSolved) continue;
        terminal.print(`${stamp()}  ${terminal.style.bold(part.name)}: ${words}${of}`);
        for (const { path, error } of begun) {
          terminal.warn(troubleWords(part.name, path, error));
        }
      }
    },
    pruned(result) {
      terminal.progress.end();
      terminal.jsonLine({ ...event('pruned'), ...result });
      for (const line of pruneWords(result)) terminal.print(`${stamp()}  ${line}${of}`);
    },
    failed(error, nextTryMs) {
      terminal.progress.end();
      const message = formatSentence(messageOf(error));
      terminal.jsonLine({ ...event('failed'), message, nextTryMs: Math.round(nextTryMs) });
      if (terminal.isJson) return;
      terminal.warn(`${errorWords(error)} Next try in ${formatDuration(nextTryMs)}.${of}`);
    },
  };
}
