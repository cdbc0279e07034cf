/**
 * What the desktop tells of: only what needs a person, and each once until it was gone. Pure.
 */
import type { HomeStatus } from '../api/status.ts';

export interface Notice {
  /** The same as long as it is the same matter. */
  readonly key: string;
  readonly title: string;
  readonly words: string;
}

export interface Concerns {
  readonly status: HomeStatus;
  /** What the bucket answers, where it refuses this device or is full. */
  readonly answer: { readonly kind: 'refused' | 'full'; readonly words: string } | undefined;
  /** How long the bucket was not reached, and how long of that it was tried, milliseconds. */
  readonly silentMs: number;
  readonly triedMs: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** A computer that wakes after days has just begun to look for the network. */
const TRIED_AT_LEAST_MS = 10 * 60 * 1000;

export function concernsOf({ status, answer, silentMs, triedMs }: Concerns): Notice[] {
  const notices: Notice[] = [];
  for (const { id, name, conflicts, held } of status.collections) {
    if (conflicts > 0) {
      const words = conflicts === 1 ? 'One file' : `${conflicts} files`;
      notices.push({
        key: `conflict:${id}`,
        title: `Conflict in ${name}`,
        words: `${words} changed on two devices. Both sides are kept: choose which to go on with.`,
      });
    }
    if (held > 0) {
      const words = held === 1 ? 'One deletion waits' : `${held} deletions wait`;
      notices.push({
        key: `held:${id}`,
        title: `Deletions in ${name}`,
        words: `${words} for you. Nothing is gone before you say so.`,
      });
    }
  }
  if (answer?.kind === 'refused') {
    notices.push({ key: 'refused', title: 'The bucket refuses access', words: answer.words });
  }
  if (answer?.kind === 'full') {
    notices.push({ key: 'full', title: 'The bucket is full', words: answer.words });
  }
  if (silentMs >= DAY_MS && triedMs >= TRIED_AT_LEAST_MS) {
    notices.push({
      key: 'no-contact',
      title: 'No contact for a day',
      words: 'The bucket was not reached for 24 hours. What you save waits on this device.',
    });
  }
  return notices;
}

/** What to tell now, and what counts as told from now on. */
export function planNotices(
  told: ReadonlySet<string>,
  concerns: readonly Notice[],
): { readonly tell: readonly Notice[]; readonly told: ReadonlySet<string> } {
  return {
    tell: concerns.filter(({ key }) => !told.has(key)),
    told: new Set(concerns.map(({ key }) => key)),
  };
}
