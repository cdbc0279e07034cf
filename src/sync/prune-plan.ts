/** S12: which versions history lets go. Pure. */
import type { Version } from '../format/commit.ts';
import { type Ends, isOrphan, type Placed, supersedes } from './merge.ts';

export interface HistoryWindow {
  /** How long every version is kept after it was replaced, milliseconds. */
  readonly allMs: number;
  /** How long after that one version of each day is kept. */
  readonly dailyMs: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Everything for 90 days, then one version a day for a year. */
export const HISTORY_WINDOW: HistoryWindow = { allMs: 90 * DAY_MS, dailyMs: 365 * DAY_MS };

/** A window as the settings of a collection give it; what is no number of days is the default. */
export function historyWindow(allDays: unknown, dailyDays: unknown): HistoryWindow {
  const msOf = (days: unknown, standardMs: number): number =>
    typeof days === 'number' && days >= 0 ? days * DAY_MS : standardMs;
  return {
    allMs: msOf(allDays, HISTORY_WINDOW.allMs),
    dailyMs: msOf(dailyDays, HISTORY_WINDOW.dailyMs),
  };
}

/** One version of a record, as far as its age decides. Times are milliseconds since the epoch. */
export interface PlannedVersion {
  readonly id: string;
  readonly savedMs: number;
  /** When another version took its place; undefined for one that is current, or may be. */
  readonly replacedMs: number | undefined;
  /** A tombstone: never let go, for it has no content and keeps what is gone from coming back. */
  readonly isGone: boolean;
}

/**
 * The versions of one record that history lets go: replaced longer ago than the window, except the
 * newest one with content of each day (UTC) in the window's second part.
 */
export function planThinning(
  versions: readonly PlannedVersion[],
  window: HistoryWindow,
  nowMs: number,
): ReadonlySet<string> {
  const newest = newestOfDays(versions);
  const isKept = (version: PlannedVersion): boolean => {
    if (version.replacedMs === undefined || version.isGone) return true;
    const ageMs = nowMs - version.replacedMs;
    if (ageMs <= window.allMs) return true;
    return ageMs <= window.allMs + window.dailyMs && newest.has(version.id);
  };
  return new Set(versions.filter((version) => !isKept(version)).map(({ id }) => id));
}

function newestOfDays(versions: readonly PlannedVersion[]): ReadonlySet<string> {
  const byDay = new Map<number, PlannedVersion>();
  for (const version of versions) {
    if (version.isGone) continue;
    const day = Math.floor(version.savedMs / DAY_MS);
    const known = byDay.get(day);
    if (known === undefined || isLater(version, known)) byDay.set(day, version);
  }
  return new Set([...byDay.values()].map(({ id }) => id));
}

function isLater(a: PlannedVersion, b: PlannedVersion): boolean {
  return a.savedMs === b.savedMs ? a.id > b.id : a.savedMs > b.savedMs;
}

/** A version in its commit, with what tells its age. */
export interface Dated extends Placed {
  readonly isCurrent: boolean;
  /** When its commit was made. */
  readonly committedMs: number;
}

/**
 * Versions of one record with the time at which each was replaced: the earliest commit that
 * supersedes it. A version that stands in several commits is replaced once all of them are. What
 * is superseded by something unknown here counts as current.
 */
export function datedVersions(known: readonly Dated[], ends: Ends): PlannedVersion[] {
  // A version's stamp exceeds those of all that it supersedes, so only later ones are looked at.
  const inOrder = known
    .filter((copy) => !isOrphan(copy, ends))
    .sort((a, b) => timeOf(a.version) - timeOf(b.version));
  const byId = new Map<string, PlannedVersion>();
  inOrder.forEach((copy, place) => {
    const { id, gone } = copy.version;
    const replacedMs = copy.isCurrent ? undefined : replacedAt(copy, inOrder, place + 1, ends);
    const before = byId.get(id);
    byId.set(id, {
      id,
      savedMs: timeOf(copy.version),
      replacedMs: before === undefined ? replacedMs : later(before.replacedMs, replacedMs),
      isGone: gone === true,
    });
  });
  return [...byId.values()];
}

function replacedAt(
  copy: Dated,
  inOrder: readonly Dated[],
  from: number,
  ends: Ends,
): number | undefined {
  let earliest: number | undefined;
  for (let place = from; place < inOrder.length; place += 1) {
    const other = inOrder[place];
    if (other === undefined) break;
    // Later stamps cannot be earlier times.
    if (earliest !== undefined && timeOf(other.version) >= earliest) break;
    if (!supersedes(other, copy, ends)) continue;
    // A save may have waited for its commit; whichever is later is the safe one.
    const time = Math.max(timeOf(other.version), other.committedMs);
    earliest = earliest === undefined ? time : Math.min(earliest, time);
  }
  return earliest;
}

function later(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : Math.max(a, b);
}

function timeOf({ stamp }: Version): number {
  return stamp[0];
}
