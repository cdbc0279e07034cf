import type { NameCandidate } from '../../app/complete.ts';
import type { CommandContext, CommandModule } from '../command.ts';
import { type Asked, whatIsAsked } from '../completion.ts';

/**
 * What the shells' scripts ask (see `completion`): prints what could come next, one a line, with a
 * tab before its meaning. A line `:files` leaves it to the shell.
 */
export const completeCommand: CommandModule = {
  name: '__complete',
  register(program, context) {
    program
      .command('__complete', { hidden: true })
      .argument('[words...]')
      .allowUnknownOption()
      .action(async (words: string[]) => {
        const typed = words.at(-1) ?? '';
        const asked = whatIsAsked(program, words);
        if (asked.kind === 'files') {
          context.terminal.print(':files');
          return;
        }
        for (const { value, means } of await candidatesFor(context, words, asked)) {
          if (!value.startsWith(typed) || /\p{Cc}/u.test(value)) continue;
          context.terminal.print(means === '' ? value : `${value}\t${means}`);
        }
      });
  },
};

async function candidatesFor(
  context: CommandContext,
  words: readonly string[],
  asked: Asked,
): Promise<readonly NameCandidate[]> {
  if (asked.kind === 'words') return asked.candidates;
  if (asked.kind === 'nothing' || asked.kind === 'files') return [];
  if (asked.kind === 'setting') {
    const { SETTING_KEYS } = await import('../../app/setting-keys.ts');
    return SETTING_KEYS.map(({ name, means }) => ({ value: name, means }));
  }
  const [{ collectionCandidates, deviceCandidates, pathCandidates }, { reading }] =
    await Promise.all([import('../../app/complete.ts'), import('../session.ts')]);
  const home = homeIn(words) ?? context.home;
  try {
    return await reading({ ...context, terminal: context.terminal, home }, (session) => {
      if (asked.kind === 'collection') return collectionCandidates(session);
      if (asked.kind === 'device') return deviceCandidates(session);
      return pathCandidates(session, asked.collection, words.at(-1) ?? '');
    });
  } catch {
    // In the middle of a line there is nobody to tell: there is just nothing to offer.
    return [];
  }
}

/** The home that the line being typed names. */
function homeIn(words: readonly string[]): string | undefined {
  const at = words.indexOf('--home');
  return at === -1 ? undefined : words[at + 1];
}
