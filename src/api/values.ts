/** What occurs in many requests and answers. */
import * as z from 'zod';

/** A moment: ISO 8601, UTC, with milliseconds. */
export const timeSchema = z.iso.datetime();
/** The name of a collection, its id, or the beginning of its id. */
export const collectionSchema = z.string().min(1).max(200);
/** A path in a collection, relative to its folder, with `/`. */
export const pathSchema = z.string().min(1).max(4096);
/** Numbers and truth in a query are text. */
export const queryNumberSchema = z.coerce.number().int();
export const queryFlagSchema = z.enum(['true', 'false']).transform((text) => text === 'true');

/** Something that could not be done for one object or file, in words. */
export const troubleSchema = z.object({ path: z.string(), error: z.string() });
/** Nothing to say: it is done. */
export const doneSchema = z.object({});
