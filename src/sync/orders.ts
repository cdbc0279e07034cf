/**
 * The order in which people arranged the entries of a folder. Each folder that has one has a record
 * in the registry, with a field for each entry, so that two devices that move different entries
 * agree by the rule of fields (S3). There older programs let it pass; among the records of the
 * collection they would ask a person about a file without a path.
 */
import { REGISTRY_ID, recordIdOf } from '../format/ids.ts';
import { claimantsBelow, recordOf } from '../replica/records.ts';
import type { Engine } from './engine.ts';
import type { Fields } from './kind.ts';
import { claimOfOrders, saveFields } from './registry.ts';

/** Keys of entries by their names. Entries are in the order of the keys, then of the names. */
export type OrderKeys = ReadonlyMap<string, string>;

/** No name has it, so a field of an entry is never taken for another one. */
const ENTRY = '/';
/** A fraction between 0 and 1 in base 62, without the zero before the point; see order-keys.ts. */
const KEY = /^[0-9A-Za-z]*[1-9A-Za-z]$/;

export function orderKeysOf(engine: Engine, collection: string, folder: string): OrderKeys {
  const row = recordOf(engine.db, REGISTRY_ID, recordOfOrder(collection, folder));
  return keysIn(row?.isLive === true ? row.fields : {});
}

/** The folders of a collection that have an order. */
export function orderedFolders(engine: Engine, collection: string): readonly string[] {
  const rows = claimantsBelow(engine.db, REGISTRY_ID, claimOfOrders(collection));
  return rows.map(({ fields }) => String(fields.folder));
}

/** Sets keys; undefined takes an entry out of the order. Published with the next round. */
export function saveOrderKeys(
  engine: Engine,
  collection: string,
  folder: string,
  changes: ReadonlyMap<string, string | undefined>,
): void {
  if (changes.size === 0) return;
  const entries = [...changes].map(([name, key]) => [ENTRY + name, key] as const);
  saveFields(engine, recordOfOrder(collection, folder), {
    type: 'order',
    collection,
    folder,
    ...Object.fromEntries(entries),
  });
}

function recordOfOrder(collection: string, folder: string): string {
  return recordIdOf(`order/${collection}/${folder}`);
}

function keysIn(fields: Fields): OrderKeys {
  const keys = new Map<string, string>();
  for (const [name, key] of Object.entries(fields)) {
    if (name.startsWith(ENTRY) && typeof key === 'string' && KEY.test(key)) {
      keys.set(name.slice(ENTRY.length), key);
    }
  }
  return keys;
}
