/** What every part of the engine works with: the replica, the store, the key and the ports. */
import type { Clock, Random } from '../base/ports.ts';
import type { RepositoryKey } from '../format/repository-key.ts';
import type { Database } from '../replica/database.ts';
import { getMeta } from '../replica/meta.ts';
import type { ObjectStore } from '../store/store.ts';
import type { Kind } from './kind.ts';
import type { Limits } from './limits.ts';

export interface Engine {
  readonly db: Database;
  readonly store: ObjectStore;
  readonly key: RepositoryKey;
  readonly repository: string;
  readonly clock: Clock;
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

/** This device's present identity. */
export function selfId(engine: { readonly db: Database }): string {
  const id = getMeta(engine.db, 'device');
  if (id === undefined) throw new Error('the replica has no identity yet');
  return id;
}
