import { type CommandModule, GROUPS } from '../command.ts';
import {
  addSetUpOptions,
  printRecoveryKey,
  type SetUpFlags,
  setUpDocument,
  setUpOptions,
} from '../set-up.ts';

export const initCommand: CommandModule = {
  name: 'init',
  register(program, context) {
    const command = program
      .command('init')
      .summary('make a new repository in a bucket')
      .description('Makes a new repository in a bucket, with this device as its first.')
      .helpGroup(GROUPS.setUp);
    const noEncryption = 'everything is readable by whoever can read the bucket';
    addSetUpOptions(command, noEncryption).action(async (bucket: string, flags: SetUpFlags) => {
      const [{ initRepository }, { appContext }, { obtainPassphrase }] = await Promise.all([
        import('../../app/setup.ts'),
        import('../session.ts'),
        import('../passphrase.ts'),
      ]);
      const app = appContext(context);
      const source = { file: flags.passphraseFile, isNew: true };
      const askPassphrase =
        flags.encryption === false ? undefined : () => obtainPassphrase(context, source);
      const made = await initRepository(app, setUpOptions(bucket, flags), askPassphrase);
      const { terminal } = context;
      terminal.json(setUpDocument(app.home, made));
      terminal.print(`A new repository is in ${made.bucket}; this device is "${made.deviceName}".`);
      if (made.recoveryKey !== undefined) printRecoveryKey(context, made.recoveryKey);
      else terminal.print('It is not encrypted: who can read the bucket can read everything.');
      terminal.print('');
      terminal.print('Next: "satchel add vault <folder>", then "satchel sync".');
    });
  },
};
