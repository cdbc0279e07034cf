/** The registry: the collection that lists the collections (names, kinds). Read first. */
import { REGISTRY_ID, recordIdOf } from '../format/ids.ts';
import { allRecords, type RecordRow } from '../replica/records.ts';
import type { Engine } from './engine.ts';
import type { Fields, Kind } from './kind.ts';
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
  claimOf: () => undefined,
  titleOf: (fields) => String(fields.name ?? ''),
  isAttachment: () => false,
  fieldsOfCopy: (fields) => fields,
  open: () => Promise.reject(new Error(NEVER_OPEN)),
};

/** The collections of the repository, by name. */
export function listRegistry(engine: Engine): CollectionInfo[] {
  return [...allRecords(engine.db, REGISTRY_ID)]
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

/** Adds or changes an entry; published with the next round. */
export function putInRegistry(engine: Engine, info: CollectionInfo): void {
  saveRegistryEdit(engine, info.id, { ...info });
}

/** Takes a collection off the list, on all devices. Files stay where they are. */
export function removeFromRegistry(engine: Engine, id: string): void {
  saveRegistryEdit(engine, id, undefined);
}

function saveRegistryEdit(engine: Engine, id: string, fields: Fields | undefined): void {
  const record = recordIdOf(`collection/${id}`);
  const view = viewRecord(engine, REGISTRY_ID, record);
  const shown = { place: id, mark: '', hash: '' };
  saveEdits(engine, REGISTRY_ID, [
    {
      record,
      sawVersions: view?.shows ?? [],
      change:
        fields === undefined
          ? { kind: 'delete' }
          : { kind: 'write', fields, content: { kind: 'none' }, shown },
    },
  ]);
}
