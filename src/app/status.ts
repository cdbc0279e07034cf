/** What `status` tells: from the replica alone, without a request. */
import { outboxCount } from '../replica/outbox.ts';
import { countRecords } from '../replica/records.ts';
import { longWaits } from '../sync/apply.ts';
import { selfId } from '../sync/engine.ts';
import { listCollections } from './collection-list.ts';
import type { Session } from './session.ts';
import { readSyncNote } from './sync.ts';

export type CollectionState = 'connected' | 'offline' | 'syncing' | 'attention' | 'paused';

export interface CollectionStatus {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly folder: string;
  /** Taken off the list on another device; it is carried here until it is detached. */
  readonly removed: boolean;
  readonly records: number;
  /** Changes saved here and not yet sent. */
  readonly pending: number;
  readonly conflicts: number;
  readonly held: number;
  readonly state: CollectionState;
  /** ISO 8601, or null. */
  readonly lastPullAt: string | null;
  readonly lastPublishAt: string | null;
  readonly lastError: string | null;
}

export interface Status {
  readonly device: { readonly id: string; readonly name: string };
  readonly bucket: string;
  readonly repository: string;
  readonly encrypted: boolean;
  readonly collections: readonly CollectionStatus[];
}

export function readStatus(session: Session): Status {
  const { engine, settings } = session;
  const collections = listCollections(session).flatMap((info) =>
    info.folder === undefined ? [] : [describe(session, { ...info, folder: info.folder })],
  );
  return {
    device: { id: selfId(engine), name: settings.deviceName },
    bucket: settings.bucket,
    repository: settings.repository,
    encrypted: settings.encryption !== 'none',
    collections,
  };
}

function describe(
  session: Session,
  info: {
    readonly id: string;
    readonly name: string;
    readonly kind: string;
    readonly folder: string;
    readonly removed: boolean;
  },
): CollectionStatus {
  const { db } = session.engine;
  const { live, conflicts } = countRecords(db, info.id);
  const note = readSyncNote(session, info.id);
  const waits = longWaits(session.engine, info.id);
  const waiting =
    waits.length > 0 ? `Waits for commits of ${waits.length} other device(s) to arrive.` : null;
  const needsPerson = conflicts > 0 || note?.state === 'attention' || waits.length > 0;
  const { id, name, kind, folder, removed } = info;
  return {
    id,
    name,
    kind,
    folder,
    removed,
    records: live,
    pending: outboxCount(db, info.id),
    conflicts,
    held: 0,
    state: needsPerson ? 'attention' : (note?.state ?? 'connected'),
    lastPullAt: isoTime(note?.lastPullAt),
    lastPublishAt: isoTime(note?.lastPublishAt),
    lastError: note?.lastError ?? waiting,
  };
}

export function isoTime(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}
