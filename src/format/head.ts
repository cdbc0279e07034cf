/** Heads: the one mutable object of each device (rules F2, S9). */
import * as z from 'zod';
import { clockSchema, wireCommitSchema } from './commit.ts';
import { decodeJson, encodeJson, FORMAT } from './json.ts';

/** Id, from, to, bytes stored, and the tag of the last number (segments only). */
const segmentEntrySchema = z.tuple([
  z.string().regex(/^[a-z0-9]{1,64}$/),
  z.int().min(1),
  z.int().min(1),
  z.int().min(0),
  z.string(),
]);

export const headCollectionSchema = z.looseObject({
  /** The number of the newest commit. */
  n: z.int().min(0),
  /**
   * The device's clock for the collection, its own entry left out; where there is an index, what
   * differs from the clock there.
   */
  clock: clockSchema,
  segments: z.array(segmentEntrySchema),
  archives: z.array(segmentEntrySchema),
  /** Ids that the index lists and that are replaced since (rule F2). */
  dropped: z.array(z.string()).optional(),
  /** Commits after the last segment. */
  tail: z.array(wireCommitSchema),
  /** True where the device carries the collection no longer; what it published stays. */
  left: z.boolean().optional(),
});

/**
 * What a device keeps of a retired one's commits, under its own name (rule S14): for each
 * collection the number up to which they are whole, and the objects.
 */
const adoptedSchema = z.record(
  z.string(),
  z.record(
    z.string(),
    z.looseObject({
      n: z.int().min(0),
      segments: z.array(segmentEntrySchema),
      archives: z.array(segmentEntrySchema),
    }),
  ),
);

const endedSchema = z.record(z.string(), z.record(z.string(), z.int().min(0)));

export const headSchema = z.looseObject({
  format: z.int().min(1),
  repository: z.string(),
  device: z.looseObject({
    id: z.string(),
    name: z.string(),
    platform: z.string(),
    app: z.string(),
  }),
  /** Fresh for each write, noted by the writer beforehand (rule S9). */
  nonce: z.string(),
  time: z.number(),
  collections: z.record(z.string(), headCollectionSchema),
  /** Ids of the devices whose heads the writer has met. */
  known: z.array(z.string()),
  /** Identities that ended, and at which number in each collection (rule S9). */
  ended: endedSchema.optional(),
  adopted: adoptedSchema.optional(),
  /** An immutable object with the blobs that the writer is going to delete (rule S12). */
  condemned: z
    .string()
    .regex(/^[a-z0-9]{1,64}$/)
    .optional(),
  /** The repository went to another bucket, whose URL this is; the devices follow. */
  moved: z.looseObject({ to: z.string(), time: z.number() }).optional(),
  /** The id of an immutable object with more collections, where they would not fit (rule F2). */
  index: z
    .string()
    .regex(/^[a-z0-9]{1,64}$/)
    .optional(),
});

export const indexSchema = z.looseObject({
  format: z.int().min(1),
  collections: z.record(
    z.string(),
    z.looseObject({
      clock: clockSchema,
      segments: z.array(segmentEntrySchema),
      archives: z.array(segmentEntrySchema),
    }),
  ),
  /** What the head would say; where the head says it too, the head counts. */
  adopted: adoptedSchema.optional(),
});

export type Head = z.infer<typeof headSchema>;
export type HeadCollection = z.infer<typeof headCollectionSchema>;
export type SegmentEntry = z.infer<typeof segmentEntrySchema>;
export type Ended = z.infer<typeof endedSchema>;
export type Adopted = z.infer<typeof adoptedSchema>;
export type CollectionIndex = z.infer<typeof indexSchema>;

/** A head stays below this, decompressed, and a longer one is not read (rule F2). */
export const HEAD_MAX_BYTES = 256 * 1024;
/** More tail than this, as JSON, goes to a segment first. */
export const TAIL_MAX_BYTES = 64 * 1024;
/** Longer lists, as JSON, go to an index object. */
export const LISTS_MAX_BYTES = 32 * 1024;
/** An index object, decompressed. */
export const INDEX_MAX_BYTES = 16 * 1024 * 1024;

export function encodeHead(head: Omit<Head, 'format'>): Uint8Array {
  return encodeJson({ format: FORMAT, ...head });
}

/** @throws SatchelError `damaged`. */
export function decodeHead(objectKey: string, body: Uint8Array): Head {
  return decodeJson(headSchema, objectKey, body);
}

export function encodeIndex(
  collections: CollectionIndex['collections'],
  adopted?: Adopted,
): Uint8Array {
  return encodeJson({ format: FORMAT, collections, ...(adopted === undefined ? {} : { adopted }) });
}

/** @throws SatchelError `damaged`. */
export function decodeIndex(objectKey: string, body: Uint8Array): CollectionIndex {
  return decodeJson(indexSchema, objectKey, body);
}
