/** What `init` and `join` have in common: their options, and the words at the end. */
import { hostname } from 'node:os';
import type { Command } from 'commander';
import type { SetUpOptions, SetUpResult } from '../app/setup.ts';
import type { CommandContext } from './command.ts';

export interface SetUpFlags {
  readonly device?: string;
  readonly passphraseFile?: string;
  /** False with `--no-encryption`. */
  readonly encryption?: boolean;
  readonly endpoint?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly insecureTls?: boolean;
}

/** @param noEncryption what `--no-encryption` means for the command. */
export function addSetUpOptions(command: Command, noEncryption: string): Command {
  return command
    .argument('<bucket-url>', 's3://bucket/prefix, file:///path/to/folder, or the path alone')
    .option('--device <name>', 'the name of this device (default: its host name)')
    .option('--passphrase-file <file>', 'a file that holds the passphrase')
    .option('--no-encryption', noEncryption)
    .option('--endpoint <url>', 'an S3 service other than Amazon')
    .option('--region <region>', 'the region of the bucket')
    .option('--profile <name>', 'a profile of the AWS configuration')
    .option('--insecure-tls', 'allow http:// and certificates that cannot be checked')
    .addHelpText(
      'after',
      '\nFor scripts, SATCHEL_PASSPHRASE may hold the passphrase. Access keys come from where' +
        '\nthe AWS tools look for them: the environment, ~/.aws, SSO, or the machine itself.',
    );
}

export function setUpOptions(bucket: string, flags: SetUpFlags): SetUpOptions {
  const { endpoint, region, profile, insecureTls } = flags;
  return {
    bucket,
    deviceName: flags.device ?? hostDeviceName(),
    endpoint,
    region,
    profile,
    insecureTls,
  };
}

/** A host name may be longer than the names of devices. */
function hostDeviceName(): string {
  return hostname().slice(0, 60) || 'unnamed';
}

/** The document of `init --json` and `join --json`. */
export function setUpDocument(home: string, made: SetUpResult) {
  const { bucket, repository, encrypted, deviceName, recoveryKey } = made;
  return {
    home,
    bucket,
    repository,
    encrypted,
    device: deviceName,
    ...(recoveryKey === undefined ? {} : { recoveryKey }),
  };
}

/** The recovery key in a box: it is shown this once. */
export function printRecoveryKey({ terminal }: CommandContext, recoveryKey: string): void {
  const rule = '─'.repeat(recoveryKey.length + 4);
  terminal.print('');
  terminal.print('The recovery key, shown only this once:');
  terminal.print('');
  terminal.print(`  ┌${rule}┐`);
  terminal.print(`  │  ${terminal.style.bold(recoveryKey)}  │`);
  terminal.print(`  └${rule}┘`);
  terminal.print('');
  terminal.print('It opens the repository should the passphrase be forgotten. Write it down or');
  terminal.print('print it, and keep it apart from your devices. Without either of the two,');
  terminal.print('nobody can read what is in the bucket.');
}
