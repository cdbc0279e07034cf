/** Where a passphrase comes from: a file, SATCHEL_PASSPHRASE, or a person at the terminal. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf, SatchelError } from '../base/errors.ts';
import type { CommandContext } from './command.ts';
import { Interrupted } from './interrupts.ts';

export interface PassphraseSource {
  /** `--passphrase-file`. */
  readonly file: string | undefined;
  /** Asked for twice, and judged, where a new one is chosen. */
  readonly isNew: boolean;
}

/** Shorter ones are allowed, with a word about what that means. */
const GOOD_LENGTH = 12;

/** @throws SatchelError `usage` where there is none, or an empty one. */
export async function obtainPassphrase(
  context: CommandContext,
  { file, isNew }: PassphraseSource,
): Promise<string> {
  const fromEnv = context.env.SATCHEL_PASSPHRASE;
  let passphrase: string;
  if (file !== undefined) passphrase = readPassphraseFile(resolve(context.workingFolder, file));
  else if (fromEnv !== undefined) passphrase = checked(fromEnv, 'SATCHEL_PASSPHRASE');
  else passphrase = checked(await askPassphrase(context, isNew), 'What was typed');
  if (isNew && [...passphrase].length < GOOD_LENGTH) {
    context.terminal.warn(
      `The passphrase has fewer than ${GOOD_LENGTH} characters: who gets at the bucket could guess it.`,
    );
  }
  return passphrase;
}

function readPassphraseFile(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new SatchelError('usage', `Cannot read the passphrase file: ${messageOf(error)}.`, {
      hint: 'Name a file that holds the passphrase on one line.',
    });
  }
  // Editors end a file with a newline; one at the end is not meant.
  return checked(text.replace(/\r?\n$/, ''), path);
}

function checked(passphrase: string, where: string): string {
  if (passphrase.trim() !== '') return passphrase;
  throw new SatchelError('usage', `The passphrase is empty: ${where} holds none.`, {
    hint: 'Choose several words that you will remember, or use --no-encryption with "init".',
  });
}

async function askPassphrase(context: CommandContext, isNew: boolean): Promise<string> {
  if (context.stdin.isTTY !== true) {
    throw new SatchelError('usage', 'A passphrase is needed, and there is no terminal to ask.', {
      hint: 'Give it with --passphrase-file, or in SATCHEL_PASSPHRASE.',
    });
  }
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
