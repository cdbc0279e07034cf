/** The replica of a device at its start, and collections that begin or end on it. */

import type { Random } from '../base/ports.ts';
import { newObjectId, REGISTRY_ID } from '../format/ids.ts';
import { beginRevs } from '../replica/changes.ts';
import type { Database } from '../replica/database.ts';
import {
  addCollection,
  forgetKindNotes,
  getMeta,
  markHeadChanged,
  markUnready,
  setMeta,
} from '../replica/meta.ts';
import { forgetPeerTags } from '../replica/peers.ts';
import { prepareSchema, type SchemaOptions } from '../replica/schema.ts';
import { forgetShown, markLiveStale } from '../replica/shown.ts';
import { awaitFirstLook } from './first-look.ts';

export interface ReplicaOptions extends SchemaOptions {
  /** This program and its version, such as `satchel 0.2.0`: a later error may have to name it. */
  readonly app: string;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
}

/** Prepares a replica: a new one gets an identity and the registry. */
export function prepareReplica(
  db: Database,
  repository: string,
  random: Random,
  { app, nowMs, ...schema }: ReplicaOptions,
): void {
  prepareSchema(db, schema);
  if (getMeta(db, 'device') !== undefined) {
    noteProgram(db, app);
    return;
  }
  db.transaction(() => {
    setMeta(db, 'device', newObjectId(random));
    setMeta(db, 'repository', repository);
    setMeta(db, 'app', app);
    beginRevs(db, nowMs);
    addCollection(db, REGISTRY_ID, false);
    markHeadChanged(db);
  });
}

/** The others see in the head which program a device runs: another one is worth writing it. */
function noteProgram(db: Database, app: string): void {
  if (getMeta(db, 'app') === app) return;
  db.transaction(() => {
    setMeta(db, 'app', app);
    markHeadChanged(db);
  });
}

/**
 * Starts work on a collection here. One that holds records elsewhere is not ready before its
 * first complete pull (rule S15); heads are read whole for it. One that was here before goes on
 * from what the replica still has, but for what it notes of a folder: it may come to another one,
 * and may not have been ended in order. What that one lacks nobody has deleted (rule S8).
 */
export function beginCollection(db: Database, collection: string, isNew: boolean): void {
  db.transaction(() => {
    addCollection(db, collection, isNew);
    if (!isNew) beginAnew(db, collection);
    forgetFolder(db, collection);
    forgetPeerTags(db);
    markHeadChanged(db);
  });
}

/**
 * Ends work on a collection here: only the notes about this device's folder go. What was saved
 * and not yet sent stays in the outbox, and what was published stays this device's to keep.
 * Whoever is stopped before the settings say so finds the collection as one that begins anew.
 */
export function endCollection(db: Database, collection: string): void {
  db.transaction(() => {
    beginAnew(db, collection);
    forgetFolder(db, collection);
    // The others see in the head that this device carries it no longer.
    markHeadChanged(db);
  });
}

/** The bucket is read before the folder is looked at (rules S6, S15). */
function beginAnew(db: Database, collection: string): void {
  markUnready(db, collection);
  awaitFirstLook(db, collection);
}

/** What a folder shows is unknown from now on: every live record has to be looked for there. */
function forgetFolder(db: Database, collection: string): void {
  forgetShown(db, collection);
  forgetKindNotes(db, collection);
  markLiveStale(db, collection);
}
