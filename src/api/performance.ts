/** How well this device keeps up, and what all devices did. */
import * as z from 'zod';
import { route } from './route.ts';
import { collectionSchema, queryNumberSchema, timeSchema } from './values.ts';

export const performanceDaySchema = z.object({
  /** UTC. */
  day: z.iso.date(),
  device: z.string(),
  /** What follows `saves` is known of this device only: of others it is null. */
  self: z.boolean(),
  saves: z.number(),
  /** From save to acknowledged head, milliseconds, to two digits; null where nothing was sent. */
  publishP50Ms: z.number().nullable(),
  publishP95Ms: z.number().nullable(),
  bytesUp: z.number().nullable(),
  bytesDown: z.number().nullable(),
  /** Requests that were sent again. */
  retries: z.number().nullable(),
});
export type PerformanceDay = z.infer<typeof performanceDaySchema>;

export const performanceRoute = route({
  name: 'performance',
  method: 'GET',
  path: '/api/performance',
  summary: 'Saves, publish latency, bytes and retries by day and device.',
  input: z.object({ days: queryNumberSchema.min(1).max(90).default(30) }),
  answer: z.object({ days: z.array(performanceDaySchema).readonly() }),
});

export const activityRoute = route({
  name: 'activity',
  method: 'GET',
  path: '/api/activity',
  summary: 'What the devices did, newest first: saves that came together are one entry.',
  input: z.object({
    collection: collectionSchema.optional(),
    before: timeSchema.optional(),
    limit: queryNumberSchema.min(1).max(500).default(50),
  }),
  answer: z.object({
    entries: z
      .array(
        z.object({
          time: timeSchema,
          device: z.string(),
          collection: z.string(),
          written: z.number(),
          deleted: z.number(),
          /** The first few, for words. */
          paths: z.array(z.string()).readonly(),
        }),
      )
      .readonly(),
    next: timeSchema.nullable(),
  }),
});
