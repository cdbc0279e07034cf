import { type CommandModule, GROUPS } from '../command.ts';
import {
  addSetUpOptions,
  printRecoveryKey,
  printSecretsPlace,
  type SetUpFlags,
  setUpDocument,
  setUpOptions,
} from '../set-up.ts';

type Given = [bucket: string | undefined, flags: SetUpFlags];

export const initCommand: CommandModule = {
  name: 'init',
  register(program, context) {
    const command = program
      .command('init')
      .summary('make a new repository in a bucket')
      .description(
        'Makes a new repository in a bucket, with this device as its first. ' +
          'Without a bucket it asks for everything, step by step, and tries it.',
      )
      .helpGroup(GROUPS.setUp);
    const noEncryption = 'everything is readable by whoever can read the bucket';
    addSetUpOptions(command, noEncryption, '[bucket-url]').action(async (...given: Given) => {
      const [bucket, flags] = given;
      if (bucket === undefined) {
        const { guidedInit } = await import('../guided-init.ts');
        return await guidedInit(context, flags);
      }
      const [
        { initRepository },
        { listHome },
        { appContext },
        { obtainPassphrase, readPasswordFile },
      ] = await Promise.all([
        import('../../app/setup.ts'),
        import('../../app/known-homes.ts'),
        import('../session.ts'),
        import('../passphrase.ts'),
      ]);
      const app = appContext(context);
      const source = { file: flags.passphraseFile, isNew: true };
      const askPassphrase =
        flags.encryption === false ? undefined : () => obtainPassphrase(context, source);
      const options = setUpOptions(bucket, flags, readPasswordFile(context, flags.passwordFile));
      const made = await initRepository(app, options, askPassphrase);
      listHome(app, context.env);
      const { terminal } = context;
      terminal.json(setUpDocument(app.home, made));
      terminal.print(`A new repository is in ${made.bucket}; this device is "${made.deviceName}".`);
      printSecretsPlace(context, made);
      if (made.recoveryKey !== undefined) printRecoveryKey(context, made.recoveryKey);
      else terminal.print('It is not encrypted: who can read the bucket can read everything.');
      terminal.print('');
      terminal.print('Next: "satchel add vault <folder>", then "satchel sync".');
    });
  },
};
