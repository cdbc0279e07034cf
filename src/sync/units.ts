/** S2: which fetched units apply together. Pure. */
import type { Clock } from '../format/commit.ts';
import type { Ends } from './merge.ts';

/** A segment, or a commit of a head's tail. */
export interface Unit {
  readonly device: string;
  readonly from: number;
  readonly to: number;
  readonly needs: Clock;
}

/**
 * The largest set of units whose clocks the set and the device's own clock cover, in an order
 * that keeps each author's numbers rising. The rest waits.
 */
export function planApply<T extends Unit>(units: readonly T[], clock: Clock, ends: Ends): T[] {
  const appliedTo = (device: string): number => clock[device]?.[0] ?? 0;
  let set = units
    .filter((unit) => unit.to > appliedTo(unit.device) && unit.from <= endOf(ends, unit.device))
    .sort(byAuthorAndNumber);
  for (;;) {
    const reach = reachOf(set, appliedTo);
    const covered = (device: string, n: number): boolean =>
      (reach.get(device) ?? appliedTo(device)) >= Math.min(n, endOf(ends, device));
    const next = set.filter(
      (unit) =>
        unit.to <= (reach.get(unit.device) ?? 0) &&
        Object.entries(unit.needs).every(([device, [n]]) => covered(device, n)),
    );
    if (next.length === set.length) return next;
    set = next;
  }
}

/** How far each author's numbers go without a gap. The units are in order. */
function reachOf(
  units: readonly Unit[],
  appliedTo: (device: string) => number,
): ReadonlyMap<string, number> {
  const reach = new Map<string, number>();
  for (const unit of units) {
    const known = reach.get(unit.device) ?? appliedTo(unit.device);
    reach.set(unit.device, unit.from <= known + 1 ? Math.max(known, unit.to) : known);
  }
  return reach;
}

function endOf(ends: Ends, device: string): number {
  return ends.get(device) ?? Number.POSITIVE_INFINITY;
}

function byAuthorAndNumber(a: Unit, b: Unit): number {
  if (a.device !== b.device) return a.device < b.device ? -1 : 1;
  return a.from - b.from || a.to - b.to;
}
