/**
 * `satchel init` without arguments, from the first question to the first sync: where, how to get
 * in, a live test, the passphrase, the recovery kit, the first folder.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ambientCredentials } from '../app/ambient.ts';
import type { AppContext } from '../app/context.ts';
import { recoveryKitText } from '../app/recovery-kit.ts';
import type { SetUpOptions, SetUpResult } from '../app/setup.ts';
import { messageOf, SatchelError } from '../base/errors.ts';
import { printCheck } from './check-lines.ts';
import type { CommandContext } from './command.ts';
import { bringCollections, carryFirstFolder, pathOf } from './guided-folders.ts';
import { type Prompts, terminalPrompts } from './prompts.ts';
import {
  bucketOverrides,
  printJoined,
  printRecoveryKey,
  printSecretsPlace,
  type SetUpFlags,
  setUpOptions,
} from './set-up.ts';
import { askForBucket, type WizardHelp } from './wizard.ts';

/** @throws SatchelError `usage` where nobody is there to answer, or the home is set up already. */
export async function guidedInit(context: CommandContext, flags: SetUpFlags): Promise<void> {
  if (context.stdin.isTTY !== true) {
    throw new SatchelError('usage', 'No bucket is named, and there is no terminal to ask at.', {
      hint: 'Name one: "satchel init s3://my-bucket/satchel". See "satchel init --help".',
    });
  }
  if (flags.passwordFile !== undefined) {
    throw new SatchelError('usage', 'No bucket is named that the password would be for.', {
      hint: 'Name it, or leave --password-file out: the password is asked for.',
    });
  }
  const [{ appContext }, { refuseSetUpHome }, wizard, { checkDeviceName }] = await Promise.all([
    import('./session.ts'),
    import('../app/setup.ts'),
    import('../app/wizard.ts'),
    import('../app/devices.ts'),
  ]);
  const app = appContext(context);
  refuseSetUpHome(app.home);
  const prompts = await terminalPrompts();
  const help = helpFor(context, app, flags, wizard);
  const { bucket, credentials, action } = await askForBucket(prompts, help);
  const deviceName = await prompts.text('What is this device called?', {
    initial: setUpOptions(bucket, flags, undefined).deviceName,
    check: (name) => problemOf(() => checkDeviceName(name)),
  });
  const options: SetUpOptions = {
    ...setUpOptions(bucket, { ...flags, device: deviceName }, undefined),
    ...(credentials === undefined ? {} : { credentials }),
  };
  if (action === 'join') await joinThere(context, app, prompts, flags, options);
  else await makeThere(context, app, prompts, flags, options);
  const isComplete = action === 'join' && (await bringCollections(context, prompts));
  if (!isComplete) await carryFirstFolder(context, prompts);
}

/** What a check has against an answer; undefined where it passes. */
function problemOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    return `${error.message} ${error.hint ?? ''}`;
  }
}

function helpFor(
  context: CommandContext,
  app: AppContext,
  flags: SetUpFlags,
  wizard: typeof import('../app/wizard.ts'),
): WizardHelp {
  const { insecureTls } = flags;
  const { terminal, env } = context;
  const signal = new AbortController().signal;
  return {
    ambient: (scheme) => ambientCredentials(env, scheme, flags.profile),
    pathOf: (typed) => pathOf(context, typed),
    bucketUrl: (preset, answers) => wizard.bucketUrlOf(preset, answers, bucketOverrides(flags)),
    async examine(bucket, credentials) {
      const { examineBucket } = await import('../app/doctor.ts');
      const checks: Parameters<typeof printCheck>[1][] = [];
      await examineBucket(app, {
        bucket,
        insecureTls,
        signal,
        credentials,
        report(check) {
          checks.push(check);
          const { hint: _alreadyAtIt, ...bare } = check;
          printCheck(terminal, check.id === 'repository' && check.outcome === 'ok' ? bare : check);
        },
      });
      return checks;
    },
    isBucketMissing: (bucket, credentials) =>
      wizard.isBucketMissing(app, { bucket, credentials, insecureTls }),
    createBucket: (bucket, credentials) =>
      wizard.createBucket(app, { bucket, credentials, insecureTls }),
    hasRepository: (bucket, credentials) =>
      wizard.hasRepository(app, { bucket, credentials, insecureTls }),
  };
}

async function makeThere(
  context: CommandContext,
  app: AppContext,
  prompts: Prompts,
  flags: SetUpFlags,
  options: SetUpOptions,
): Promise<void> {
  const [{ initRepository }, { listHome }, { obtainPassphrase }] = await Promise.all([
    import('../app/setup.ts'),
    import('../app/known-homes.ts'),
    import('./passphrase.ts'),
  ]);
  const source = { file: flags.passphraseFile, isNew: true };
  const made = await initRepository(
    app,
    options,
    flags.encryption === false ? undefined : () => obtainPassphrase(context, source),
  );
  listHome(app, context.env);
  const { terminal } = context;
  terminal.print(`A new repository is in ${made.bucket}.`);
  printSecretsPlace(context, made);
  if (made.recoveryKey === undefined) return;
  printRecoveryKey(context, made.recoveryKey);
  await saveKit(context, prompts, made, made.recoveryKey, app.clock.now());
}

/** The key is shown this once, so nobody goes on before it is written down. */
async function saveKit(
  context: CommandContext,
  prompts: Prompts,
  { bucket, repository }: SetUpResult,
  recoveryKey: string,
  madeAt: number,
): Promise<void> {
  for (;;) {
    const choice = await prompts.select('Where do you keep the recovery key?', [
      { value: 'written', label: 'I have written it down' },
      { value: 'file', label: 'Save a page to print' },
    ]);
    if (choice === 'written') return;
    const name = await prompts.text('As which file?', { initial: 'satchel-recovery-kit.txt' });
    const path = resolve(context.workingFolder, name);
    try {
      const text = recoveryKitText({ bucket, repository, recoveryKey, madeAt });
      writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
      prompts.say(`${path} is there. Print it, keep the page, and delete the file.`);
      return;
    } catch (error) {
      prompts.say(`It could not be written: ${messageOf(error)}.`);
    }
  }
}

async function joinThere(
  context: CommandContext,
  app: AppContext,
  prompts: Prompts,
  flags: SetUpFlags,
  options: SetUpOptions,
): Promise<void> {
  const [{ joinRepository }, { listHome }, { obtainPassphrase }] = await Promise.all([
    import('../app/setup.ts'),
    import('../app/known-homes.ts'),
    import('./passphrase.ts'),
  ]);
  const source = { file: flags.passphraseFile, isNew: false };
  const isTyped = source.file === undefined && context.env.SATCHEL_PASSPHRASE === undefined;
  const expectsEncryption = source.file !== undefined && flags.encryption !== false;
  for (;;) {
    try {
      const ask = () => obtainPassphrase(context, source);
      const made = await joinRepository(app, options, ask, expectsEncryption);
      listHome(app, context.env);
      printJoined(context, made);
      return;
    } catch (error) {
      // A slip of the finger is no reason to answer everything anew.
      if (!isTyped || !(error instanceof SatchelError) || error.kind !== 'refused') throw error;
      prompts.say(`${error.message} ${error.hint ?? ''}`);
    }
  }
}
