/** A bucket as a person describes it on the page: which one it is, and how to get in. */
import type { BucketChoice, Provider } from '../api/setup.ts';
import { SatchelError } from '../base/errors.ts';
import type { BucketOverrides } from '../store/bucket-settings.ts';
import type { StoreCredentials } from '../store/credentials.ts';
import type { PriceList } from '../store/prices.ts';
import type { ProviderPreset } from '../store/provider.ts';
import { findProvider, PROVIDERS } from '../store/providers.ts';
import { formatBucketUrl, parseBucketUrl } from '../store/url.ts';
import { typedFolder } from './browse-folders.ts';
import type { Destination } from './follow.ts';
import { bucketUrlOf, type ChosenBucket } from './wizard.ts';

/** The providers in the order in which they are offered, with all that has to be asked. */
export function offeredProviders(): readonly Provider[] {
  return PROVIDERS.map((preset) => ({
    id: preset.id,
    name: preset.name,
    scheme: preset.scheme,
    questions: questionsOf(preset),
    needs: NEEDS[preset.scheme],
    keyHelp: preset.keyHelp,
    limits: preset.limits,
    price: preset.prices === undefined ? null : priceWords(preset.prices),
    isOwn: preset.isOwn,
  }));
}

const NEEDS = { s3: 'accessKey', dav: 'password', file: null } as const;

function questionsOf({ asks, regions, scheme }: ProviderPreset): Provider['questions'] {
  const own = asks.map(({ answer, question, example }) => ({
    name: answer,
    question,
    example,
    standard: null,
    choices: answer === 'region' ? (regions ?? []) : [],
  }));
  return [...own, ...PLACE_QUESTIONS[scheme]];
}

const PREFIX: Provider['questions'][number] = {
  name: 'prefix',
  question: 'In which folder of it? Satchel keeps to that one.',
  example: 'satchel',
  standard: 'satchel',
  choices: [],
};

const PLACE_QUESTIONS: Readonly<Record<ProviderPreset['scheme'], Provider['questions']>> = {
  s3: [
    {
      name: 'bucket',
      question: 'What is the bucket called?',
      example: 'my-notes',
      standard: null,
      choices: [],
    },
    PREFIX,
  ],
  dav: [PREFIX],
  file: [
    {
      name: 'path',
      question: 'Which folder?',
      example: '/mnt/disk/satchel',
      standard: null,
      choices: [],
    },
  ],
};

/** Such as `0.015 USD for a GB and month, the first 10 GB free (prices of 2026-08)`. */
export function priceWords(prices: PriceList): string {
  const { currency, storedPerGbMonth, freeStoredGb, basePerMonth, minimumPerMonth } = prices;
  const stored = `${storedPerGbMonth} ${currency} for a GB and month`;
  const free = freeStoredGb === undefined ? '' : `${freeStoredGb.toLocaleString('en-US')} GB`;
  const words =
    basePerMonth === undefined
      ? [stored, ...(free === '' ? [] : [`the first ${free} free`])]
      : [`${basePerMonth} ${currency} a month with ${free}`, `then ${stored}`];
  const least = minimumPerMonth === undefined ? [] : [`at least ${minimumPerMonth} ${currency}`];
  return `${[...words, ...least].join(', ')} (prices of ${prices.asOf})`;
}

/**
 * The bucket that is meant, and what was entered to get in.
 * @throws SatchelError `usage` where an answer is missing, or cannot be what it is for.
 */
export function accessOf(choice: BucketChoice): ChosenBucket {
  const { profile, insecureTls = false } = choice;
  const credentials = enteredCredentials(choice);
  const overrides = profile === undefined ? {} : { profile };
  return { bucket: bucketOf(choice, overrides), credentials, insecureTls };
}

function bucketOf({ provider, answers = {}, url }: BucketChoice, overrides: BucketOverrides) {
  if (provider === undefined) {
    if (url === undefined || url.trim() === '') throw nothingChosen();
    const typed = url.trim();
    const isUrl = /^[a-z][a-z\d]*:/i.test(typed);
    return formatBucketUrl(parseBucketUrl(isUrl ? typed : typedFolder(typed), overrides));
  }
  const preset = findProvider(provider);
  if (preset === undefined) throw nothingChosen();
  const { path } = answers;
  const isPath = preset.scheme === 'file' && path !== undefined;
  return bucketUrlOf(preset, isPath ? { ...answers, path: typedFolder(path) } : answers, overrides);
}

function nothingChosen(): SatchelError {
  return new SatchelError('usage', 'No bucket is named.', {
    hint: 'Choose a provider and answer what it asks, or give the address of the bucket.',
  });
}

function enteredCredentials(choice: BucketChoice): StoreCredentials | undefined {
  const { password, accessKeyId = '', secretAccessKey = '' } = choice;
  if (password !== undefined && password !== '') return { password };
  if (accessKeyId.trim() === '' && secretAccessKey.trim() === '') return undefined;
  if (accessKeyId.trim() === '' || secretAccessKey.trim() === '') {
    throw new SatchelError('usage', 'The access key is incomplete.', {
      hint: 'It has two parts, its id and its secret: the provider shows both.',
    });
  }
  // What is copied from a web page brings spaces along.
  return {
    accessKeys: { accessKeyId: accessKeyId.trim(), secretAccessKey: secretAccessKey.trim() },
  };
}

/** The same for a bucket to go to with all that is in the present one. */
export function destinationOf(choice: BucketChoice): Destination {
  const { bucket, credentials, insecureTls = false } = accessOf(choice);
  return { settings: parseBucketUrl(bucket), insecureTls, credentials };
}
