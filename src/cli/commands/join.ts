import { type CommandModule, GROUPS } from '../command.ts';
import {
  addSetUpOptions,
  printSecretsPlace,
  type SetUpFlags,
  setUpDocument,
  setUpOptions,
} from '../set-up.ts';

export const joinCommand: CommandModule = {
  name: 'join',
  register(program, context) {
    const command = program
      .command('join')
      .summary('make this one more device of a repository')
      .description(
        'Makes this one more device of a repository that exists. ' +
          'Where a passphrase is asked for, the recovery key does as well.',
      )
      .helpGroup(GROUPS.setUp);
    const noEncryption = 'accept a repository without encryption, passphrase file or not';
    addSetUpOptions(command, noEncryption).action(async (bucket: string, flags: SetUpFlags) => {
      const [
        { joinRepository },
        { appContext, reading },
        { obtainPassphrase, readPasswordFile },
        { listCollections },
      ] = await Promise.all([
        import('../../app/setup.ts'),
        import('../session.ts'),
        import('../passphrase.ts'),
        import('../../app/collection-list.ts'),
      ]);
      const app = appContext(context);
      const source = { file: flags.passphraseFile, isNew: false };
      const made = await joinRepository(
        app,
        setUpOptions(bucket, flags, readPasswordFile(context, flags.passwordFile)),
        () => obtainPassphrase(context, source),
        flags.passphraseFile !== undefined && flags.encryption !== false,
      );
      const { terminal } = context;
      if (!made.encrypted) {
        terminal.warn(
          'The repository is not encrypted: who can read the bucket can read everything.',
        );
      }
      terminal.json(setUpDocument(app.home, made));
      terminal.print(`This device, "${made.deviceName}", has joined ${made.bucket}.`);
      printSecretsPlace(context, made);
      const there = await reading(context, listCollections);
      if (there.length === 0) {
        terminal.print('There are no collections yet. Next: "satchel add vault <folder>".');
        return;
      }
      terminal.print(`Collections there: ${there.map(({ name }) => name).join(', ')}.`);
      terminal.print('Next: "satchel attach <collection> <folder>", then "satchel sync".');
    });
  },
};
