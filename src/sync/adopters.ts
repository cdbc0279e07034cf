/** S14: who keeps what of retired devices, by the heads last read and by this device's own notes. */
import type { SegmentEntry } from '../format/head.ts';
import { adoptedOf } from '../replica/adopted.ts';
import { allPeers, peerOf } from '../replica/peers.ts';
import { type Engine, selfId } from './engine.ts';

/** What one device keeps of another one's commits in a collection, in objects of its own. */
export interface Adopter {
  readonly holder: string;
  readonly device: string;
  /** All of the device's commits up to this number are kept. */
  readonly n: number;
  readonly segments: readonly SegmentEntry[];
  readonly archives: readonly SegmentEntry[];
}

/** Who keeps what of a collection, this device included: those that reach farthest first. */
export function adoptersIn(engine: Engine, collection: string): Adopter[] {
  const told = allPeers(engine.db).map(
    ({ device, head }) => [device, head?.adopted ?? {}] as const,
  );
  return [...told, [selfId(engine), adoptedOf(engine.db)] as const]
    .flatMap(([holder, adopted]) =>
      Object.entries(adopted).flatMap(([device, collections]) => {
        const kept = collections[collection];
        return kept === undefined ? [] : [{ holder, device, ...kept }];
      }),
    )
    .sort((a, b) => b.n - a.n);
}

/** The highest number that some device's head shows as adopted; 0 for none (rules S13, S14). */
export function adoptedNumber(engine: Engine, collection: string, device: string): number {
  return adoptersIn(engine, collection)
    .filter((adopter) => adopter.device === device)
    .reduce((highest, { n }) => Math.max(highest, n), 0);
}

/** True where devices keep all that the head of another one, as last read, told of. */
export function isKept(engine: Engine, device: string): boolean {
  const { numbers = {} } = peerOf(engine.db, device) ?? {};
  return Object.entries(numbers).every(([id, n]) => adoptedNumber(engine, id, device) >= n);
}
