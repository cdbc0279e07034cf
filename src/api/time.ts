/** A collection at any moment: its files then, their versions, and bringing them back. */
import * as z from 'zod';
import { comparedSideSchema } from './conflicts.ts';
import { route } from './route.ts';
import {
  collectionSchema,
  pathSchema,
  queryFlagSchema,
  queryNumberSchema,
  timeSchema,
  troubleSchema,
} from './values.ts';

export const versionInfoSchema = z.object({
  id: z.string(),
  /** By the clock of the device that saved it. */
  time: timeSchema,
  device: z.string(),
  path: z.string(),
  /** Content bytes; null for a deletion or a folder. */
  size: z.number().nullable(),
  state: z.enum(['current', 'conflict', 'superseded', 'deleted', 'pending']),
});
export type VersionInfo = z.infer<typeof versionInfoSchema>;

export const treeEntrySchema = z.object({
  path: z.string(),
  kind: z.enum(['file', 'folder', 'link']),
  /** Of a folder, of all in it. */
  size: z.number(),
  /** Of a folder, the files in it. */
  files: z.number(),
  /** Of the newest save in it. */
  time: timeSchema.nullable(),
  device: z.string().nullable(),
  /** True for what was deleted before the moment asked for. */
  deleted: z.boolean(),
  /** The version that it had at the moment, or had last; null for a folder. */
  version: z.string().nullable(),
});
export type TreeEntry = z.infer<typeof treeEntrySchema>;

/** What a folder of a collection holds is asked for a stretch at a time. */
export const listingInputSchema = z.object({
  collection: collectionSchema,
  /** Empty for the top. */
  folder: z.string().max(4096).default(''),
  /** Part of a path, in any case: every file below the folder that has it. */
  search: z.string().max(200).optional(),
  after: z.string().optional(),
  limit: queryNumberSchema.min(1).max(5000).default(1000),
});

export const listingSchema = z.object({
  entries: z.array(treeEntrySchema).readonly(),
  /** Pass it as `after` for more; null where that is all. */
  next: z.string().nullable(),
  /** How many there are in all, deleted ones not counted unless they were asked for. */
  total: z.number(),
  /** Why something may be missing, in words. */
  trouble: z.string().nullable(),
});

export const treeRoute = route({
  name: 'tree',
  method: 'GET',
  path: '/api/tree',
  summary: 'What was in a folder of a collection at a moment; the whole collection for a search.',
  input: listingInputSchema.extend({
    /** Now by default. */
    at: timeSchema.optional(),
    deleted: queryFlagSchema.default(false),
  }),
  answer: listingSchema,
});

export const momentsRoute = route({
  name: 'moments',
  method: 'GET',
  path: '/api/moments',
  summary: 'How much was saved when, for the time line: saves by day.',
  input: z.object({
    collection: collectionSchema,
    /** Minutes by which the days begin before those of UTC; 60 in Berlin in winter. */
    utcOffset: queryNumberSchema.min(-1440).max(1440).default(0),
  }),
  answer: z.object({
    days: z
      .array(
        z.object({
          day: z.iso.date(),
          written: z.number(),
          deleted: z.number(),
          bytes: z.number(),
        }),
      )
      .readonly(),
  }),
});

/** A version of the file: it tells which file is meant, where several have had the path. */
const versionSchema = z.string().min(1).max(100);

export const versionsRoute = route({
  name: 'versions',
  method: 'GET',
  path: '/api/versions',
  summary: 'Every version of a file, newest first.',
  input: z.object({
    collection: collectionSchema,
    path: pathSchema,
    version: versionSchema.optional(),
  }),
  answer: z.object({
    /** What it is called now, or was called last. */
    path: z.string(),
    /** True where it is not there now. */
    deleted: z.boolean(),
    versions: z.array(versionInfoSchema).readonly(),
    /** Why some of them may be missing, in words. */
    trouble: z.string().nullable(),
  }),
});

export const compareRoute = route({
  name: 'compare',
  method: 'GET',
  path: '/api/compare',
  summary: 'Two versions of a file, as texts where they are; or one alone.',
  input: z.object({
    collection: collectionSchema,
    path: pathSchema,
    from: versionSchema.optional(),
    to: versionSchema,
  }),
  answer: z.object({
    /** Null where only one was asked for. */
    from: comparedSideSchema.nullable(),
    to: comparedSideSchema,
  }),
});

/** Not in the table: what it answers is no JSON. */
export const contentRoute = route({
  name: 'content',
  method: 'GET',
  path: '/api/content',
  summary: 'The bytes of a version of a file, as it was saved.',
  input: z.object({ collection: collectionSchema, path: pathSchema, version: versionSchema }),
  answer: z.string(),
});

export const restoredSchema = z.object({
  path: z.string(),
  /** `back`: was gone. `content`: has other content now. `gone`: was not there then. */
  change: z.enum(['back', 'content', 'moved', 'gone']),
  /** Where it was until now, where that is elsewhere. */
  from: z.string().nullable(),
  /** Null for what goes. */
  version: z.string().nullable(),
  /** The versions that it showed until now: several in a conflict, none where it was not there. */
  was: z.array(z.string()).readonly(),
  /** The version that restoring made; null where it made none, as in a dry run. */
  made: z.string().nullable(),
});
export type Restored = z.infer<typeof restoredSchema>;

export const restoreRoute = route({
  name: 'restore',
  method: 'POST',
  path: '/api/restore',
  summary: 'Brings a version of a file back, or files and folders as they were at a moment.',
  input: z.object({
    collection: collectionSchema,
    /** A file, or a folder with all in it. Empty for the whole collection. */
    path: z.string().max(4096),
    /** One version of a file. */
    version: z.string().optional(),
    at: timeSchema.optional(),
    /**
     * With `at`: what came into the folder since goes as well, into the history; by default it
     * stays beside what is brought back.
     */
    exact: z.boolean().default(false),
    /** Only tells what would change. */
    dryRun: z.boolean().default(false),
  }),
  answer: z.object({
    restored: z.array(restoredSchema).readonly(),
    failed: z.array(troubleSchema).readonly(),
    /** The moment before, as clocks count: restoring to it exactly makes all as it was. */
    before: timeSchema,
  }),
});

export const undoRestoreRoute = route({
  name: 'undoRestore',
  method: 'POST',
  path: '/api/restore/undo',
  summary: 'Takes a restore back, but for files that were changed since.',
  input: z.object({
    collection: collectionSchema,
    /** As the restore answered it. */
    restored: z.array(restoredSchema).min(1).max(10_000).readonly(),
  }),
  answer: z.object({ undone: z.number(), failed: z.array(troubleSchema).readonly() }),
  bodyMaxBytes: 64 * 1024 * 1024,
});
