/** How things stand: the daemon, its homes, their collections, and what is under way. */
import * as z from 'zod';
import { route } from './route.ts';
import { collectionSchema, doneSchema, timeSchema, troubleSchema } from './values.ts';

export const stateSchema = z.enum(['connected', 'offline', 'syncing', 'attention', 'paused']);
export type CollectionState = z.infer<typeof stateSchema>;

export const collectionStatusSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  folder: z.string(),
  /** The subfolders that are carried here; null for the whole. */
  only: z.array(z.string()).readonly().nullable(),
  /** Taken off the list on another device; it is carried here until it is detached. */
  removed: z.boolean(),
  records: z.number(),
  /** Changes saved here and not yet sent, without deletions that are held. */
  pending: z.number(),
  conflicts: z.number(),
  /** Deletions that wait for a person (rule S8). */
  held: z.number(),
  state: stateSchema,
  lastPullAt: timeSchema.nullable(),
  lastPublishAt: timeSchema.nullable(),
  lastError: z.string().nullable(),
});
export type CollectionStatus = z.infer<typeof collectionStatusSchema>;

/** What `status --json` prints: the home as its replica tells it. */
export const statusSchema = z.object({
  device: z.object({ id: z.string(), name: z.string() }),
  bucket: z.string(),
  repository: z.string(),
  encrypted: z.boolean(),
  /**
   * Where the repository's key is: `asked` for each time; `missing` from its file; `none` where
   * nothing is encrypted.
   */
  repositoryKey: z.enum(['keychain', 'file', 'asked', 'missing', 'none']),
  /** Paths of files with secrets that other users of this computer can read. */
  exposed: z.array(z.string()).readonly(),
  /** True where the key was changed on another device: nothing is published until it is here. */
  needsKey: z.boolean(),
  /** What is added to this computer's clock, milliseconds, by what the bucket's server said. */
  clockOffsetMs: z.number(),
  collections: z.array(collectionStatusSchema).readonly(),
});
export type Status = z.infer<typeof statusSchema>;

/** Work under way that a person can watch. */
export const transferSchema = z.object({
  /** Such as `Uploading`. */
  step: z.string(),
  done: z.number(),
  total: z.number().nullable(),
  unit: z.enum(['files', 'bytes']),
  /** Of the last seconds; null where it is too early to tell. */
  perSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
});
export type Transfer = z.infer<typeof transferSchema>;

/** A collection as the daemon sees it, which knows more than the replica. */
export const liveCollectionSchema = collectionStatusSchema.extend({
  /** True while a person has it left out; `state` may be another where something waits for one. */
  paused: z.boolean(),
  /** Content bytes of what is pending. */
  pendingBytes: z.number(),
  schedule: z.string(),
  /** When its turn is next; null while it is paused or manual. */
  nextTryAt: timeSchema.nullable(),
  lastChangeAt: timeSchema.nullable(),
});

export const homeStatusSchema = statusSchema.extend({
  /** The worst of its collections. */
  state: stateSchema,
  /** Why, in words, where it is not connected. */
  reason: z.string().nullable(),
  /** True where the bucket does not accept what this device gets in with, as `reason` tells. */
  refused: z.boolean(),
  paused: z.boolean(),
  nextTryAt: timeSchema.nullable(),
  transfers: z.array(transferSchema).readonly(),
  collections: z.array(liveCollectionSchema).readonly(),
});
export type HomeStatus = z.infer<typeof homeStatusSchema>;

export const daemonStatusSchema = z.object({
  version: z.string(),
  startedAt: timeSchema,
  /** What the last run left unfinished and this one brought in order, in words. */
  recovered: z.array(z.string()).readonly(),
  homes: z.array(homeStatusSchema).readonly(),
});
export type DaemonStatus = z.infer<typeof daemonStatusSchema>;

export const requestCountsSchema = z.object({
  get: z.number(),
  put: z.number(),
  list: z.number(),
  delete: z.number(),
  bytesUp: z.number(),
  bytesDown: z.number(),
});

const amountSchema = z.object({ versions: z.number(), bytes: z.number() });

/** What a round did in one collection, and what waits there. */
export const collectionResultSchema = z.object({
  name: z.string(),
  published: amountSchema,
  applied: amountSchema,
  conflicts: z.number(),
  /** Deletions that wait for a person (rule S8). */
  held: z.number(),
  failed: z.array(troubleSchema).readonly(),
  /** Entries of the folder that are left out by their nature, such as symbolic links. */
  leftOut: z.array(troubleSchema).readonly(),
});
export type CollectionResult = z.infer<typeof collectionResultSchema>;

/** What `sync --json` prints. */
export const syncResultSchema = z.object({
  collections: z.array(collectionResultSchema).readonly(),
  /** Objects of other devices that could not be read; what they bring is not here yet. */
  unreadable: z.array(troubleSchema).readonly(),
  requests: requestCountsSchema,
  durationMs: z.number(),
  /** True where this device went to another bucket with the repository: the next round is there. */
  moved: z.boolean().optional(),
});
export type SyncResult = z.infer<typeof syncResultSchema>;

export const statusRoute = route({
  name: 'status',
  method: 'GET',
  path: '/api/status',
  summary: 'How the daemon, its homes and their collections are.',
  input: z.object({}),
  answer: daemonStatusSchema,
});

export const syncRoute = route({
  name: 'sync',
  method: 'POST',
  path: '/api/sync',
  summary: 'Runs one round now, and answers when it is over.',
  input: z.object({
    /** All by default. */
    collections: z.array(collectionSchema).readonly().optional(),
  }),
  answer: syncResultSchema,
});

export const pauseRoute = route({
  name: 'pause',
  method: 'POST',
  path: '/api/pause',
  summary:
    'Pauses a collection or all of them, or lets them go on. A round under way comes to its end first.',
  input: z.object({ collection: collectionSchema.optional(), paused: z.boolean() }),
  answer: doneSchema,
});

export const lendRoute = route({
  name: 'lend',
  method: 'POST',
  path: '/api/lend',
  summary:
    'Leaves the home to the caller: answers when it is free, and takes it back when the connection ends.',
  input: z.object({}),
  answer: doneSchema,
  isLocal: true,
  isHeld: true,
});
