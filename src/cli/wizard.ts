/**
 * `satchel init` without arguments: asks where the bucket is and how to get in, and tries it before
 * anything is made. What is made of the answers is the command's.
 */
import type { AmbientCredentials } from '../app/ambient.ts';
import type { Check } from '../app/doctor/check.ts';
import { type EnteredCredentials, listProviders, type Preset } from '../app/wizard.ts';
import { SatchelError } from '../base/errors.ts';
import { formatSentence } from '../base/sentence.ts';
import type { Prompts } from './prompts.ts';

export interface WizardAnswers {
  /** A bucket URL. */
  readonly bucket: string;
  readonly credentials: EnteredCredentials | undefined;
  /** What to do with what is there. */
  readonly action: 'init' | 'join';
}

/** What the wizard needs of the program around it. */
export interface WizardHelp {
  /** Keys or a password that are there already; undefined where there are none. */
  ambient(scheme: 's3' | 'dav'): AmbientCredentials | undefined;
  /** The path that a person means, who may type `~` or what is relative to the working folder. */
  pathOf(typed: string): string;
  /** The bucket URL of the answers, and of what the command line says. Throws `usage`. */
  bucketUrl(preset: Preset, answers: Readonly<Record<string, string>>): string;
  /** Tries the bucket, telling each finding as it is made. */
  examine(bucket: string, credentials: EnteredCredentials | undefined): Promise<readonly Check[]>;
  isBucketMissing(bucket: string, credentials: EnteredCredentials | undefined): Promise<boolean>;
  /** @throws SatchelError where it cannot be made. */
  createBucket(bucket: string, credentials: EnteredCredentials | undefined): Promise<void>;
  hasRepository(bucket: string, credentials: EnteredCredentials | undefined): Promise<boolean>;
}

/** Asks until there is a bucket that works, or that the person wants all the same. */
export async function askForBucket(prompts: Prompts, help: WizardHelp): Promise<WizardAnswers> {
  let preset = await askPreset(prompts);
  let bucket = await askPlace(prompts, help, preset);
  let credentials = await askCredentials(prompts, help, preset);
  for (;;) {
    const next = await tryBucket(prompts, help, preset, { bucket, credentials });
    if (next === 'elsewhere') {
      preset = await askPreset(prompts);
      bucket = await askPlace(prompts, help, preset);
      credentials = await askCredentials(prompts, help, preset);
    } else if (next === 'credentials') {
      credentials = await askCredentials(prompts, help, preset);
    } else if (next !== 'again') {
      return { bucket, credentials, action: next };
    }
  }
}

async function askPreset(prompts: Prompts): Promise<Preset> {
  const presets = listProviders();
  const id = await prompts.select(
    'Where is the bucket to be?',
    presets.map(({ id: value, name }) => ({ value, label: name })),
  );
  const preset = presets.find((one) => one.id === id);
  if (preset === undefined) throw new Error(`no provider ${id}`);
  for (const limit of preset.limits) prompts.say(limit);
  return preset;
}

/** The URL of the bucket, from what the provider needs to be told. */
async function askPlace(prompts: Prompts, help: WizardHelp, preset: Preset): Promise<string> {
  for (;;) {
    const answers = await askAnswers(prompts, help, preset);
    try {
      return help.bucketUrl(preset, answers);
    } catch (error) {
      if (!(error instanceof SatchelError)) throw error;
      sayError(prompts, error);
    }
  }
}

async function askAnswers(
  prompts: Prompts,
  help: WizardHelp,
  preset: Preset,
): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const { answer, question, example } of preset.asks) {
    answers[answer] = await prompts.text(question, { example, check: notEmpty });
  }
  if (preset.scheme === 'file') {
    const example = '/mnt/disk/satchel';
    const typed = await prompts.text('Which folder?', { example, check: notEmpty });
    return { ...answers, path: help.pathOf(typed) };
  }
  if (preset.scheme === 's3') {
    const example = 'my-notes';
    answers.bucket = await prompts.text('What is the bucket called?', { example, check: notEmpty });
  }
  answers.prefix = await prompts.text('In which folder of it? (may stay as it is)', {
    initial: 'satchel',
  });
  return answers;
}

function sayError(prompts: Prompts, { message, hint }: SatchelError): void {
  prompts.say([formatSentence(message), ...(hint === undefined ? [] : [hint])].join(' '));
}

function notEmpty(answer: string): string | undefined {
  return answer === '' ? 'Please type something.' : undefined;
}

async function askCredentials(
  prompts: Prompts,
  help: WizardHelp,
  { scheme, keyHelp }: Preset,
): Promise<EnteredCredentials | undefined> {
  if (scheme === 'file') return undefined;
  const found = help.ambient(scheme);
  if (found?.isBinding === true) {
    const what = scheme === 'dav' ? 'The password is' : 'The keys are';
    prompts.say(`${what} taken from ${found.from}, and not stored.`);
    return undefined;
  }
  prompts.say(keyHelp);
  if (scheme === 'dav') return { password: await prompts.secret('Password') };
  if (found !== undefined) {
    const source = await prompts.select('With which keys?', [
      { value: 'found', label: `Those from ${found.from}`, hint: 'nothing is stored' },
      { value: 'typed', label: 'Others, which I type now' },
    ]);
    if (source === 'found') return undefined;
  }
  const accessKeyId = await prompts.text('Access key id', { check: notEmpty });
  const secretAccessKey = await prompts.secret('Secret access key');
  return { accessKeys: { accessKeyId, secretAccessKey } };
}

type Next = 'init' | 'join' | 'again' | 'credentials' | 'elsewhere';

interface Tried {
  readonly bucket: string;
  readonly credentials: EnteredCredentials | undefined;
}

async function tryBucket(
  prompts: Prompts,
  help: WizardHelp,
  preset: Preset,
  { bucket, credentials }: Tried,
): Promise<Next> {
  const checks = await help.examine(bucket, credentials);
  if (checks.some(({ outcome }) => outcome === 'problem')) {
    return await afterProblems(prompts, help, preset, { bucket, credentials });
  }
  if (!(await help.hasRepository(bucket, credentials))) return 'init';
  return await prompts.select('There is a repository in that bucket already.', [
    { value: 'join', label: 'Make this device one of its devices' },
    { value: 'elsewhere', label: 'Choose another place' },
  ]);
}

async function afterProblems(
  prompts: Prompts,
  help: WizardHelp,
  { scheme }: Preset,
  { bucket, credentials }: Tried,
): Promise<Next> {
  const isMissing = await help.isBucketMissing(bucket, credentials);
  const mayType = scheme !== 'file' && help.ambient(scheme)?.isBinding !== true;
  const other = scheme === 'dav' ? 'Type the password anew' : 'Type other keys';
  const next = await prompts.select('The bucket cannot be used like this. What now?', [
    ...(isMissing ? [{ value: 'create' as const, label: 'Make it' }] : []),
    { value: 'again' as const, label: 'Try again' },
    ...(mayType ? [{ value: 'credentials' as const, label: other }] : []),
    { value: 'elsewhere' as const, label: 'Choose another place' },
  ]);
  if (next !== 'create') return next;
  try {
    await help.createBucket(bucket, credentials);
    prompts.say('It is made.');
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    sayError(prompts, error);
  }
  return 'again';
}
