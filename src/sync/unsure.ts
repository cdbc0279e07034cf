/**
 * S9a: fetched units that cannot be applied as they are. Their author, or a device that keeps copies,
 * went on beyond the end of the identity. Whoever merges segments leaves out what is replaced by then,
 * and what replaced it may count for nobody now.
 */
import { decodeSegment, type Segment } from '../format/segment.ts';
import { endsOf } from '../replica/clocks.ts';
import type { Database } from '../replica/database.ts';
import { peerOf, type WaitingUnit, waitingBody, waitingUnits } from '../replica/peers.ts';
import { adoptedNumber } from './adopters.ts';
import type { Engine } from './engine.ts';

export interface Waiting {
  /** To be applied as they are, together with what they need (rule S2). */
  readonly sure: readonly WaitingUnit[];
  /** In whose place one has to come that is whole up to the end (`overrun.ts`). */
  readonly unsure: readonly WaitingUnit[];
}

/** What waits in a collection, all of it or that of one device. */
export function partedWaiting(engine: Engine, collection: string, device?: string): Waiting {
  const { db } = engine;
  const ends = endsOf(db, collection);
  const units = waitingUnits(db, collection).filter(
    (unit) => device === undefined || unit.device === device,
  );
  const overrun = new Map(
    [...ends].map(([ended, end]) => [
      ended,
      units.some((unit) => unit.device === ended) && hasOverrun(engine, collection, ended, end),
    ]),
  );
  const isUnsure = (unit: WaitingUnit): boolean => {
    const end = ends.get(unit.device);
    if (end === undefined || unit.from > end) return false;
    if (unit.to > end) return true;
    // Segments with a clock are those that something was left out of (rule S2).
    return overrun.get(unit.device) === true && waitingSegment(db, unit).clock !== undefined;
  };
  const { sure = [], unsure = [] } = Object.groupBy(units, (unit) =>
    isUnsure(unit) ? 'unsure' : 'sure',
  );
  return { sure, unsure };
}

function hasOverrun(engine: Engine, collection: string, device: string, end: number): boolean {
  // What a head tells that could not be read, nobody knows.
  if (!isHeadKnown(engine, collection, device)) return true;
  const { numbers, head } = peerOf(engine.db, device) ?? {};
  const told = Math.max(numbers?.[collection] ?? 0, head?.collections[collection]?.n ?? 0);
  if (Math.max(told, adoptedNumber(engine, collection, device)) > end) return true;
  return waitingUnits(engine.db, collection).some(
    (unit) => unit.device === device && unit.to > end,
  );
}

/** False where the device's head was not read soundly, or tells nothing of what was fetched from it. */
export function isHeadKnown({ db }: Engine, collection: string, device: string): boolean {
  const { error, head } = peerOf(db, device) ?? {};
  if (error !== undefined) return false;
  return head === undefined || head.collections[collection] !== undefined;
}

/** @throws SatchelError `damaged`, of the replica. */
export function waitingSegment(db: Database, unit: WaitingUnit): Segment {
  return decodeSegment(`${unit.device} ${unit.from}-${unit.to}`, waitingBody(db, unit));
}
