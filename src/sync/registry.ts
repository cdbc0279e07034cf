/** The registry: the collection that lists the collections (names, kinds). Read first. */
import { REGISTRY_ID, recordIdOf } from '../format/ids.ts';
import { type RecordRow, unclaimedRecords } from '../replica/records.ts';
import type { Engine } from './engine.ts';
import type { Fields, FieldValue, Kind } from './kind.ts';
import { viewRecord } from './records.ts';
import { saveEdits } from './save.ts';

export interface CollectionInfo {
  readonly id: string;
  readonly name: string;
  /** Such as `vault`. */
  readonly kind: string;
  /** Milliseconds since the Unix epoch. */
  readonly created: number;
}

const NEVER_OPEN = 'the registry has nothing on the disk to open';

/** The registry as a kind: records without content, whose fields merge. */
export const registryKind: Kind = {
  name: 'registry',
  policy: 'hold',
  contentFields: [],
  nameField: 'name',
  claimOf: ({ type, collection, folder }) =>
    type === 'order' ? `${claimOfOrders(String(collection))}//${folder}` : undefined,
  titleOf: (fields) => String(fields.name ?? ''),
  isAttachment: () => false,
  fieldsOfCopy: (fields) => fields,
  open: () => Promise.reject(new Error(NEVER_OPEN)),
};

/** Below it stand the claims of the orders of a collection's folders (see orders.ts). */
export function claimOfOrders(collection: string): string {
  return `order/${collection}`;
}

/** The collections of the repository, by name. */
export function listRegistry(engine: Engine): CollectionInfo[] {
  return [...unclaimedRecords(engine.db, REGISTRY_ID)]
    .filter((row) => row.isLive)
    .map(toInfo)
    .filter((info) => info !== undefined)
    .sort((a, b) => a.name.localeCompare(b.name) || a.created - b.created);
}

function toInfo(row: RecordRow): CollectionInfo | undefined {
  const { id, name, kind, created } = row.fields;
  if (typeof id !== 'string' || typeof name !== 'string' || typeof kind !== 'string') {
    return undefined;
  }
  return { id, name, kind, created: typeof created === 'number' ? created : 0 };
}

/** Adds an entry, or changes its name; published with the next round. Other fields stay. */
export function putInRegistry(engine: Engine, info: CollectionInfo): void {
  saveFields(engine, recordOfCollection(info.id), { ...info });
}

/** Takes a collection off the list, on all devices. Files stay where they are. */
export function removeFromRegistry(engine: Engine, id: string): void {
  const record = recordOfCollection(id);
  const sawVersions = viewRecord(engine, REGISTRY_ID, record)?.shows ?? [];
  saveEdits(engine, REGISTRY_ID, [{ record, sawVersions, change: { kind: 'delete' } }]);
}

/**
 * Puts a collection back on the list as it was before it was taken off: its deletion keeps what was
 * said of it.
 * @returns its name; undefined, and nothing changed, where it is listed or was never published.
 */
export function putBackInRegistry(engine: Engine, id: string): string | undefined {
  const record = recordOfCollection(id);
  const view = viewRecord(engine, REGISTRY_ID, record);
  if (view === undefined || view.live) return undefined;
  saveFields(engine, record, view.fields);
  return String(view.fields.name);
}

/** All fields of a collection's entry, settings included; undefined where it is not listed. */
export function registryFieldsOf(engine: Engine, id: string): Fields | undefined {
  const view = viewRecord(engine, REGISTRY_ID, recordOfCollection(id));
  return view?.live === true ? view.fields : undefined;
}

/**
 * Sets fields of a listed collection for all devices; one set to undefined is taken away. The
 * others stay, those of newer programs among them.
 * @returns false, and nothing changed, where the collection is not listed.
 */
export function updateRegistryEntry(engine: Engine, id: string, fields: FieldChanges): boolean {
  if (registryFieldsOf(engine, id) === undefined) return false;
  saveFields(engine, recordOfCollection(id), fields);
  return true;
}

/** New values by name; undefined takes a field away. */
export type FieldChanges = Readonly<Record<string, FieldValue | undefined>>;

/** Changes fields of one record of the registry, and leaves its others as they are. */
export function saveFields(engine: Engine, record: string, changes: FieldChanges): void {
  const view = viewRecord(engine, REGISTRY_ID, record);
  const before = view?.live === true ? view.fields : {};
  const fields: Record<string, FieldValue> = { ...before };
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete fields[name];
    else fields[name] = value;
  }
  const shown = { place: record, mark: '', hash: '' };
  saveEdits(engine, REGISTRY_ID, [
    {
      record,
      sawVersions: view?.shows ?? [],
      change: {
        kind: 'write',
        fields,
        changed: Object.keys(changes),
        content: { kind: 'none' },
        shown,
      },
    },
  ]);
}

function recordOfCollection(id: string): string {
  return recordIdOf(`collection/${id}`);
}
