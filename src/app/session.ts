/** A home opened for work: engine, open collections, lock. */
import { existsSync } from 'node:fs';
import { SatchelError } from '../base/errors.ts';
import { REGISTRY_ID } from '../format/ids.ts';
import { DamagedReplicaError, Database } from '../replica/database.ts';
import { addEvent } from '../replica/events.ts';
import type { MeteredStore } from '../store/meter.ts';
import { beginCollection, prepareReplica } from '../sync/bootstrap.ts';
import type { Engine } from '../sync/engine.ts';
import type { Kind, OpenCollection } from '../sync/kind.ts';
import { LIMITS } from '../sync/limits.ts';
import { openPort } from '../sync/port.ts';
import { registryKind } from '../sync/registry.ts';
import { clockOffset, noteClockOffset } from './clock-offset.ts';
import type { AppContext } from './context.ts';
import { correctedClock } from './corrected-clock.ts';
import {
  createPrivately,
  liveSettings,
  readSettings,
  replicaPath,
  requireSetUp,
  type Settings,
  setReplicaAside,
  startReplicaCopy,
  sweepDrafts,
} from './home.ts';
import { makeKinds } from './kinds.ts';
import { type HomeLock, lockHome } from './lock.ts';
import { transferLimits } from './preferences.ts';
import { keptIn, readStoreCredentials } from './secrets.ts';
import { openSessionKey, type SessionKey } from './session-key.ts';
import { openStore } from './store.ts';
import { usageNoter } from './usage.ts';
import { APP } from './version.ts';

export interface Session {
  readonly context: AppContext;
  readonly settings: Settings;
  /** The settings as they are by now: another command may have changed preferences. */
  readonly live: () => Settings;
  readonly key: SessionKey;
  readonly engine: Engine;
  /** The time by the bucket's server, as `CorrectedClock.serverNow` gives it. */
  readonly serverNow: () => number;
  readonly meter: MeteredStore;
  /** Adds what was asked of the bucket since the last call to the month's usage. */
  readonly noteUsage: () => void;
  readonly kinds: ReadonlyMap<string, Kind>;
  /** The collections of this device, at work; empty in a session that only reads. */
  readonly open: ReadonlyMap<string, OpenCollection>;
  close(): Promise<void>;
}

/** Opens a home for reading: status, history and the like. Takes no lock. */
export async function openForReading(context: AppContext): Promise<Session> {
  const settings = readSettings(context.home);
  const kinds = makeKinds({ repository: settings.repository, home: context.home });
  const db = openReplica(context, settings);
  return makeSession({ context, settings, kinds, db, open: new Map(), lock: undefined });
}

/**
 * Opens a home for work on its folders, under the lock. A damaged replica is set aside and built
 * anew from bucket and folders.
 * @throws SatchelError `busy` where another process holds the home.
 */
export async function openForWork(context: AppContext, command: string): Promise<Session> {
  // The lock makes the folder of a home: none for a home that is not set up.
  requireSetUp(context.home);
  const lock = lockHome(context.home, command);
  let db: Database | undefined;
  try {
    // Until now another command may have been at work, and have changed them.
    const settings = readSettings(context.home);
    sweepDrafts(context.home, context.clock.now());
    const kinds = makeKinds({ repository: settings.repository, home: context.home });
    db = openOrRebuild(context, settings);
    const open = new Map<string, OpenCollection>();
    const session = makeSession({ context, settings, kinds, db, open, lock });
    // A home that keeps its key and has lost it takes in nothing that it could not send.
    if (keptIn(settings).place !== 'session') await session.key.ring();
    for (const [id, { kind: kindName, folder, only }] of Object.entries(settings.collections)) {
      const kind = kinds.get(kindName);
      if (kind === undefined) throw unknownKind(kindName);
      open.set(id, await kind.open(openPort(session.engine, id), folder, { only }));
    }
    return session;
  } catch (error) {
    db?.close();
    lock.release();
    throw error;
  }
}

/**
 * Runs work in a session, and once more with a replica built anew if the old one turns out to be
 * damaged on the way.
 */
export async function withSession<T>(
  context: AppContext,
  command: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openForWork(context, command);
  try {
    return await workAndClose(session, work);
  } catch (error) {
    if (!(error instanceof DamagedReplicaError)) throw error;
    rebuild(context, error);
    return await workAndClose(await openForWork(context, command), work);
  }
}

/** True for what only a replica built anew can mend. */
export function isReplicaDamaged(error: unknown): boolean {
  return error instanceof DamagedReplicaError;
}

async function workAndClose<T>(
  session: Session,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

interface SessionParts {
  readonly context: AppContext;
  readonly settings: Settings;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly db: Database;
  readonly open: ReadonlyMap<string, OpenCollection>;
  readonly lock: HomeLock | undefined;
}

function makeSession(parts: SessionParts): Session {
  const { context, settings, kinds, db, open, lock } = parts;
  const clock = correctedClock(context.clock, clockOffset(db), (offsetMs) =>
    noteClockOffset(context, db, offsetMs),
  );
  const live = liveSettings(context.home, settings);
  const { store, meter, retries } = openStore(settings.bucket, {
    clock: context.clock,
    random: context.random,
    insecureTls: settings.insecureTls === true,
    credentials: () => readStoreCredentials(context, live()),
    // "satchel keys bucket" may have kept others while this session goes on.
    mayRenew: () => live().bucket === settings.bucket && keptIn(live()).credentials === true,
    onServerDate: (dateMs) => clock.noteServerDate(dateMs),
    limits: () => transferLimits(live()),
  });
  const key = openSessionKey(context, settings, store);
  const engine: Engine = {
    db,
    store: key.guard(store),
    get key() {
      return key.current();
    },
    repository: settings.repository,
    clock,
    machineClock: context.clock,
    random: context.random,
    limits: LIMITS,
    deviceName: settings.deviceName,
    platform: process.platform,
    app: APP,
    kindOf: (collection) => kindOf(settings, kinds, collection),
    progress: (step, done, total, unit) => context.progress(step, done, total, unit),
  };
  const noteUsage = usageNoter(db, { meter, retries }, clock);
  return {
    context,
    settings,
    live,
    key,
    engine,
    serverNow: () => clock.serverNow(),
    meter,
    noteUsage,
    kinds,
    open,
    async close() {
      try {
        noteUsage();
        for (const opened of open.values()) await opened.close();
      } finally {
        store.close();
        db.close();
        lock?.release();
      }
    },
  };
}

function kindOf(
  settings: Settings,
  kinds: ReadonlyMap<string, Kind>,
  collection: string,
): Kind | undefined {
  if (collection === REGISTRY_ID) return registryKind;
  const attached = settings.collections[collection];
  return attached === undefined ? undefined : kinds.get(attached.kind);
}

function openReplica(context: AppContext, settings: Settings): Database {
  const path = replicaPath(context.home);
  if (!existsSync(path)) createPrivately(path);
  const db = new Database(path);
  try {
    prepareReplica(db, settings.repository, context.random, {
      app: APP,
      nowMs: context.clock.now(),
      keepCopy: (schema) => keepReplicaCopy(context, schema),
    });
    for (const id of Object.keys(settings.collections)) ensureCollection(db, id);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Before its tables change, the replica is kept as it is: an older Satchel could still read it. */
function keepReplicaCopy(context: AppContext, schema: number): void {
  const { partial, finish } = startReplicaCopy(context.home, schema);
  const reader = new Database(replicaPath(context.home));
  try {
    reader.run('VACUUM INTO ?', partial);
  } finally {
    reader.close();
  }
  const kept = finish();
  context.notice(
    `The replica is brought up to date for ${APP}. A copy as it was is kept in ${kept}.`,
  );
}

/** A replica that was built anew, or lost, learns again which collections are here. */
function ensureCollection(db: Database, collection: string): void {
  const known = db.get('SELECT 1 FROM collections WHERE id = ?', collection);
  if (known === undefined) beginCollection(db, collection, false);
}

function openOrRebuild(context: AppContext, settings: Settings): Database {
  try {
    return openReplica(context, settings);
  } catch (error) {
    if (!(error instanceof DamagedReplicaError)) throw error;
    rebuild(context, error);
    const db = openReplica(context, settings);
    addEvent(db, {
      time: context.clock.now(),
      kind: 'warning',
      message: 'The replica was damaged and is built anew from the bucket and the folders.',
    });
    return db;
  }
}

function rebuild(context: AppContext, error: DamagedReplicaError): void {
  const aside = setReplicaAside(context.home, context.clock.now());
  context.notice(
    `${error.message} It was set aside as ${aside}; a new one is built from the bucket and the ` +
      'folders. What was edited here and not yet sent is taken from the folders.',
  );
}

function unknownKind(kind: string): SatchelError {
  return new SatchelError('damaged', `This Satchel does not know collections of kind "${kind}".`, {
    hint: 'Install the newest Satchel on this device.',
  });
}
