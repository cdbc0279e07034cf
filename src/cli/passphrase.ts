/** Where secrets come from: a file, the environment, or a person at the terminal. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AskedSecret } from '../app/context.ts';
import { messageOf, SatchelError } from '../base/errors.ts';
import type { CommandContext } from './command.ts';
import { Interrupted } from './interrupts.ts';

export interface PassphraseSource {
  /** `--passphrase-file`. */
  readonly file: string | undefined;
  /** Asked for twice, and judged, where a new one is chosen. */
  readonly isNew: boolean;
  /** The variable that may hold it. SATCHEL_PASSPHRASE by default. */
  readonly variable?: string;
  /** False for a command without `--passphrase-file`. */
  readonly hasFileOption?: boolean;
}

/** Shorter ones are allowed, with a word about what that means. */
const GOOD_LENGTH = 12;

/** @throws SatchelError `usage` where there is none, or an empty one. */
export async function obtainPassphrase(
  context: CommandContext,
  source: PassphraseSource,
): Promise<string> {
  const { file, isNew, variable = 'SATCHEL_PASSPHRASE', hasFileOption = true } = source;
  const fromEnv = context.env[variable];
  let passphrase: string;
  if (file !== undefined) passphrase = readSecretFile(context, file, 'passphrase');
  else if (fromEnv !== undefined) passphrase = checked(fromEnv, variable);
  else {
    if (context.stdin.isTTY !== true) throw nobodyToAsk(variable, hasFileOption);
    passphrase = checked(await askPassphrase(context, isNew), 'what was typed');
  }
  if (isNew && [...passphrase].length < GOOD_LENGTH) {
    context.terminal.warn(
      `The passphrase has fewer than ${GOOD_LENGTH} characters: who gets at the bucket could guess it.`,
    );
  }
  return passphrase;
}

/** The password that `--password-file` holds. @throws SatchelError `usage` where there is none. */
export function readPasswordFile(
  context: CommandContext,
  file: string | undefined,
): string | undefined {
  return file === undefined ? undefined : readSecretFile(context, file, 'password');
}

/** What a command may have to ask for that the home does not keep. */
export async function askForSecret(context: CommandContext, secret: AskedSecret): Promise<string> {
  if (secret.kind === 'passphrase') {
    const source = { file: undefined, isNew: false, hasFileOption: false };
    return await obtainPassphrase(context, source);
  }
  const what = secret.kind === 'password' ? `password of ${secret.user}` : secret.kind;
  if (context.stdin.isTTY === true) return await ask(`The ${what} for the bucket`);
  throw new SatchelError('usage', `The ${what} is needed, and nobody is there to ask.`, {
    hint:
      secret.kind === 'password'
        ? 'Give it in SATCHEL_WEBDAV_PASSWORD, or with --password-file where the command takes it.'
        : 'Run the command in a terminal, or let the environment or a profile supply the keys.',
  });
}

/** The code that another device shows beside a link. */
export async function askForLinkCode({ stdin }: CommandContext): Promise<string> {
  if (stdin.isTTY === true) return await ask('The code that is shown beside the link');
  throw new SatchelError('usage', 'The code of the link is needed, and nobody is there to ask.', {
    hint: 'Give it with --code.',
  });
}

function readSecretFile(
  { workingFolder }: CommandContext,
  file: string,
  what: 'passphrase' | 'password',
): string {
  const path = resolve(workingFolder, file);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new SatchelError('usage', `Cannot read the ${what} file: ${messageOf(error)}.`, {
      hint: `Name a file that holds the ${what} on one line.`,
    });
  }
  // Editors end a file with a newline; one at the end is not meant.
  return checked(text.replace(/\r?\n$/, ''), path, what);
}

function checked(secret: string, where: string, what = 'passphrase'): string {
  if (secret.trim() !== '') return secret;
  throw new SatchelError('usage', `The ${what} is empty: ${where} holds none.`, {
    hint:
      what === 'password'
        ? 'Put it on one line.'
        : 'Choose several words that you will remember, or use --no-encryption with "init".',
  });
}

function nobodyToAsk(variable: string, hasFileOption: boolean): SatchelError {
  return new SatchelError('usage', 'A passphrase is needed, and there is no terminal to ask.', {
    hint: hasFileOption
      ? `Give it with --passphrase-file, or in ${variable}.`
      : `Give it in ${variable}.`,
  });
}

async function askPassphrase(context: CommandContext, isNew: boolean): Promise<string> {
  if (!isNew) return await ask('Passphrase of the repository, or its recovery key');
  for (;;) {
    const first = await ask('Choose a passphrase for the repository');
    checked(first, 'what was typed');
    if ((await ask('The same once more')) === first) return first;
    context.terminal.warn('The two are not the same. Once more, please.');
  }
}

/** Asks on stderr, so that stdout carries nothing but the result. */
async function ask(message: string): Promise<string> {
  const { isCancel, password } = await import('@clack/prompts');
  const typed = await password({ message, output: process.stderr, withGuide: false });
  if (isCancel(typed)) throw new Interrupted('stopped at the prompt');
  return typed ?? '';
}
