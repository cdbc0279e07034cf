/** What a person chose and typed about a bucket, as the daemon takes it. Pure. */
import type { Answer, Input } from '../../api/client.ts';

export type Provider = Answer<'providers'>['providers'][number];
export type Detected = Answer<'providers'>['detected'][number];
export type BucketChoice = Input<'checkBucket'>;
export type Trial = Answer<'checkBucket'>;

/** A provider, or the address of a bucket as a recovery kit or another device shows it. */
export type Place = Provider | 'address';

/** By what to get in: something that is on this computer, or what is typed. */
export type WayIn =
  | { readonly kind: 'found'; readonly profile: string | null }
  | { readonly kind: 'typed' };

export interface Typed {
  /** By the names of the questions. */
  readonly answers: Readonly<Record<string, string>>;
  readonly wayIn: WayIn;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly password: string;
  readonly insecureTls: boolean;
}

const ADDRESS_QUESTIONS: Provider['questions'] = [
  {
    name: 'url',
    question: 'What is its address?',
    example: 's3://my-notes/satchel',
    standard: null,
    choices: [],
  },
];

export function questionsOf(place: Place): Provider['questions'] {
  return place === 'address' ? ADDRESS_QUESTIONS : place.questions;
}

/** Before anything was typed. */
export function emptyTyped(place: Place, detected: readonly Detected[]): Typed {
  const answers = questionsOf(place).map(({ name, standard }) => [name, standard ?? ''] as const);
  const found = detected.find(({ scheme }) => scheme === schemeOf(place, {}));
  return {
    answers: Object.fromEntries(answers),
    wayIn: found === undefined ? { kind: 'typed' } : { kind: 'found', profile: found.profile },
    accessKeyId: '',
    secretAccessKey: '',
    password: '',
    insecureTls: false,
  };
}

/** Undefined where an address does not say it (yet), which then means a folder. */
export function schemeOf(place: Place, answers: Typed['answers']): Provider['scheme'] | undefined {
  if (place !== 'address') return place.scheme;
  const url = answers.url?.trim() ?? '';
  if (/^s3:/i.test(url)) return 's3';
  if (/^davs?:/i.test(url)) return 'dav';
  return url === '' ? undefined : 'file';
}

/** What may be chosen from; empty where there is only typing. */
export function waysFound(
  place: Place,
  answers: Typed['answers'],
  detected: readonly Detected[],
): readonly Detected[] {
  const scheme = schemeOf(place, answers);
  return detected.filter((found) => found.scheme === scheme);
}

/** Names of what has to be filled in still. */
export function missingIn(
  place: Place,
  typed: Typed,
  detected: readonly Detected[],
): readonly string[] {
  const { answers } = typed;
  const asked = questionsOf(place)
    .filter(({ name, standard }) => standard === null && isBlank(answers[name]))
    .map(({ name }) => name);
  const isTyped = isTypedWay(typed, waysFound(place, answers, detected));
  if (schemeOf(place, answers) !== 's3' || !isTyped) return asked;
  const keys = (['accessKeyId', 'secretAccessKey'] as const).filter((name) => isBlank(typed[name]));
  return [...asked, ...keys];
}

/** True where what is typed is what counts. */
export function isTypedWay({ wayIn }: Typed, found: readonly Detected[]): boolean {
  if (found.some(({ isBinding }) => isBinding)) return false;
  return wayIn.kind === 'typed' || found.length === 0;
}

export function choiceOf(place: Place, typed: Typed, detected: readonly Detected[]): BucketChoice {
  const { answers, wayIn, accessKeyId, secretAccessKey, password, insecureTls } = typed;
  const { url, ...others } = answers;
  const where = place === 'address' ? { url: url ?? '' } : { provider: place.id, answers: others };
  const scheme = schemeOf(place, answers);
  const common = { ...where, ...(insecureTls ? { insecureTls } : {}) };
  if (!isTypedWay(typed, waysFound(place, answers, detected))) {
    const profile = wayIn.kind === 'found' ? wayIn.profile : null;
    return profile === null ? common : { ...common, profile };
  }
  if (scheme === 's3') return { ...common, accessKeyId, secretAccessKey };
  return scheme === 'dav' && password !== '' ? { ...common, password } : common;
}

function isBlank(answer: string | undefined): boolean {
  return answer === undefined || answer.trim() === '';
}
