import type { Command } from 'commander';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';
import { formatCount, formatRelativeTime } from '../format.ts';
import { printRecoveryKey } from '../set-up.ts';

const REVOKES_NOTHING =
  'Whoever had it and the key of the repository still has that key. After a theft, see ' +
  '"satchel devices remove --lost".';

export const keysCommand: CommandModule = {
  name: 'keys',
  register(program, context) {
    const command = program
      .command('keys')
      .summary('list, add and remove what opens the repository')
      .description(
        'Manages what opens the repository: passphrases and the recovery key. Each is a slot in ' +
          'the bucket that holds the key of the repository, wrapped.',
      )
      .helpGroup(GROUPS.lookAfter)
      .usage('[command]');
    addList(command, context);
    addAdd(command, context);
    addRemove(command, context);
    addRecovery(command, context);
    addUnlock(command, context);
    addBucket(command, context);
  },
};

function addList(command: Command, context: CommandContext): void {
  command
    .command('list', { isDefault: true })
    .description('Lists the key slots, the oldest first.')
    .action(async () => {
      const [{ listKeySlots, shortId }, { appContext }] = await Promise.all([
        import('../../app/keys.ts'),
        import('../session.ts'),
      ]);
      const app = appContext(context);
      const slots = await listKeySlots(app);
      const { terminal } = context;
      terminal.json(slots);
      terminal.table(slots, [
        { header: 'Id', cell: ({ id }) => shortId(id) },
        { header: 'Kind', cell: ({ kind }) => KIND_WORDS[kind] },
        { header: 'Name', cell: ({ name }) => name ?? '', shrinks: true },
        {
          header: 'Made',
          cell: ({ createdAt }) =>
            createdAt === null ? '' : formatRelativeTime(Date.parse(createdAt), app.clock.now()),
        },
        {
          header: 'Opens',
          cell: ({ opens }) => (opens === 'everything' ? opens : 'only what is older'),
        },
      ]);
    });
}

const KIND_WORDS = { passphrase: 'passphrase', recovery: 'recovery key' } as const;

interface AddFlags {
  readonly name?: string;
  readonly passphraseFile?: string;
  readonly replace?: boolean;
}

function addAdd(command: Command, context: CommandContext): void {
  command
    .command('add')
    .description('Adds a passphrase. With --replace it takes the place of those there are.')
    .option('--name <name>', 'what to call it; readable by whoever can read the bucket')
    .option('--passphrase-file <file>', 'a file that holds the new passphrase')
    .option('--replace', 'then remove the other passphrases: a change of the passphrase')
    .addHelpText('after', '\nFor scripts, SATCHEL_NEW_PASSPHRASE may hold the new passphrase.')
    .action(async ({ name, passphraseFile: file, replace = false }: AddFlags) => {
      const [{ addPassphrase, shortId }, { appContext }, { obtainPassphrase }] = await Promise.all([
        import('../../app/keys.ts'),
        import('../session.ts'),
        import('../passphrase.ts'),
      ]);
      const variable = 'SATCHEL_NEW_PASSPHRASE';
      const ask = () => obtainPassphrase(context, { file, isNew: true, variable });
      const { id, removed } = await addPassphrase(appContext(context), { name, replace, ask });
      const { terminal } = context;
      terminal.json({ id, removed });
      terminal.print(`The new passphrase opens the repository. Its slot is ${shortId(id)}.`);
      if (removed.length === 0) return;
      terminal.print(`${formatCount(removed.length, 'other passphrase')} removed.`);
      terminal.note(REVOKES_NOTHING);
    });
}

function addRemove(command: Command, context: CommandContext): void {
  command
    .command('remove')
    .description('Removes a passphrase.')
    .argument('<id>', 'the id of its slot, or the beginning of it')
    .action(async (given: string) => {
      const [{ removeKeySlot, shortId }, { appContext }] = await Promise.all([
        import('../../app/keys.ts'),
        import('../session.ts'),
      ]);
      const id = await removeKeySlot(appContext(context), given);
      const { terminal } = context;
      terminal.json({ removed: [id] });
      terminal.print(`The slot ${shortId(id)} is gone: its passphrase opens nothing any more.`);
      terminal.note(REVOKES_NOTHING);
    });
}

function addRecovery(command: Command, context: CommandContext): void {
  command
    .command('recovery')
    .description('Makes a new recovery key, shows it once, and removes those before it.')
    .option('--keep-old', 'leave the recovery keys before it as they are')
    .action(async ({ keepOld = false }: { readonly keepOld?: boolean }) => {
      const [{ addRecoveryKey, removeEarlier }, { appContext }] = await Promise.all([
        import('../../app/keys.ts'),
        import('../session.ts'),
      ]);
      const app = appContext(context);
      const made = await addRecoveryKey(app);
      const { id, recoveryKey, earlier } = made;
      const { terminal } = context;
      const removed = keepOld ? [] : earlier;
      // Shown before the old ones go: stopped in between, there is one more, never one too few.
      terminal.json({ id, recoveryKey, removed });
      printRecoveryKey(context, recoveryKey);
      if (removed.length === 0) return;
      await removeEarlier(app, made);
      terminal.print('');
      terminal.print(`It replaces ${formatCount(removed.length, 'earlier recovery key')}.`);
    });
}

function addUnlock(command: Command, context: CommandContext): void {
  command
    .command('unlock')
    .description(
      "Takes the repository's key to this device: after it was changed on another one, or where " +
        'this device has lost it. The recovery key does as well as the passphrase.',
    )
    .option('--passphrase-file <file>', 'a file that holds the passphrase')
    .action(async ({ passphraseFile: file }: { readonly passphraseFile?: string }) => {
      const [{ unlockHome }, { appContext }, { obtainPassphrase }] = await Promise.all([
        import('../../app/key-ring.ts'),
        import('../session.ts'),
        import('../passphrase.ts'),
      ]);
      const ask = () => obtainPassphrase(context, { file, isNew: false });
      const { added, isPartial } = await unlockHome(appContext(context), ask);
      const { terminal } = context;
      terminal.json({ added, isPartial });
      terminal.print(
        added === 0
          ? 'This device had that key already.'
          : 'This device has the key now. The next sync takes up what waited for it.',
      );
      if (isPartial) {
        terminal.warn(
          'Other slots open more: what was typed is from before the last change of the key.',
        );
      }
    });
}

function addBucket(command: Command, context: CommandContext): void {
  command
    .command('bucket')
    .description(
      "Takes the bucket's password or access key anew, after it was renewed at the provider. It is " +
        'tried before it is kept.',
    )
    .option('--password-file <file>', "a file that holds the password of the bucket's user")
    .action(async ({ passwordFile }: { readonly passwordFile?: string }) => {
      const [{ renewStoreCredentials }, { appContext }, { readPasswordFile }] = await Promise.all([
        import('../../app/bucket-credentials.ts'),
        import('../session.ts'),
        import('../passphrase.ts'),
      ]);
      const password = readPasswordFile(context, passwordFile);
      await renewStoreCredentials(appContext(context), password === undefined ? {} : { password });
      const { terminal } = context;
      terminal.json({ kept: true });
      terminal.print('The bucket accepts it, and this device keeps it.');
    });
}
