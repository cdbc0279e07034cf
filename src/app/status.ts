/** What `status` tells: from the replica alone, without a request. */
import { countHeld, holdOf } from '../replica/held.ts';
import { countRecords } from '../replica/records.ts';
import { longWaits } from '../sync/apply.ts';
import { selfId } from '../sync/engine.ts';
import { isKeyMissing } from '../sync/missing-key.ts';
import { clockOffset } from './clock-offset.ts';
import { listCollections } from './collection-list.ts';
import { keptIn } from './secrets.ts';
import { exposedFiles, hasKeyFile } from './secrets-file.ts';
import type { Session } from './session.ts';
import { readSyncNote } from './sync.ts';
import { pendingCount } from './unsent.ts';

export type CollectionState = 'connected' | 'offline' | 'syncing' | 'attention' | 'paused';

export interface CollectionStatus {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly folder: string;
  /** The subfolders that are carried here; null for the whole. */
  readonly only: readonly string[] | null;
  /** Taken off the list on another device; it is carried here until it is detached. */
  readonly removed: boolean;
  readonly records: number;
  /** Changes saved here and not yet sent, without deletions that are held. */
  readonly pending: number;
  readonly conflicts: number;
  /** Deletions that wait for a person (rule S8). */
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
  /**
   * Where the repository's key is: `asked` for each time; `missing` from its file; `none` where
   * nothing is encrypted.
   */
  readonly repositoryKey: 'keychain' | 'file' | 'asked' | 'missing' | 'none';
  /** Paths of files with secrets that other users of this computer can read. */
  readonly exposed: readonly string[];
  /** True where the key was changed on another device: nothing is published until it is here. */
  readonly needsKey: boolean;
  /**
   * What is added to this computer's clock, by what the bucket's server said: zero for one that is
   * right.
   */
  readonly clockOffsetMs: number;
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
    repositoryKey: whereKeyIs(session),
    exposed: exposedFiles(session.context.home),
    needsKey: isKeyMissing(engine),
    clockOffsetMs: clockOffset(engine.db),
    collections,
  };
}

/** From the settings and the home alone: asking the keychain takes time, and may ask a person. */
function whereKeyIs({ context, settings }: Session): Status['repositoryKey'] {
  if (settings.encryption === 'none') return 'none';
  const { place } = keptIn(settings);
  if (place === 'session') return 'asked';
  return place === 'file' && !hasKeyFile(context.home) ? 'missing' : place;
}

function describe(
  session: Session,
  info: {
    readonly id: string;
    readonly name: string;
    readonly kind: string;
    readonly folder: string;
    readonly only: readonly string[] | undefined;
    readonly removed: boolean;
  },
): CollectionStatus {
  const { db } = session.engine;
  const { live, conflicts } = countRecords(db, info.id);
  const note = readSyncNote(session, info.id);
  const waits = longWaits(session.engine, info.id);
  const waiting =
    waits.length > 0 ? `Waits for commits of ${waits.length} other device(s) to arrive.` : null;
  const held = countHeld(db, info.id);
  const needsPerson =
    isKeyMissing(session.engine) ||
    conflicts > 0 ||
    held > 0 ||
    note?.state === 'attention' ||
    waits.length > 0;
  const { id, name, kind, folder, only = null, removed } = info;
  return {
    id,
    name,
    kind,
    folder,
    only,
    removed,
    records: live,
    pending: pendingCount(session.engine, info.id) - (holdOf(db, info.id, 'out')?.count ?? 0),
    conflicts,
    held,
    state: needsPerson ? 'attention' : (note?.state ?? 'connected'),
    lastPullAt: isoTime(note?.lastPullAt),
    lastPublishAt: isoTime(note?.lastPublishAt),
    lastError: note?.lastError ?? waiting,
  };
}

export function isoTime(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}
