import type { SetUpResult } from '../../app/setup.ts';
import { SatchelError } from '../../base/errors.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';
import {
  addSetUpOptions,
  printJoined,
  type SetUpFlags,
  setUpDocument,
  setUpOptions,
} from '../set-up.ts';

interface JoinFlags extends SetUpFlags {
  readonly code?: string;
}

export const joinCommand: CommandModule = {
  name: 'join',
  register(program, context) {
    const command = program
      .command('join')
      .summary('make this one more device of a repository')
      .description(
        'Makes this one more device of a repository that exists. ' +
          'Where a passphrase is asked for, the recovery key does as well. With a link, which ' +
          '"satchel link" shows on another device, only its code is asked for.',
      )
      .helpGroup(GROUPS.setUp);
    const noEncryption = 'accept a repository without encryption, passphrase file or not';
    addSetUpOptions(command, noEncryption, '<bucket-url|link>')
      .option('--code <code>', 'the code of a link, for scripts: it is asked for otherwise')
      .action(async (given: string, flags: JoinFlags) => {
        const made = await join(context, given, flags);
        await tell(context, made);
      });
  },
};

async function join(
  context: CommandContext,
  given: string,
  flags: JoinFlags,
): Promise<SetUpResult> {
  const [
    { acceptLink, isLink },
    { joinRepository },
    { appContext },
    { askForLinkCode, obtainPassphrase, readPasswordFile },
  ] = await Promise.all([
    import('../../app/accept-link.ts'),
    import('../../app/setup.ts'),
    import('../session.ts'),
    import('../passphrase.ts'),
  ]);
  const app = appContext(context);
  const password = readPasswordFile(context, flags.passwordFile);
  const options = setUpOptions(given, flags, password);
  const { code } = flags;
  if (isLink(given)) {
    refuse(flags.passphraseFile !== undefined, '--passphrase-file', 'A link needs no passphrase.');
    const askCode = async () => code ?? (await askForLinkCode(context));
    const tries = code === undefined ? CODE_TRIES : 1;
    return await acceptLink(app, { ...options, link: given, askCode, tries });
  }
  refuse(code !== undefined, '--code', 'Only a link has a code.');
  const source = { file: flags.passphraseFile, isNew: false };
  return await joinRepository(
    app,
    options,
    () => obtainPassphrase(context, source),
    flags.passphraseFile !== undefined && flags.encryption !== false,
  );
}

const CODE_TRIES = 3;

/** @throws SatchelError `usage` for an option that has no meaning here. */
function refuse(isGiven: boolean, option: string, reason: string): void {
  if (isGiven) throw new SatchelError('usage', reason, { hint: `Leave ${option} out.` });
}

async function tell(context: CommandContext, made: SetUpResult): Promise<void> {
  const [{ appContext, reading }, { listCollections }, { listHome }] = await Promise.all([
    import('../session.ts'),
    import('../../app/collection-list.ts'),
    import('../../app/known-homes.ts'),
  ]);
  const { terminal } = context;
  const app = appContext(context);
  listHome(app, context.env);
  terminal.json(setUpDocument(app.home, made));
  printJoined(context, made);
  const there = await reading(context, listCollections);
  if (there.length === 0) {
    terminal.print('There are no collections yet. Next: "satchel add vault <folder>".');
    return;
  }
  terminal.print(`Collections there: ${there.map(({ name }) => name).join(', ')}.`);
  terminal.print('Next: "satchel attach <collection> <folder>", then "satchel sync".');
}
