/** What `status` tells: from the replica alone, without a request. */
import type { CollectionStatus, Status } from '../api/status.ts';
import { countHeld, holdOf } from '../replica/held.ts';
import { countRecords } from '../replica/records.ts';
import { longWaits } from '../sync/apply.ts';
import { selfId } from '../sync/engine.ts';
import { isKeyMissing } from '../sync/missing-key.ts';
import { clockOffset } from './clock-offset.ts';
import { listCollections } from './collection-list.ts';
import { isPaused } from './preferences.ts';
import { keptIn } from './secrets.ts';
import { exposedFiles, hasKeyFile } from './secrets-file.ts';
import type { Session } from './session.ts';
import { readSyncNote } from './sync.ts';
import { pendingCount } from './unsent.ts';

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
  const noted = note?.state ?? 'connected';
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
    state: needsPerson ? 'attention' : isPaused(session.live(), id) ? 'paused' : noted,
    lastPullAt: isoTime(note?.lastPullAt),
    lastPublishAt: isoTime(note?.lastPublishAt),
    lastError: note?.lastError ?? waiting,
  };
}

export function isoTime(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}
