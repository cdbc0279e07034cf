/** A round as the loop of `watch` runs it, and what it notes of how that went. */
import type { PruneResult } from '../api/bucket.ts';
import type { SyncResult } from '../api/status.ts';
import { isErrorKind, SatchelError } from '../base/errors.ts';
import { StoreError } from '../store/store.ts';
import { stretchedDelayMs } from '../sync/cost-cap.ts';
import { selfId } from '../sync/engine.ts';
import { LIST_EVERY_MS, type PollState, pollDelayMs, withJitter } from '../sync/schedule.ts';
import { readPollStretch } from './cost-outlook.ts';
import { pollIntervals } from './preferences.ts';
import { type CollectionNews, newsOf } from './round-news.ts';
import { isReplicaDamaged, type Session } from './session.ts';
import { runSync } from './sync.ts';
import { noteTurns, scheduledPart } from './turns.ts';
import { dataVersion, type Loop, noteChange } from './watch-loop.ts';

export interface WatchReporter {
  /** After each round that did something, or left other problems than the one before. */
  round(result: SyncResult, news: ReadonlyMap<string, CollectionNews>): void;
  /** After a round that failed; the loop goes on. `nextTryMs` is the pause before the next. */
  failed(error: unknown, nextTryMs: number): void;
  /** After a step of pruning (rule S12). */
  pruned(result: PruneResult): void;
}

/** @returns undefined where it failed in a way that may heal: that is reported, and tried again. */
export async function runRound(
  session: Session,
  loop: Loop,
  reporter: WatchReporter,
  due: 'poll' | 'publish',
): Promise<SyncResult | undefined> {
  const { clock } = session.context;
  const list = due === 'poll' && isListDue(loop, clock.monotonicMs());
  const self = selfId(session.engine);
  beginRound(loop);
  try {
    const notices = new Set<string>();
    const part = scheduledPart(session, loop.control !== undefined);
    const result = await runSync(withoutRepeats(part, loop.lastNotices, notices), undefined, {
      list,
      publishOnly: due === 'publish',
    });
    if (due === 'poll') {
      noteTurns(part, result);
      notePoll(loop, clock.monotonicMs(), { list, notices });
    }
    noteResult(session, loop, reporter, result);
    // Under a new identity nothing goes out before a poll (rule S9).
    if (due === 'publish' && selfId(session.engine) !== self) loop.delayMs = 0;
    return result;
  } catch (error) {
    if (!mayHeal(error, loop)) throw error;
    noteFailure(session, loop, reporter, error);
    return undefined;
  }
}

function isListDue({ lastListMs, expectDeviceUntilMs }: Readonly<Loop>, nowMs: number): boolean {
  return nowMs < expectDeviceUntilMs || nowMs - lastListMs >= LIST_EVERY_MS;
}

/**
 * A round for somebody who waits for it, and is told of what goes wrong with it as well.
 * @throws SatchelError as `runSync`.
 */
export async function roundNow(
  session: Session,
  loop: Loop,
  reporter: WatchReporter,
  names: readonly string[] | undefined,
): Promise<SyncResult> {
  loop.control?.began('poll');
  beginRound(loop);
  let result: SyncResult | undefined;
  try {
    result = await runSync(session, names);
    noteTurns(session, result);
    notePoll(loop, session.context.clock.monotonicMs(), { list: true, notices: new Set() });
    noteResult(session, loop, reporter, result);
    return result;
  } catch (error) {
    // What was asked for cannot be: nothing was done, and what waited waits on.
    if (isMistake(error)) noteChange(loop, session.context.clock.monotonicMs());
    else if (mayHeal(error, loop)) noteFailure(session, loop, reporter, error);
    throw error;
  } finally {
    loop.control?.ended('poll', result);
  }
}

function isMistake(error: unknown): boolean {
  return isErrorKind(error, 'usage') && !(error instanceof StoreError);
}

/** What changes from now on may be too late for this round. */
function beginRound(loop: Loop): void {
  loop.firstChangeMs = undefined;
  loop.unseen.clear();
  loop.isUnseen = false;
}

function notePoll(
  loop: Loop,
  nowMs: number,
  { list, notices }: { readonly list: boolean; readonly notices: ReadonlySet<string> },
): void {
  loop.lastPollMs = nowMs;
  loop.failures = 0;
  loop.lastNotices = notices;
  if (list) loop.lastListMs = nowMs;
}

function noteResult(
  session: Session,
  loop: Loop,
  reporter: WatchReporter,
  result: SyncResult,
): void {
  const nowMs = session.context.clock.monotonicMs();
  loop.lastScanMs = nowMs;
  noteActivity(loop, result, nowMs);
  const delayMs = pollDelayMs(pollState(loop, nowMs), pollIntervals(session.live()));
  loop.delayMs = stretchedDelayMs(delayMs, readPollStretch(session));
  loop.dataVersion = dataVersion(session);
  const news = newsOf(loop.lastResult, result);
  loop.lastResult = withOthers(result, loop.lastResult);
  if (isWorthTelling(result, news)) reporter.round(result, news);
}

/** With what the last round of each other collection left: it stands until its next one. */
function withOthers(result: SyncResult, before: SyncResult | undefined): SyncResult {
  const names = new Set(result.collections.map(({ name }) => name));
  const others = before?.collections.filter(({ name }) => !names.has(name)) ?? [];
  return { ...result, collections: [...result.collections, ...others] };
}

function noteFailure(session: Session, loop: Loop, reporter: WatchReporter, error: unknown): void {
  const { clock, random } = session.context;
  const nowMs = clock.monotonicMs();
  loop.lastPollMs = nowMs;
  loop.lastScanMs = nowMs;
  loop.failures += 1;
  const unit = (random.bytes(1)[0] ?? 0) / 255;
  loop.delayMs = withJitter(pollDelayMs(pollState(loop, nowMs)), unit);
  reporter.failed(error, loop.delayMs);
}

/**
 * A bucket that cannot be reached may come back. One that refuses, is full or is gone may too, where
 * it took a round before: somebody raises the quota, renews the key. Where it never did, a person
 * who has just typed the command had better know at once; a daemon shows it and goes on.
 */
function mayHeal(error: unknown, loop: Readonly<Loop>): boolean {
  if (isErrorKind(error, 'unreachable')) return true;
  if (loop.control !== undefined) return error instanceof SatchelError && !isReplicaDamaged(error);
  return error instanceof StoreError && loop.lastResult !== undefined;
}

function noteActivity(loop: Loop, result: SyncResult, nowMs: number): void {
  if (result.collections.some((part) => part.published.versions > 0)) loop.lastLocalMs = nowMs;
  if (result.collections.some((part) => part.applied.versions > 0)) loop.lastRemoteMs = nowMs;
  if (result.requests.put > 0) loop.lastHeadMs = nowMs;
}

function pollState(loop: Loop, nowMs: number): PollState {
  const { lastLocalMs, lastRemoteMs, failures } = loop;
  return { nowMs, lastLocalMs, lastRemoteMs, failures };
}

function isWorthTelling(
  { collections }: SyncResult,
  news: ReadonlyMap<string, CollectionNews>,
): boolean {
  const isNews = [...news.values()].some(({ begun, isSolved }) => begun.length > 0 || isSolved);
  return (
    isNews || collections.some((part) => part.published.versions > 0 || part.applied.versions > 0)
  );
}

/** The same session, with notices noted in `given`, and not told where they were told before. */
function withoutRepeats(
  session: Session,
  before: ReadonlySet<string>,
  given: Set<string>,
): Session {
  const { context } = session;
  const notice = (message: string): void => {
    given.add(message);
    if (!before.has(message)) context.notice(message);
  };
  return { ...session, context: { ...context, notice } };
}
