/** What happens, as it happens, and the log of what has. */
import * as z from 'zod';
import { route } from './route.ts';
import { homeStatusSchema, transferSchema } from './status.ts';
import { collectionSchema, queryNumberSchema, timeSchema } from './values.ts';

export const logEntrySchema = z.object({
  /** Grows with each event of this device. */
  id: z.number(),
  time: timeSchema,
  kind: z.string(),
  /** The name of the collection; null for what concerns the device. */
  collection: z.string().nullable(),
  message: z.string(),
});
export type LogEntry = z.infer<typeof logEntrySchema>;

/** One message of the stream of `GET /api/events`. `home` is the id of the repository that it is about. */
export const newsSchema = z.discriminatedUnion('type', [
  /** How a home stands: at the start, and whenever that changed. */
  z.object({ type: z.literal('status'), home: z.string(), status: homeStatusSchema }),
  z.object({
    type: z.literal('transfers'),
    home: z.string(),
    transfers: z.array(transferSchema).readonly(),
  }),
  /** Something in a collection is other than before: saved here, or brought here. */
  z.object({
    type: z.literal('changed'),
    home: z.string(),
    collection: z.string(),
    rev: z.number(),
  }),
  /** Settings, the name of this device, or keys are other than before. */
  z.object({ type: z.literal('settings'), home: z.string() }),
  z.object({ type: z.literal('log'), home: z.string(), entry: logEntrySchema }),
  /** The listener was away for too long, and missed some: what it has is to be read again. */
  z.object({ type: z.literal('reset') }),
]);
export type News = z.infer<typeof newsSchema>;

export const logRoute = route({
  name: 'log',
  method: 'GET',
  path: '/api/log',
  summary: 'What happened on this device, newest last.',
  input: z.object({
    after: queryNumberSchema.min(0).default(0),
    limit: queryNumberSchema.min(1).max(1000).default(200),
    collection: collectionSchema.optional(),
  }),
  answer: z.array(logEntrySchema).readonly(),
});
