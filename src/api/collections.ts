/** The collections of the repository: here, elsewhere, and what is in them. */
import * as z from 'zod';
import { comparedSideSchema } from './conflicts.ts';
import { route } from './route.ts';
import { listingInputSchema, listingSchema, versionInfoSchema } from './time.ts';
import { collectionSchema, doneSchema, pathSchema, timeSchema } from './values.ts';

/** A collection as this device knows it. */
export const listedCollectionSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  /** Null where this device has not heard of it again. */
  created: timeSchema.nullable(),
  /** The folder on this device; null where it is not here. */
  folder: z.string().nullable(),
  /** The subfolders that are carried here; null for the whole. */
  only: z.array(z.string()).readonly().nullable(),
  /** True where it was taken off the list elsewhere, and is still carried here. */
  removed: z.boolean(),
});

/** The same with what is in it. What nobody has read yet is null. */
export const describedCollectionSchema = listedCollectionSchema.extend({
  /** Content bytes of its current files. */
  size: z.number().nullable(),
  files: z.number().nullable(),
  /** Of the newest save, and the name of the device that made it. */
  lastChangeAt: timeSchema.nullable(),
  lastChangeBy: z.string().nullable(),
  /** Names of the devices that carry it, this one first; retired ones are left out. */
  devices: z.array(z.string()).readonly(),
  /** When it was last read without being here; null for one that is here, or was never read. */
  readAt: timeSchema.nullable(),
  /** About how many bytes there are to read of it, before compression; 0 for one that is here. */
  toRead: z.number(),
});
export type DescribedCollection = z.infer<typeof describedCollectionSchema>;

const onlySchema = z.array(z.string().min(1).max(4096)).max(1000).readonly();
const folderSchema = z.string().min(1).max(4096);

export const collectionsRoute = route({
  name: 'collections',
  method: 'GET',
  path: '/api/collections',
  summary: 'Every collection of the repository, as far as this device knows it.',
  input: z.object({}),
  answer: z.array(describedCollectionSchema).readonly(),
});

export const readCollectionsRoute = route({
  name: 'readCollections',
  method: 'POST',
  path: '/api/collections/read',
  summary: 'Reads from the bucket what is in collections that are not on this device.',
  input: z.object({ collections: z.array(collectionSchema).min(1).max(1000).readonly() }),
  answer: doneSchema,
});

export const addCollectionRoute = route({
  name: 'addCollection',
  method: 'POST',
  path: '/api/collections/add',
  summary: 'Makes a collection of a folder on this device.',
  input: z.object({
    kind: z.string().default('vault'),
    /** An absolute path, or one that begins with `~/`. */
    folder: folderSchema,
    /** By default that of the folder. */
    name: z.string().max(200).optional(),
  }),
  answer: listedCollectionSchema,
});

export const attachCollectionRoute = route({
  name: 'attachCollection',
  method: 'POST',
  path: '/api/collections/attach',
  summary: 'Brings a collection onto this device, whole or in part; or changes which part.',
  input: z.object({
    collection: collectionSchema,
    /** A new folder, or one with files; not needed for a collection that is here. */
    folder: folderSchema.optional(),
    /** Subfolders of the collection; the whole where it is left out. */
    only: onlySchema.optional(),
  }),
  answer: listedCollectionSchema.extend({
    /** Chosen subfolders that this device does not know of yet. */
    unknown: z.array(z.string()).readonly(),
    /** The choice before, where the collection was here already. */
    before: z.object({ only: z.array(z.string()).readonly().nullable() }).nullable(),
  }),
});

export const detachCollectionRoute = route({
  name: 'detachCollection',
  method: 'POST',
  path: '/api/collections/detach',
  summary: 'Stops carrying a collection on this device. Its files stay where they are.',
  input: z.object({ collection: collectionSchema }),
  answer: z.object({
    name: z.string(),
    folder: z.string(),
    /** Changes saved here that were not sent; they wait for the collection to come back. */
    pending: z.number(),
  }),
});

export const renameCollectionRoute = route({
  name: 'renameCollection',
  method: 'POST',
  path: '/api/collections/rename',
  summary: 'Gives a collection another name, on all devices.',
  input: z.object({ collection: collectionSchema, name: z.string().max(200) }),
  answer: z.object({ name: z.string() }),
});

export const removeCollectionRoute = route({
  name: 'removeCollection',
  method: 'POST',
  path: '/api/collections/remove',
  summary: 'Takes a collection off the list. Nothing of it is deleted.',
  input: z.object({ collection: collectionSchema }),
  answer: z.object({ id: z.string(), name: z.string() }),
});

export const relistCollectionRoute = route({
  name: 'relistCollection',
  method: 'POST',
  path: '/api/collections/relist',
  summary: 'Puts a collection back on the list from which it was taken.',
  input: z.object({
    /** Its whole id: off the list, it has no name. */
    collection: z.string().min(1).max(200),
  }),
  answer: z.object({ name: z.string() }),
});

export const lookRoute = route({
  name: 'look',
  method: 'GET',
  path: '/api/collections/look',
  summary: 'What is in a folder of a collection, whether it is on this device or not.',
  input: listingInputSchema,
  answer: listingSchema.extend({
    /** When it was read from the bucket; null for a collection that is here. */
    readAt: timeSchema.nullable(),
  }),
});

export const lookVersionsRoute = route({
  name: 'lookVersions',
  method: 'GET',
  path: '/api/collections/look/versions',
  summary: 'Every version of a file of a collection that is not on this device, newest first.',
  input: z.object({ collection: collectionSchema, path: pathSchema }),
  answer: z.array(versionInfoSchema).readonly(),
});

export const lookTextRoute = route({
  name: 'lookText',
  method: 'GET',
  path: '/api/collections/look/text',
  summary: 'A version of a file of a collection that is not on this device, as text where it is.',
  input: z.object({ collection: collectionSchema, path: pathSchema, version: z.string() }),
  answer: comparedSideSchema,
});
