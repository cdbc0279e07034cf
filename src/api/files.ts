/**
 * For editors and note apps: each write is safe in the replica when it is answered, and the bucket
 * follows. Names in answers to a refused write are those that editors' plugins already use.
 */
import * as z from 'zod';
import { route } from './route.ts';
import { collectionSchema, pathSchema, queryNumberSchema, timeSchema } from './values.ts';

/** Pictures and the like come as base64, a third longer. */
const BODY_MAX_BYTES = 32 * 1024 * 1024;

/** Counts up on this device with each change of anything; 0 for what was never here. */
export const revSchema = z.number().int().min(0);

const contentInput = {
  /** The text; or else `content_base64`. */
  content: z.string().optional(),
  content_base64: z.base64().optional(),
};

export const fileSchema = z.object({ path: pathSchema, ...contentInput });

/** What a save answers. */
export const savedSchema = z.object({
  path: z.string(),
  rev: revSchema,
  /** Nanoseconds since the Unix epoch, in decimal, as a number would lose some. */
  mtime_ns: z.string(),
});

/** The answer to a write, move or deletion whose If-Match does not hold; status 409. */
export const changedSchema = z.object({
  error: z.string(),
  /** Null where there is no file (any more). */
  current_content: z.string().nullable(),
  /** Instead, where it is no text. */
  current_content_base64: z.string().nullable(),
  current_rev: revSchema,
  current_mtime_ns: z.string().nullable(),
  /** What the caller's revision held, for a three-way view; null where that is not known. */
  base_content: z.string().nullable(),
});
export type Changed = z.infer<typeof changedSchema>;

export const writeRoute = route({
  name: 'writeFile',
  method: 'POST',
  path: '/api/file/write',
  summary:
    'Saves a file. With If-Match (rev:<n>, mtime:<ns> or absent) only if it is as the caller knows it.',
  input: z.object({ collection: collectionSchema, ...fileSchema.shape }),
  answer: savedSchema,
  conflict: changedSchema,
  bodyMaxBytes: BODY_MAX_BYTES,
});

export const attachFilesRoute = route({
  name: 'attachFiles',
  method: 'POST',
  path: '/api/files/attach',
  summary: 'Saves several files together with the page that mentions them, as one commit.',
  input: z.object({
    collection: collectionSchema,
    page: fileSchema,
    files: z.array(fileSchema).min(1).max(100).readonly(),
  }),
  answer: z.object({ page: savedSchema, files: z.array(savedSchema).readonly() }),
  conflict: changedSchema,
  bodyMaxBytes: BODY_MAX_BYTES,
});

export const readFileRoute = route({
  name: 'readFile',
  method: 'GET',
  path: '/api/file/read',
  summary: 'A file as it is now, with its revision.',
  input: z.object({ collection: collectionSchema, path: pathSchema }),
  answer: savedSchema.extend({
    size: z.number(),
    /** Null where it is no text. */
    content: z.string().nullable(),
    content_base64: z.string().nullable(),
  }),
});

export const moveFileRoute = route({
  name: 'moveFile',
  method: 'POST',
  path: '/api/file/move',
  summary: 'Moves or renames a file, or a folder with all in it. With If-Match for a file.',
  input: z.object({ collection: collectionSchema, from: pathSchema, to: pathSchema }),
  answer: z.object({ moved: z.array(z.object({ from: z.string(), to: z.string() })).readonly() }),
  conflict: changedSchema,
});

export const deleteFileRoute = route({
  name: 'deleteFile',
  method: 'POST',
  path: '/api/file/delete',
  summary: 'Deletes a file. With If-Match.',
  input: z.object({ collection: collectionSchema, path: pathSchema }),
  answer: z.object({ path: z.string(), rev: revSchema }),
  conflict: changedSchema,
});

export const reorderRoute = route({
  name: 'reorderFiles',
  method: 'POST',
  path: '/api/file/reorder',
  summary: 'Sets the order of what is in a folder. Names that are left out follow in theirs.',
  input: z.object({
    collection: collectionSchema,
    /** Empty for the top. */
    folder: z.string().max(4096),
    /** Names, not paths. */
    order: z.array(z.string().min(1).max(1024)).max(10_000).readonly(),
  }),
  answer: z.object({ order: z.array(z.string()).readonly() }),
});

export const orderRoute = route({
  name: 'fileOrder',
  method: 'GET',
  path: '/api/file/order',
  summary: 'The names in a folder that have a place in its order; all others follow.',
  input: z.object({
    collection: collectionSchema,
    /** Empty for the top. */
    folder: z.string().max(4096).default(''),
  }),
  answer: z.object({ order: z.array(z.string()).readonly() }),
});

export const changesRoute = route({
  name: 'changes',
  method: 'GET',
  path: '/api/changes',
  summary: 'What has changed since a cursor, oldest first; without one, where things stand now.',
  input: z.object({
    collection: collectionSchema,
    cursor: queryNumberSchema.min(0).optional(),
    limit: queryNumberSchema.min(1).max(1000).default(200),
  }),
  answer: z.object({
    cursor: revSchema,
    /** True where there are more: ask again with the cursor. */
    more: z.boolean(),
    changes: z
      .array(
        z.object({
          path: z.string(),
          /** The path before, where it was moved since the last cursor. */
          from: z.string().optional(),
          rev: revSchema,
          change: z.enum(['written', 'moved', 'deleted', 'reordered']),
          time: timeSchema,
          /** Which device's save this is. */
          device: z.string(),
        }),
      )
      .readonly(),
  }),
});
