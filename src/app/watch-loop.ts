/** What the loop of `watch` remembers from one turn to the next. */

import type { SyncResult } from '../api/status.ts';
import { integer } from '../replica/database.ts';
import { EXPECT_DEVICE_MS } from '../sync/schedule.ts';
import type { Session } from './session.ts';
import { Waker } from './waker.ts';
import type { WatchControl } from './watch-control.ts';
import type { LoopTimes } from './watch-due.ts';

export interface Loop extends Mutable<LoopTimes> {
  readonly control: WatchControl | undefined;
  readonly waker: Waker;
  /** Collections in whose folders a change was noticed, and nobody has looked. */
  readonly unseen: Set<string>;
  lastListMs: number;
  /** Until then a new device is expected in the list of heads. */
  expectDeviceUntilMs: number;
  lastLocalMs: number;
  lastRemoteMs: number;
  dataVersion: number;
  /** The last round that came to its end; of collections that it left out, what stands there. */
  lastResult: SyncResult | undefined;
  /** What the last poll told in notices: it is told again only after it was gone. */
  lastNotices: ReadonlySet<string>;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

export function startLoop(session: Session, control: WatchControl | undefined): Loop {
  const now = session.context.clock.monotonicMs();
  const long = Number.NEGATIVE_INFINITY;
  return {
    control,
    waker: new Waker(),
    unseen: new Set(),
    isUnseen: false,
    lastLookMs: long,
    lookTookMs: 0,
    lastPollMs: long,
    lastListMs: long,
    expectDeviceUntilMs: long,
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

export function noteChange(loop: Loop, nowMs: number): void {
  loop.firstChangeMs ??= nowMs;
  loop.lastChangeMs = nowMs;
  loop.waker.wake();
}

/** Polls at once, and then as after a save here. */
export function expectDevice(loop: Loop, nowMs: number): void {
  loop.expectDeviceUntilMs = nowMs + EXPECT_DEVICE_MS;
  loop.lastLocalMs = nowMs;
  loop.delayMs = 0;
  loop.waker.wake();
}

/** A choice made by another command (`resolve`, `restore`) is in the replica: it goes out soon. */
export function noticeOtherProcesses(session: Session, loop: Loop): void {
  const version = dataVersion(session);
  if (version === loop.dataVersion) return;
  loop.dataVersion = version;
  noteChange(loop, session.context.clock.monotonicMs());
}

/** Changes when another process wrote to the replica (sqlite.org/pragma.html#pragma_data_version). */
export function dataVersion(session: Session): number {
  const row = session.engine.db.get('PRAGMA data_version');
  return row === undefined ? 0 : integer(row, 'data_version');
}
