/**
 * Collections that are not on this device, read from the bucket without bringing them here.
 *
 * They are read into a replica of their own, as a new device would that never publishes: it has an
 * identity that nobody hears of, so this device's own commits come like those of any other, and
 * nothing that is read here can reach the replica of the home or the bucket. It is a cache: where it
 * does not fit any more it is made anew.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SatchelError } from '../base/errors.ts';
import { REGISTRY_ID } from '../format/ids.ts';
import { Database } from '../replica/database.ts';
import { collectionIds, getNote, isReady, setNote } from '../replica/meta.ts';
import { readOnlyStore } from '../store/read-only.ts';
import { beginCollection, prepareReplica } from '../sync/bootstrap.ts';
import type { Engine } from '../sync/engine.ts';
import { pull } from '../sync/pull.ts';
import { registryKind } from '../sync/registry.ts';
import { listCollections } from './collection-list.ts';
import { createPrivately } from './home.ts';
import { isReplicaDamaged, type Session } from './session.ts';
import { troubleLine } from './trouble.ts';
import { APP } from './version.ts';

/** What is noted of a collection, and of the whole (of the registry). */
const READ_AT = 'read-at';
const TROUBLE = 'trouble';
const BUCKET = 'bucket';

export interface LastReading {
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** Why something may be missing, in words. */
  readonly trouble: string | undefined;
}

/** For one home, and one process at a time: that which holds the home. */
export class Elsewhere {
  #db: Database | undefined;

  /**
   * Reads what is new in these collections. They stay read: the next time costs one request for
   * each device where nothing changed. Not while a round is under way.
   * @param ids of collections that are listed and not here.
   * @throws SatchelError as a round; what was read before is still there.
   */
  async read(session: Session, ids: readonly string[]): Promise<void> {
    const db = this.#openFor(session);
    const known = new Set(collectionIds(db));
    for (const id of ids) if (!known.has(id)) beginCollection(db, id, false);
    const engine = readingEngine(session, db);
    try {
      const { unreadable } = await pull(engine, { list: true });
      for (const id of collectionIds(db)) note(engine, id, unreadable.map(troubleLine));
    } catch (error) {
      if (isReplicaDamaged(error)) this.#forget(session);
      throw error;
    } finally {
      session.noteUsage();
    }
  }

  /**
   * A session in which a collection that was read can be looked at; undefined where it never was.
   * Nothing can be saved in it.
   */
  session(session: Session, id: string): Session | undefined {
    const db = this.#existing(session);
    if (db === undefined || readingIn(db, id) === undefined) return undefined;
    return { ...session, engine: readingEngine(session, db), open: new Map() };
  }

  lastReading(session: Session, id: string): LastReading | undefined {
    const db = this.#existing(session);
    return db && readingIn(db, id);
  }

  close(): void {
    this.#db?.close();
    this.#db = undefined;
  }

  /** Nothing is made before something is read. */
  #existing(session: Session): Database | undefined {
    const isThere = this.#db !== undefined || existsSync(pathIn(session.context.home));
    return isThere ? this.#openFor(session) : undefined;
  }

  #openFor(session: Session): Database {
    const db = this.#db ?? openFile(session);
    this.#db = db;
    if (isFitting(session, db)) return db;
    this.#forget(session);
    this.#db = openFile(session);
    return this.#db;
  }

  #forget({ context }: Session): void {
    this.close();
    removeFile(context.home);
  }
}

function openFile(session: Session): Database {
  try {
    return prepared(session);
  } catch (error) {
    // Torn, or of a newer program: all that is in it is in the bucket as well.
    if (!(error instanceof SatchelError) || error.kind !== 'damaged') throw error;
    removeFile(session.context.home);
    return prepared(session);
  }
}

function prepared({ context, settings }: Session): Database {
  const path = pathIn(context.home);
  createPrivately(path);
  const db = new Database(path);
  try {
    const keepCopy = (): void => undefined;
    const nowMs = context.clock.now();
    prepareReplica(db, settings.repository, context.random, { app: APP, nowMs, keepCopy });
    if (getNote(db, REGISTRY_ID, BUCKET) === undefined) {
      setNote(db, REGISTRY_ID, BUCKET, settings.bucket);
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** False after a move to another bucket, and once a collection that is in it was brought here. */
function isFitting({ settings }: Session, db: Database): boolean {
  const isHere = collectionIds(db).some((id) => settings.collections[id] !== undefined);
  return !isHere && getNote(db, REGISTRY_ID, BUCKET) === settings.bucket;
}

/** The engine of the session, at work in the other replica and unable to write to the bucket. */
function readingEngine(session: Session, db: Database): Engine {
  const { engine, kinds } = session;
  const kindNames = new Map(listCollections(session).map(({ id, kind }) => [id, kind]));
  return {
    db,
    store: readOnlyStore(engine.store),
    get key() {
      return engine.key;
    },
    repository: engine.repository,
    clock: engine.clock,
    machineClock: engine.machineClock,
    random: engine.random,
    limits: engine.limits,
    deviceName: engine.deviceName,
    platform: engine.platform,
    app: engine.app,
    kindOf: (id) => (id === REGISTRY_ID ? registryKind : kinds.get(kindNames.get(id) ?? '')),
    progress: (step, done, total, unit) => engine.progress(step, done, total, unit),
  };
}

function note({ db, clock }: Engine, id: string, troubles: readonly string[]): void {
  const more = troubles.length > 1 ? ` (and ${troubles.length - 1} more)` : '';
  const waits = isReady(db, id) ? '' : 'Not all of it could be read yet.';
  setNote(db, id, READ_AT, String(clock.now()));
  setNote(db, id, TROUBLE, troubles[0] === undefined ? waits : `${troubles[0]}${more}`);
}

function readingIn(db: Database, id: string): LastReading | undefined {
  const readAt = getNote(db, id, READ_AT);
  if (readAt === undefined) return undefined;
  return { atMs: Number(readAt), trouble: getNote(db, id, TROUBLE) || undefined };
}

function pathIn(home: string): string {
  return join(home, 'elsewhere.sqlite');
}

function removeFile(home: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${pathIn(home)}${suffix}`, { force: true });
}
