/** The loop that keeps a device in step (rule S11): polls, saves, clock jumps, other processes. */

import type { SyncResult } from '../api/status.ts';
import { SatchelError } from '../base/errors.ts';
import { CLOCK_JUMP_MS, SCAN_EVERY_MS } from '../sync/schedule.ts';
import { isPaused, schedule } from './preferences.ts';
import { isPruneDue, pruneInWatch } from './prune.ts';
import type { Session } from './session.ts';
import { takeIn } from './settle.ts';
import type { LoopHandle, WatchControl } from './watch-control.ts';
import { nextDueMs, whatIsDue } from './watch-due.ts';
import { WatchedFolders } from './watch-folders.ts';
import {
  dataVersion,
  expectDevice,
  type Loop,
  noteChange,
  noticeOtherProcesses,
  startLoop,
} from './watch-loop.ts';
import { roundNow, runRound, type WatchReporter } from './watch-round.ts';

/** How often the loop looks at the clocks, and whether another process wrote to the replica. */
const HEARTBEAT_MS = 1000;
/** Even a loop that has nothing to do looks again now and then: pruning may be due. */
const LONGEST_SLEEP_MS = SCAN_EVERY_MS;

/**
 * Keeps this device in step until the signal aborts. Failures that may heal (network, bucket)
 * are reported and tried again; others end the loop.
 * @param control what a program that runs the loop for others adds to it.
 * @returns `moved` where the repository went to another bucket, and this device with it.
 * @throws SatchelError `refused`, `damaged`, `attention` or `internal`.
 */
export async function runWatch(
  session: Session,
  reporter: WatchReporter,
  signal: AbortSignal,
  control?: WatchControl,
): Promise<'stopped' | 'moved'> {
  const { clock } = session.context;
  const loop = startLoop(session, control);
  const stop = (): void => loop.waker.wake();
  signal.addEventListener('abort', stop);
  // A loop that fails ends its watchers too: nothing may keep the process from ending.
  const ended = new AbortController();
  const during = AbortSignal.any([signal, ended.signal]);
  const folders = new WatchedFolders(session, (id) => noticeFolder(session, loop, id), during);
  const beating = beat(session, loop, during);
  try {
    control?.started(handleOf(session, loop));
    while (!signal.aborted && loop.lastResult?.moved !== true) {
      noticeOtherProcesses(session, loop);
      if (!(await doNext(session, loop, folders, reporter))) {
        const sleepMs = Math.min(
          sleepUntilMs(session, loop) - clock.monotonicMs(),
          LONGEST_SLEEP_MS,
        );
        await loop.waker.sleep(clock, Math.max(0, Math.ceil(sleepMs)));
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    ended.abort();
    await Promise.all([beating, folders.settled()]);
  }
  return loop.lastResult?.moved === true ? 'moved' : 'stopped';
}

/** Does what is due. @returns false where nothing is. */
async function doNext(
  session: Session,
  loop: Loop,
  folders: WatchedFolders,
  reporter: WatchReporter,
): Promise<boolean> {
  const { clock } = session.context;
  const work = loop.control?.nextWork();
  if (work !== undefined) {
    await work(session, (names) => roundNow(session, loop, reporter, names));
    return true;
  }
  if (isAllPaused(session, loop)) return false;
  const due = whatIsDue(loop, clock.monotonicMs());
  if (due !== undefined) {
    loop.control?.began(due);
    let result: SyncResult | undefined;
    if (due === 'look') await look(session, loop);
    else result = await runRound(session, loop, reporter, due);
    if (result !== undefined) folders.afterRound(result);
    loop.control?.ended(due, result);
    return true;
  }
  if (!isIdle(loop, clock.monotonicMs()) || !isPruneDue(session)) return false;
  const pruned = await pruneInWatch(session);
  if (pruned !== undefined) reporter.pruned(pruned);
  return true;
}

function sleepUntilMs(session: Session, loop: Loop): number {
  return isAllPaused(session, loop) ? Number.POSITIVE_INFINITY : nextDueMs(loop);
}

/** A pause is the daemon's, who shows it; a person who types `watch` wants it to go on. */
function isAllPaused(session: Session, { control }: Loop): boolean {
  return control !== undefined && isPaused(session.live());
}

function handleOf(session: Session, loop: Loop): LoopHandle {
  return {
    wake: () => loop.waker.wake(),
    changed: () => noteChange(loop, session.context.clock.monotonicMs()),
    hurry() {
      loop.delayMs = 0;
      loop.waker.wake();
    },
    expectDevice: () => expectDevice(loop, session.context.clock.monotonicMs()),
    nextPollMs: () => loop.lastPollMs + loop.delayMs,
  };
}

function noticeFolder(session: Session, loop: Loop, collection: string): void {
  if (loop.control !== undefined && isCarriedNow(session, collection)) {
    loop.unseen.add(collection);
    loop.isUnseen = true;
  }
  loop.control?.noticed(collection);
  noteChange(loop, session.context.clock.monotonicMs());
}

function isCarriedNow(session: Session, collection: string): boolean {
  const settings = session.live();
  return !isPaused(settings, collection) && schedule(settings, collection).kind === 'automatic';
}

/** Takes in what changed before it is sent, so that whoever looks at the replica sees it soon. */
async function look(session: Session, loop: Loop): Promise<void> {
  const { clock } = session.context;
  const startMs = clock.monotonicMs();
  const collections = [...loop.unseen];
  loop.unseen.clear();
  loop.isUnseen = false;
  for (const id of collections) {
    try {
      await takeIn(session, id);
    } catch (error) {
      // The round that follows meets it again, and tells.
      if (!(error instanceof SatchelError)) throw error;
    }
  }
  loop.lastLookMs = clock.monotonicMs();
  loop.lookTookMs = loop.lastLookMs - startMs;
}

/** Pruning reads the whole bucket: it waits until nobody has been at work for a while. */
const IDLE_MS = 10 * 60 * 1000;

function isIdle(loop: Readonly<Loop>, nowMs: number): boolean {
  const isQuiet = nowMs - Math.max(loop.lastLocalMs, loop.lastRemoteMs) >= IDLE_MS;
  return isQuiet && loop.failures === 0 && loop.firstChangeMs === undefined;
}

/**
 * After sleep or a corrected clock the device looks at once, its own head included (rule S9); and
 * what another process left in the replica does not wait for the next poll.
 */
async function beat(session: Session, loop: Loop, signal: AbortSignal): Promise<void> {
  const { clock } = session.context;
  let offsetMs = clock.now() - clock.monotonicMs();
  while (!signal.aborted) {
    await clock.sleep(HEARTBEAT_MS, signal);
    const next = clock.now() - clock.monotonicMs();
    if (Math.abs(next - offsetMs) > CLOCK_JUMP_MS) {
      loop.delayMs = 0;
      loop.waker.wake();
    }
    offsetMs = next;
    if (loop.waker.isAsleep && hasOthersWork(session, loop)) loop.waker.wake();
  }
}

/** A replica that can no longer be asked is for the loop to meet. */
function hasOthersWork(session: Session, loop: Loop): boolean {
  try {
    return dataVersion(session) !== loop.dataVersion;
  } catch {
    return true;
  }
}
