/** What every part of the engine works with: the replica, the store, the key and the ports. */
import type { Clock, Random } from '../base/ports.ts';
import type { RepositoryKey } from '../format/repository-key.ts';
import type { Database } from '../replica/database.ts';
import { collectionIds, getMeta } from '../replica/meta.ts';
import type { ObjectStore } from '../store/store.ts';
import type { Kind } from './kind.ts';
import type { Limits } from './limits.ts';

export interface Engine {
  readonly db: Database;
  readonly store: ObjectStore;
  readonly key: RepositoryKey;
  readonly repository: string;
  /** What versions and announcements are dated by: corrected where this computer's is far off. */
  readonly clock: Clock;
  /** This computer's own time, right or wrong: what its files are dated by. */
  readonly machineClock: Clock;
  readonly random: Random;
  readonly limits: Limits;
  /** The name a person gave this device. */
  readonly deviceName: string;
  /** Such as `linux`. */
  readonly platform: string;
  /** This program and its version, such as `satchel 0.1.0`. */
  readonly app: string;
  /** The kind of a collection worked on here; undefined for one that is not. */
  kindOf(collection: string): Kind | undefined;
  /** Told about long work; see CollectionPort.progress. */
  progress(step: string, done: number, total: number | undefined, unit: 'files' | 'bytes'): void;
}

/** The registry, and the collections that are on this device. */
export function workedOn(engine: Engine): string[] {
  return collectionIds(engine.db).filter((id) => engine.kindOf(id) !== undefined);
}

/**
 * The time by which anything is deleted, milliseconds since the Unix epoch: the earlier of both
 * clocks, so that neither a wrong computer nor a server that lies can cut a wait short.
 */
export function deletionTime({ clock, machineClock }: Engine): number {
  return Math.min(clock.now(), machineClock.now());
}

/** This device's present identity. */
export function selfId(engine: { readonly db: Database }): string {
  const id = getMeta(engine.db, 'device');
  if (id === undefined) throw new Error('the replica has no identity yet');
  return id;
}
