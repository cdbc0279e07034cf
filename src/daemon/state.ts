/** How a home and its collections stand, from what the replica and the loop know. Pure. */
import type { CollectionState, CollectionStatus, HomeStatus, Transfer } from '../api/status.ts';
import type { Settings } from '../app/home.ts';
import type { CollectionLife, LiveStatus } from '../app/live-status.ts';

type LiveCollection = HomeStatus['collections'][number];

/** Why the last round, or the way to one, ended without its work. */
export interface Failure {
  /** What went wrong and what to do next. */
  readonly words: string;
  /** True where it may only take time. */
  readonly isOutOfReach: boolean;
  /** True where the bucket refuses this device: other credentials may help. */
  readonly isRefused?: boolean;
}

export interface LoopFacts {
  /** True while a round is under way. */
  readonly isBusy: boolean;
  readonly failure: Failure | undefined;
  /** When the bucket is asked again, milliseconds since the Unix epoch; undefined for nobody knows. */
  readonly nextTryMs: number | undefined;
  readonly transfers: readonly Transfer[];
}

export function homeStatus(live: LiveStatus, facts: LoopFacts): HomeStatus {
  const collections = live.collections.map(([status, life]): LiveCollection => {
    const isPaused = live.isPaused || life.isPaused;
    return {
      ...status,
      state: collectionState(status, isPaused, facts),
      paused: life.isPaused,
      pendingBytes: life.pendingBytes,
      schedule: life.schedule,
      nextTryAt: isPaused ? null : iso(nextTryOf(life, facts)),
      lastChangeAt: iso(life.lastChangeMs),
    };
  });
  const state = overall(collections, live.isPaused, facts);
  return {
    ...live.status,
    state,
    reason: reasonFor(state, collections, live, facts),
    refused: facts.failure?.isRefused === true,
    paused: live.isPaused,
    nextTryAt: live.isPaused ? null : iso(facts.nextTryMs),
    transfers: facts.transfers,
    collections,
  };
}

/** A home that cannot even be read: what its settings tell, and why. */
export function brokenStatus(settings: Settings | undefined, failure: Failure): HomeStatus {
  const state = failure.isOutOfReach ? 'offline' : 'attention';
  return {
    device: { id: '', name: settings?.deviceName ?? '' },
    bucket: settings?.bucket ?? '',
    repository: settings?.repository ?? '',
    encrypted: settings?.encryption !== 'none',
    repositoryKey: 'none',
    exposed: [],
    needsKey: false,
    clockOffsetMs: 0,
    state,
    reason: failure.words,
    refused: failure.isRefused === true,
    paused: settings?.paused === true,
    nextTryAt: null,
    transfers: [],
    collections: [],
  };
}

function collectionState(
  { state, pending }: CollectionStatus,
  isPaused: boolean,
  { isBusy, failure, transfers }: LoopFacts,
): CollectionState {
  if (state === 'attention') return state;
  if (isPaused) return 'paused';
  if (failure !== undefined) return failure.isOutOfReach ? 'offline' : 'attention';
  if (isBusy && (pending > 0 || transfers.length > 0)) return 'syncing';
  // What the last round noted is over once a newer one got through.
  return 'connected';
}

/** The worst first; a pause of some collections is none of the home. */
const WORST_FIRST: readonly CollectionState[] = ['attention', 'offline', 'syncing', 'connected'];

function overall(
  collections: readonly LiveCollection[],
  isPaused: boolean,
  { failure, isBusy, transfers }: LoopFacts,
): CollectionState {
  const states = new Set(collections.map(({ state }) => state));
  if (states.has('attention')) return 'attention';
  if (isPaused || (states.size === 1 && states.has('paused'))) return 'paused';
  if (failure !== undefined) return failure.isOutOfReach ? 'offline' : 'attention';
  if (isBusy && transfers.length > 0) return 'syncing';
  return WORST_FIRST.find((state) => states.has(state)) ?? 'connected';
}

function reasonFor(
  state: CollectionState,
  collections: readonly LiveCollection[],
  { status }: LiveStatus,
  { failure }: LoopFacts,
): string | null {
  if (state === 'connected' || state === 'syncing' || state === 'paused') return null;
  if (failure !== undefined) return failure.words;
  if (status.needsKey) {
    return 'The key of the repository was changed on another device: "satchel keys unlock" brings it here.';
  }
  const words = collections.flatMap((collection) => waitingFor(collection));
  return words.length === 0 ? null : words.join(' ');
}

function waitingFor({ name, conflicts, held, lastError, state }: LiveCollection): string[] {
  if (state !== 'attention') return [];
  const words: string[] = [];
  if (conflicts > 0)
    words.push(`${name}: ${count(conflicts, 'conflict waits', 'conflicts wait')}.`);
  if (held > 0) words.push(`${name}: ${count(held, 'deletion waits', 'deletions wait')} for you.`);
  if (lastError !== null) words.push(`${name}: ${lastError}`);
  return words;
}

function count(number: number, one: string, many: string): string {
  return number === 1 ? `one ${one}` : `${number} ${many}`;
}

function nextTryOf(life: CollectionLife, { nextTryMs }: LoopFacts): number | undefined {
  if (life.turns === 'never') return undefined;
  if (life.turns === 'every-poll' || nextTryMs === undefined) return nextTryMs;
  // A turn is taken with the first poll after it has come.
  return life.nextTurnMs === undefined ? undefined : Math.max(life.nextTurnMs, nextTryMs);
}

function iso(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}
