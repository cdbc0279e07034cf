import { errorWords } from '../../app/trouble.ts';
import type { WatchReporter } from '../../app/watch.ts';
import { messageOf } from '../../base/errors.ts';
import { formatSentence } from '../../base/sentence.ts';
import { formatTime } from '../../base/time.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';
import { formatDuration } from '../format.ts';
import { pruneWords } from '../prune-words.ts';
import { collectionWords, leftOutWords, troubleWords } from '../round-words.ts';

export const watchCommand: CommandModule = {
  name: 'watch',
  register(program, context) {
    program
      .command('watch')
      .summary('keep in step until Ctrl-C')
      .description(
        'Keeps this device in step: sends what you save within seconds and looks for what others ' +
          'sent. Goes on while the bucket cannot be reached. Ends with Ctrl-C.',
      )
      .helpGroup(GROUPS.everyDay)
      .addHelpText('after', '\nWith --json, one document a line: "round", "failed", or "pruned".')
      .action(async () => {
        const [{ runWatch }, { working }] = await Promise.all([
          import('../../app/watch.ts'),
          import('../session.ts'),
        ]);
        const signal = context.untilInterrupted();
        const watchOnce = (): Promise<'stopped' | 'moved'> =>
          working(context, 'watch', async (session) => {
            const names = session.open.size;
            context.terminal.note(
              names === 0
                ? 'No collection is on this device yet; watching the list of collections.'
                : 'Watching. Ctrl-C ends it.',
            );
            return await runWatch(session, reporter(context, session.engine.clock), signal);
          });
        while ((await watchOnce()) === 'moved');
      });
  },
};

function reporter({ terminal }: CommandContext, clock: { now(): number }): WatchReporter {
  // What stays left out is told once.
  const told = new Map<string, string | undefined>();
  const stamp = () => terminal.style.dim(formatTime(clock.now()));
  return {
    round(result, news) {
      terminal.progress.end();
      terminal.jsonLine({ event: 'round', time: new Date(clock.now()).toISOString(), ...result });
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
        terminal.print(`${stamp()}  ${terminal.style.bold(part.name)}: ${words}`);
        for (const { path, error } of begun) {
          terminal.warn(troubleWords(part.name, path, error));
        }
      }
    },
    pruned(result) {
      terminal.progress.end();
      terminal.jsonLine({ event: 'pruned', time: new Date(clock.now()).toISOString(), ...result });
      for (const line of pruneWords(result)) terminal.print(`${stamp()}  ${line}`);
    },
    failed(error, nextTryMs) {
      terminal.progress.end();
      const message = formatSentence(messageOf(error));
      const time = new Date(clock.now()).toISOString();
      terminal.jsonLine({ event: 'failed', time, message, nextTryMs: Math.round(nextTryMs) });
      if (terminal.isJson) return;
      terminal.warn(`${errorWords(error)} Next try in ${formatDuration(nextTryMs)}.`);
    },
  };
}
