/** What needs a person, the gravest first. Pure. */
import type { HomeStatus } from '../../../api/status.ts';
import { countWords, sentence, type Tone } from '../../words.ts';

export interface Need {
  /** Tells it from the others. */
  readonly id: string;
  readonly tone: Tone;
  readonly words: string;
  /** What to do about it. */
  readonly hint: string;
  /** Where that is done, and what the way there is called. */
  readonly way?: { readonly path: string; readonly words: string };
}

type Collection = HomeStatus['collections'][number];

const MINUTE_MS = 60_000;

export function needsOf(home: HomeStatus): readonly Need[] {
  const found = [
    ...keyNeeds(home),
    ...refusalNeeds(home),
    ...home.exposed.map((path) => ({
      id: `exposed ${path}`,
      tone: 'bad' as const,
      words: `Other users of this computer can read ${path}`,
      hint: 'Run "chmod 600" on it.',
    })),
    ...home.collections.flatMap((one) => collectionNeeds(withoutRefusal(home, one))),
  ];
  const { state, reason } = home;
  // The reason of a home sums its causes up: it is told where none of them is known by itself.
  const isUnexplained = found.length === 0 && state === 'attention' && reason !== null;
  const whole: readonly Need[] = isUnexplained
    ? [{ id: 'home', tone: 'bad', words: sentence(reason), hint: TRIED_AGAIN }]
    : [];
  return [...whole, ...found, ...clockNeeds(home)];
}

const TRIED_AGAIN = 'Satchel tries again by itself; "Sync now" tries at once.';

function keyNeeds({ needsKey, repositoryKey }: HomeStatus): readonly Need[] {
  const hint = 'The passphrase gives it back.';
  const way = { path: '/keys', words: 'Unlock' };
  if (repositoryKey === 'missing') {
    const words = 'The key of the repository is not where this device kept it';
    return [{ id: 'key', tone: 'bad', words, hint, way }];
  }
  if (!needsKey) return [];
  const words = 'The key of the repository was changed on another device: what is saved here waits';
  return [{ id: 'key', tone: 'bad', words, hint, way }];
}

function refusalNeeds({ refused, reason, bucket }: HomeStatus): readonly Need[] {
  if (!refused || reason === null) return [];
  const need = { id: 'refused', tone: 'bad', words: sentence(reason), hint: WAITS } as const;
  // A bucket that is a folder has no credentials.
  if (bucket.startsWith('file:')) return [need];
  return [{ ...need, way: { path: '/keys', words: 'Give other credentials' } }];
}

const WAITS = 'What is saved here waits; nothing is lost.';

/** What the bucket says is told once, and not of each collection. */
function withoutRefusal({ refused, reason }: HomeStatus, collection: Collection): Collection {
  return refused && collection.lastError === reason
    ? { ...collection, lastError: null }
    : collection;
}

function collectionNeeds(collection: Collection): readonly Need[] {
  const { id, name, conflicts, held, lastError, removed } = collection;
  const needs: (Need | false)[] = [
    lastError !== null && {
      id: `error ${id}`,
      tone: 'bad',
      words: `${name}: ${lastError}`,
      hint: TRIED_AGAIN,
    },
    conflicts > 0 && {
      id: `conflicts ${id}`,
      tone: 'warn',
      words: `${countWords(conflicts, 'conflict')} in ${name}`,
      hint: 'Both sides are kept until you choose.',
      way: { path: '/conflicts', words: 'See which, and choose' },
    },
    held > 0 && {
      id: `held ${id}`,
      tone: 'warn',
      words: `${countWords(held, 'deletion')} in ${name} ${held === 1 ? 'waits' : 'wait'} for you`,
      hint: 'So many at once may be a mistake.',
      way: { path: '/held', words: 'See which, and decide' },
    },
    removed && {
      id: `removed ${id}`,
      tone: 'idle',
      words: `${name} was taken off the list on another device`,
      hint: 'It is carried here until you stop it.',
      way: { path: '/collections', words: 'See it among the collections' },
    },
  ];
  return needs.filter((need) => need !== false);
}

function clockNeeds({ clockOffsetMs }: HomeStatus): readonly Need[] {
  const minutes = Math.round(Math.abs(clockOffsetMs) / MINUTE_MS);
  if (clockOffsetMs === 0) return [];
  const amount = minutes === 0 ? 'less than a minute' : countWords(minutes, 'minute');
  const way = clockOffsetMs > 0 ? 'slow' : 'fast';
  return [
    {
      id: 'clock',
      tone: 'idle',
      words: `The clock of this computer is ${amount} ${way}`,
      hint: 'Satchel corrects for it; set the clock so that other programs agree.',
    },
  ];
}
