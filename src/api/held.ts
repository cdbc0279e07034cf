/** Deletions that the guard holds until a person has decided (rule S8). */
import * as z from 'zod';
import { route } from './route.ts';
import { collectionSchema, timeSchema, troubleSchema } from './values.ts';

/** `out`: made on this device and not sent. `in`: made elsewhere and not carried out here. */
export const directionSchema = z.enum(['out', 'in']);

export const heldDeletionsSchema = z.object({
  collection: z.string(),
  direction: directionSchema,
  since: timeSchema,
  /** Another one as soon as others are held: a decision names the one it is about. */
  state: z.string(),
  /** In order. */
  paths: z.array(z.string()).readonly(),
});
export type HeldDeletions = z.infer<typeof heldDeletionsSchema>;

export const heldRoute = route({
  name: 'held',
  method: 'GET',
  path: '/api/held',
  summary: 'What is held, and what would go.',
  input: z.object({}),
  answer: z.array(heldDeletionsSchema).readonly(),
});

export const decideHeldRoute = route({
  name: 'decideHeld',
  method: 'POST',
  path: '/api/held/decide',
  summary: 'Lets the deletions go through, or brings the files back.',
  input: z.object({
    collection: collectionSchema,
    direction: directionSchema,
    /** Refused where others are held by now. */
    state: z.string().optional(),
    decision: z.enum(['approve', 'reject']),
  }),
  answer: z.object({
    collection: z.string(),
    direction: directionSchema,
    count: z.number(),
    /** False where the folder does not show it yet: the next round sees to that. */
    isCarriedOut: z.boolean(),
    failed: z.array(troubleSchema).readonly(),
  }),
});
