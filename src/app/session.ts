/** A home opened for work: engine, open collections, lock. */
import { existsSync } from 'node:fs';
import { isErrorKind, SatchelError } from '../base/errors.ts';
import { REGISTRY_ID } from '../format/ids.ts';
import { openRepositoryKey } from '../format/repository-key.ts';
import { DamagedReplicaError, Database } from '../replica/database.ts';
import { addEvent } from '../replica/events.ts';
import type { MeteredStore } from '../store/meter.ts';
import { beginCollection, prepareReplica } from '../sync/bootstrap.ts';
import type { Engine } from '../sync/engine.ts';
import type { Kind, OpenCollection } from '../sync/kind.ts';
import { LIMITS } from '../sync/limits.ts';
import { openPort } from '../sync/port.ts';
import { registryKind } from '../sync/registry.ts';
import type { AppContext } from './context.ts';
import {
  createPrivately,
  readRootKey,
  readSettings,
  replicaPath,
  type Settings,
  setReplicaAside,
} from './home.ts';
import { makeKinds } from './kinds.ts';
import { type HomeLock, lockHome } from './lock.ts';
import { openStore } from './store.ts';
import { VERSION } from './version.ts';

export interface Session {
  readonly context: AppContext;
  readonly settings: Settings;
  readonly engine: Engine;
  readonly meter: MeteredStore;
  readonly kinds: ReadonlyMap<string, Kind>;
  /** The collections of this device, at work; empty in a session that only reads. */
  readonly open: ReadonlyMap<string, OpenCollection>;
  close(): Promise<void>;
}

/** Opens a home for reading: status, history and the like. Takes no lock. */
export function openForReading(context: AppContext): Session {
  const settings = readSettings(context.home);
  const kinds = makeKinds({ repository: settings.repository, home: context.home });
  return makeSession(
    context,
    settings,
    kinds,
    openReplica(context, settings),
    new Map(),
    undefined,
  );
}

/**
 * Opens a home for work on its folders, under the lock. A damaged replica is set aside and built
 * anew from bucket and folders.
 * @throws SatchelError `busy` where another process holds the home.
 */
export async function openForWork(context: AppContext, command: string): Promise<Session> {
  const settings = readSettings(context.home);
  const lock = lockHome(context.home, command);
  let db: Database | undefined;
  try {
    const kinds = makeKinds({ repository: settings.repository, home: context.home });
    db = openOrRebuild(context, settings);
    const open = new Map<string, OpenCollection>();
    const session = makeSession(context, settings, kinds, db, open, lock);
    for (const [id, { kind: kindName, folder }] of Object.entries(settings.collections)) {
      const kind = kinds.get(kindName);
      if (kind === undefined) throw unknownKind(kindName);
      open.set(id, await kind.open(openPort(session.engine, id), folder));
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

function makeSession(
  context: AppContext,
  settings: Settings,
  kinds: ReadonlyMap<string, Kind>,
  db: Database,
  open: ReadonlyMap<string, OpenCollection>,
  lock: HomeLock | undefined,
): Session {
  const { store, meter } = openStore(settings.bucket, settings.insecureTls === true, context);
  const { repository, encryption } = settings;
  const engine: Engine = {
    db,
    store,
    key: openRepositoryKey(encryption, repository, readRootKey(context.home, settings)),
    repository,
    clock: context.clock,
    random: context.random,
    limits: LIMITS,
    deviceName: settings.deviceName,
    platform: process.platform,
    app: `satchel ${VERSION}`,
    kindOf: (collection) => kindOf(settings, kinds, collection),
    progress: (step, done, total, unit) => context.progress(step, done, total, unit),
  };
  return {
    context,
    settings,
    engine,
    meter,
    kinds,
    open,
    async close() {
      for (const opened of open.values()) await opened.close();
      store.close();
      db.close();
      lock?.release();
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
    prepareReplica(db, settings.repository, context.random);
    for (const id of Object.keys(settings.collections)) ensureCollection(db, id);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
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
    if (!isErrorKind(error, 'damaged') || !(error instanceof DamagedReplicaError)) throw error;
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
