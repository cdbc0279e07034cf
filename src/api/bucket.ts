/** The bucket: what is in it, what it costs, and what the doctor finds. */
import * as z from 'zod';
import { route } from './route.ts';
import { requestCountsSchema } from './status.ts';
import { queryFlagSchema, timeSchema } from './values.ts';

const amountSchema = z.object({ objects: z.number(), bytes: z.number() });

export const storageSchema = z.object({
  /** When the bucket was listed for this; the page asks for another listing, which costs requests. */
  listedAt: timeSchema.nullable(),
  total: amountSchema,
  /** By what the objects are: heads, segments, archives, blobs, keys, other. */
  byObject: z.array(amountSchema.extend({ what: z.string() })).readonly(),
  collections: z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        /** Content bytes of current files, and of their former versions. */
        current: z.number(),
        history: z.number(),
        versions: z.number(),
        /** By what the names end in: text, images, audio and video, documents, archives, other. */
        byContent: z
          .array(z.object({ what: z.string(), files: z.number(), bytes: z.number() }))
          .readonly(),
      }),
    )
    .readonly(),
  /** What pruning would give back; null where it was not planned yet. */
  reclaimable: amountSchema.nullable(),
});
export type Storage = z.infer<typeof storageSchema>;

export const costReportSchema = z.object({
  /** `isOwn`: a server of one's own, or a disk: nobody bills for it. */
  provider: z.object({ id: z.string(), name: z.string(), isOwn: z.boolean() }).nullable(),
  /** For all below, as the provider lists prices; null where nothing is billed, or none is known. */
  currency: z.enum(['USD', 'EUR']).nullable(),
  months: z
    .array(
      z.object({
        /** Such as `2026-11`, UTC. */
        month: z.string(),
        counts: requestCountsSchema,
        requestsCost: z.number().nullable(),
        transferCost: z.number().nullable(),
        storageCost: z.number().nullable(),
        /** What is paid whatever is used, and what fills up to the least that is billed. */
        baseCost: z.number().nullable(),
      }),
    )
    .readonly(),
  days: z.array(z.object({ day: z.iso.date(), counts: requestCountsSchema })).readonly(),
  /** Where this month is heading, as a whole; null where it is too early to tell. */
  forecast: z.number().nullable(),
  /** The most that this device's requests are to make of it; null for none. */
  cap: z.number().nullable(),
  /** How polls are stretched to stay below the cap: 1 where they are not. */
  slowedBy: z.number(),
});
export type CostReport = z.infer<typeof costReportSchema>;

export const checkSchema = z.object({
  id: z.string(),
  outcome: z.enum(['ok', 'warning', 'problem', 'unknown']),
  message: z.string(),
  hint: z.string().optional(),
});
export type Check = z.infer<typeof checkSchema>;

/** What `prune --json` prints. */
export const pruneResultSchema = z.object({
  dryRun: z.boolean(),
  /** Announced in this run; in a dry run, what would be. */
  condemned: amountSchema,
  /** Deleted in this run; in a dry run, what would be. */
  deleted: amountSchema,
  /** How many announced objects are needed again and stay. */
  needed: z.number(),
  /** What is announced and not deleted yet, and from when on it may be. */
  waiting: amountSchema.extend({ from: timeSchema }).nullable(),
  /** While deleted objects are still listed, nothing is announced before then. */
  nextFrom: timeSchema.nullable(),
  /** Versions that history no longer lists, archives written again without them, bytes freed here. */
  history: z.object({ versions: z.number(), archives: z.number(), bytes: z.number() }),
  /** Objects of this device that a crash had left without a name. */
  orphans: z.number(),
  /** Names of collections of which nothing was let go: they are not on this device. */
  keptWhole: z.array(z.string()).readonly(),
});
export type PruneResult = z.infer<typeof pruneResultSchema>;

export const storageRoute = route({
  name: 'storage',
  method: 'GET',
  path: '/api/bucket/storage',
  summary: 'What is in the bucket, by collection and by kind of content.',
  input: z.object({ refresh: queryFlagSchema.default(false) }),
  answer: storageSchema,
});

export const costRoute = route({
  name: 'cost',
  method: 'GET',
  path: '/api/bucket/cost',
  summary: 'What this device has asked of the bucket, and what that costs.',
  input: z.object({}),
  answer: costReportSchema,
});

export const doctorRoute = route({
  name: 'doctor',
  method: 'POST',
  path: '/api/bucket/doctor',
  summary: 'Examines the bucket and this device.',
  input: z.object({}),
  answer: z.array(checkSchema).readonly(),
});

export const pruneRoute = route({
  name: 'prune',
  method: 'POST',
  path: '/api/bucket/prune',
  summary:
    'One step of pruning: announces what nothing needs, deletes what was announced long ago.',
  input: z.object({ dryRun: z.boolean().default(false) }),
  answer: pruneResultSchema,
});
