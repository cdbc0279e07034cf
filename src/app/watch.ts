/** The loop that keeps a device in step (rule S11): polls, saves, clock jumps, other processes. */
import { isErrorKind } from '../base/errors.ts';
import { integer } from '../replica/database.ts';
import { getNote, setNote } from '../replica/meta.ts';
import { StoreError } from '../store/store.ts';
import {
  CLOCK_JUMP_MS,
  HEAD_SPACING_MS,
  isScheduled,
  LIST_EVERY_MS,
  type PollState,
  PUBLISH_LATEST_MS,
  PUBLISH_QUIET_MS,
  pollDelayMs,
  SCAN_EVERY_MS,
  withJitter,
} from '../sync/schedule.ts';
import { pollIntervals, schedule } from './preferences.ts';
import { isPruneDue, type PruneResult, pruneInWatch } from './prune.ts';
import { type CollectionNews, newsOf } from './round-news.ts';
import type { Session } from './session.ts';
import { runSync, type SyncResult } from './sync.ts';

export interface WatchReporter {
  /** After each round that did something, or left other problems than the one before. */
  round(result: SyncResult, news: ReadonlyMap<string, CollectionNews>): void;
  /** After a round that failed; the loop goes on. `nextTryMs` is the pause before the next. */
  failed(error: unknown, nextTryMs: number): void;
  /** After a step of pruning (rule S12). */
  pruned(result: PruneResult): void;
}

/** How often the loop looks whether anything is due. */
const TICK_MS = 250;

interface Loop {
  lastPollMs: number;
  lastListMs: number;
  lastScanMs: number;
  lastHeadMs: number;
  lastLocalMs: number;
  lastRemoteMs: number;
  failures: number;
  /** The delay before the next poll, chosen when the last one ended. */
  delayMs: number;
  firstChangeMs: number | undefined;
  lastChangeMs: number;
  dataVersion: number;
  /** The last round that came to its end. */
  lastResult: SyncResult | undefined;
  /** What the last poll told in notices: it is told again only after it was gone. */
  lastNotices: ReadonlySet<string>;
}

/**
 * Keeps this device in step until the signal aborts. Failures that may heal (network, bucket)
 * are reported and tried again; others end the loop.
 * @returns `moved` where the repository went to another bucket, and this device with it.
 * @throws SatchelError `refused`, `damaged`, `attention` or `internal`.
 */
export async function runWatch(
  session: Session,
  reporter: WatchReporter,
  signal: AbortSignal,
): Promise<'stopped' | 'moved'> {
  const { clock } = session.context;
  const loop = startLoop(session);
  const onChange = (): void => noteChange(loop, clock.monotonicMs());
  // A loop that fails ends its watchers too: nothing may keep the process from ending.
  const ended = new AbortController();
  const during = AbortSignal.any([signal, ended.signal]);
  const watching = [...session.open.values()].map((open) => open.watch(onChange, during));
  watching.push(noticeJumps(session, loop, during));
  const settled = Promise.allSettled(watching);
  try {
    while (!signal.aborted && loop.lastResult?.moved !== true) {
      noticeOtherProcesses(session, loop);
      const due = whatIsDue(loop, clock.monotonicMs());
      if (due !== undefined) await runRound(session, loop, reporter, due);
      else if (isIdle(loop, clock.monotonicMs()) && isPruneDue(session)) {
        const pruned = await pruneInWatch(session);
        if (pruned !== undefined) reporter.pruned(pruned);
      } else await clock.sleep(TICK_MS, signal);
    }
  } finally {
    ended.abort();
    await settled;
  }
  return loop.lastResult?.moved === true ? 'moved' : 'stopped';
}

function startLoop(session: Session): Loop {
  const now = session.context.clock.monotonicMs();
  const long = Number.NEGATIVE_INFINITY;
  return {
    lastPollMs: long,
    lastListMs: long,
    lastScanMs: now,
    lastHeadMs: long,
    lastLocalMs: now,
    lastRemoteMs: long,
    failures: 0,
    delayMs: 0,
    firstChangeMs: undefined,
    lastChangeMs: long,
    dataVersion: dataVersion(session),
    lastResult: undefined,
    lastNotices: new Set(),
  };
}

function noteChange(loop: Loop, nowMs: number): void {
  loop.firstChangeMs ??= nowMs;
  loop.lastChangeMs = nowMs;
}

type Due = 'poll' | 'publish';

/** What to do now; undefined for nothing yet. Pure but for reading the loop. */
function whatIsDue(loop: Readonly<Loop>, nowMs: number): Due | undefined {
  if (nowMs - loop.lastPollMs >= loop.delayMs) return 'poll';
  if (nowMs - loop.lastScanMs >= SCAN_EVERY_MS) return 'publish';
  if (loop.firstChangeMs === undefined || nowMs - loop.lastHeadMs < HEAD_SPACING_MS)
    return undefined;
  const isQuiet = nowMs - loop.lastChangeMs >= PUBLISH_QUIET_MS;
  const isLate = nowMs - loop.firstChangeMs >= PUBLISH_LATEST_MS;
  // While the bucket cannot be reached, saves wait for the next poll.
  return (isQuiet || isLate) && loop.failures === 0 ? 'publish' : undefined;
}

/** Pruning reads the whole bucket: it waits until nobody has been at work for a while. */
const IDLE_MS = 10 * 60 * 1000;

function isIdle(loop: Readonly<Loop>, nowMs: number): boolean {
  const isQuiet = nowMs - Math.max(loop.lastLocalMs, loop.lastRemoteMs) >= IDLE_MS;
  return isQuiet && loop.failures === 0 && loop.firstChangeMs === undefined;
}

async function runRound(
  session: Session,
  loop: Loop,
  reporter: WatchReporter,
  due: Due,
): Promise<void> {
  const { clock, random } = session.context;
  const startMs = clock.monotonicMs();
  const list = due === 'poll' && startMs - loop.lastListMs >= LIST_EVERY_MS;
  loop.firstChangeMs = undefined;
  try {
    const notices = new Set<string>();
    const part = scheduledPart(session);
    const result = await runSync(withoutRepeats(part, loop.lastNotices, notices), undefined, {
      list,
      publishOnly: due === 'publish',
    });
    noteTurns(part);
    const nowMs = clock.monotonicMs();
    if (due === 'poll') {
      loop.lastPollMs = nowMs;
      loop.failures = 0;
      loop.lastNotices = notices;
      if (list) loop.lastListMs = nowMs;
    }
    loop.lastScanMs = nowMs;
    noteActivity(loop, result, nowMs);
    loop.delayMs = pollDelayMs(pollState(loop, nowMs), pollIntervals(session.live()));
    loop.dataVersion = dataVersion(session);
    const news = newsOf(loop.lastResult, result);
    loop.lastResult = result;
    if (isWorthTelling(result, news)) reporter.round(result, news);
  } catch (error) {
    if (!mayHeal(error, loop)) throw error;
    const nowMs = clock.monotonicMs();
    loop.lastPollMs = nowMs;
    loop.lastScanMs = nowMs;
    loop.failures += 1;
    const unit = (random.bytes(1)[0] ?? 0) / 255;
    loop.delayMs = withJitter(pollDelayMs(pollState(loop, nowMs)), unit);
    reporter.failed(error, loop.delayMs);
  }
}

/**
 * A bucket that cannot be reached may come back. One that refuses, is full or is gone may too, where
 * it took a round before: somebody raises the quota, renews the key. Where it never did, a person
 * who has just typed the command had better know at once.
 */
function mayHeal(error: unknown, loop: Readonly<Loop>): boolean {
  if (isErrorKind(error, 'unreachable')) return true;
  return error instanceof StoreError && loop.lastResult !== undefined;
}

const TURN_NOTE = 'last-turn';

/** The session with the collections only whose turn it is by their schedules. */
function scheduledPart(session: Session): Session {
  const nowMs = session.context.clock.now();
  const settings = session.live();
  const open = [...session.open].filter(([id]) => {
    const last = getNote(session.engine.db, id, TURN_NOTE);
    return isScheduled(
      schedule(settings, id),
      last === undefined ? undefined : Number(last),
      nowMs,
    );
  });
  return open.length === session.open.size ? session : { ...session, open: new Map(open) };
}

function noteTurns({ engine, open, context, live }: Session): void {
  for (const id of open.keys()) {
    if (schedule(live(), id).kind === 'automatic') continue;
    setNote(engine.db, id, TURN_NOTE, String(context.clock.now()));
  }
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

/** A choice made by another command (`resolve`, `restore`) is in the replica: it goes out soon. */
function noticeOtherProcesses(session: Session, loop: Loop): void {
  const version = dataVersion(session);
  if (version === loop.dataVersion) return;
  loop.dataVersion = version;
  noteChange(loop, session.context.clock.monotonicMs());
}

/** Changes when another process wrote to the replica (sqlite.org/pragma.html#pragma_data_version). */
function dataVersion(session: Session): number {
  const row = session.engine.db.get('PRAGMA data_version');
  return row === undefined ? 0 : integer(row, 'data_version');
}

/** After sleep or a corrected clock the device looks at once, its own head included (rule S9). */
async function noticeJumps(session: Session, loop: Loop, signal: AbortSignal): Promise<void> {
  const { clock } = session.context;
  let offsetMs = clock.now() - clock.monotonicMs();
  while (!signal.aborted) {
    await clock.sleep(1000, signal);
    const next = clock.now() - clock.monotonicMs();
    if (Math.abs(next - offsetMs) > CLOCK_JUMP_MS) loop.delayMs = 0;
    offsetMs = next;
  }
}
