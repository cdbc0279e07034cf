/** What `init` and `join` have in common: their options, and the words at the end. */
import type { Command } from 'commander';
import { hostDeviceName } from '../app/host-name.ts';
import type { SetUpOptions, SetUpResult } from '../app/setup.ts';
import type { CommandContext } from './command.ts';

/** How to get to a bucket, besides its URL. */
export interface BucketFlags {
  readonly endpoint?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly provider?: string;
  readonly storageClass?: string;
  readonly sse?: string;
  readonly sseKey?: string;
  readonly caFile?: string;
  readonly user?: string;
  readonly insecureTls?: boolean;
}

export interface SetUpFlags extends BucketFlags {
  readonly device?: string;
  readonly passphraseFile?: string;
  /** False with `--no-encryption`. */
  readonly encryption?: boolean;
  readonly passwordFile?: string;
  readonly sessionOnly?: boolean;
}

/**
 * @param noEncryption what `--no-encryption` means for the command.
 * @param argument what the command takes; in brackets where it asks for it otherwise.
 */
export function addSetUpOptions(
  command: Command,
  noEncryption: string,
  argument: '<bucket-url|link>' | '[bucket-url]',
): Command {
  command
    .argument(argument, 's3://bucket/prefix, davs://host/path, or the path of a folder')
    .option('--device <name>', 'the name of this device (default: its host name)')
    .option('--passphrase-file <file>', 'a file that holds the passphrase')
    .option('--no-encryption', noEncryption)
    .option('--password-file <file>', "a file that holds the password of the bucket's user")
    .option('--session-only', 'keep neither key nor password here: each command asks for them');
  return addBucketOptions(command).addHelpText(
    'after',
    '\nFor scripts, SATCHEL_PASSPHRASE may hold the passphrase, and SATCHEL_WEBDAV_PASSWORD a' +
      "\nWebDAV user's password. Access keys come from where the AWS tools look for them: the" +
      '\nenvironment, ~/.aws, SSO, or the machine itself. The key and what is typed here are kept in' +
      '\nthe keychain, or in a file only you can read where there is none or SATCHEL_KEYCHAIN=off.',
  );
}

/** The options that `BucketFlags` holds, for every command that takes a bucket URL. */
export function addBucketOptions(command: Command): Command {
  return command
    .option('--endpoint <url>', 'an S3 service other than Amazon')
    .option('--region <region>', 'the region of the bucket')
    .option('--profile <name>', 'a profile of the AWS configuration')
    .option('--provider <id>', 'a provider whose habits are known, such as r2 or b2')
    .option('--storage-class <name>', 'the storage class of large objects written')
    .option('--sse <kind>', 'encryption at the provider: AES256 or aws:kms')
    .option('--sse-key <id>', 'the key for aws:kms')
    .option('--user <name>', 'the user of a WebDAV server')
    .option('--ca-file <file>', 'certificate authorities to trust besides the usual ones')
    .option('--insecure-tls', 'allow http:// and certificates that cannot be checked');
}

/** What the flags say about the bucket, and win with over its URL. */
export function bucketOverrides(flags: BucketFlags): NonNullable<SetUpOptions['overrides']> {
  const { endpoint, region, profile, provider, storageClass, sse, sseKey, caFile, user } = flags;
  return {
    endpoint,
    region,
    profile,
    provider,
    storageClass,
    sse,
    sseKeyId: sseKey,
    caFile,
    user,
  };
}

/** @param password what `--password-file` holds. */
export function setUpOptions(
  bucket: string,
  flags: SetUpFlags,
  password: string | undefined,
): SetUpOptions {
  const { insecureTls, sessionOnly } = flags;
  return {
    bucket,
    overrides: bucketOverrides(flags),
    deviceName: flags.device ?? hostDeviceName(),
    insecureTls,
    sessionOnly,
    ...(password === undefined ? {} : { credentials: { password } }),
  };
}

/** The document of `init --json` and `join --json`. */
export function setUpDocument(home: string, made: SetUpResult) {
  const { bucket, repository, encrypted, deviceName, recoveryKey, secrets } = made;
  return {
    home,
    bucket,
    repository,
    encrypted,
    device: deviceName,
    secrets,
    ...(recoveryKey === undefined ? {} : { recoveryKey }),
  };
}

const SECRETS_WORDS: Readonly<Record<SetUpResult['secrets'], string>> = {
  keychain: 'Its key is kept in the keychain of this computer.',
  file: 'Its key is kept in a file of the home that only you can read.',
  session: 'No key is kept here: commands that need the bucket ask for the passphrase.',
};

/** Where the key is from now on, so that nobody has to guess. */
export function printSecretsPlace({ terminal }: CommandContext, made: SetUpResult): void {
  if (made.encrypted) terminal.print(SECRETS_WORDS[made.secrets]);
}

/** What a device that has joined is told, also where the repository turned out to be open. */
export function printJoined(context: CommandContext, made: SetUpResult): void {
  const { terminal } = context;
  if (!made.encrypted) {
    terminal.warn('The repository is not encrypted: who can read the bucket can read everything.');
  }
  terminal.print(`This device, "${made.deviceName}", has joined ${made.bucket}.`);
  printSecretsPlace(context, made);
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
