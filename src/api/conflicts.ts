/** Conflicts: which there are, their sides, and what a person decides. */
import * as z from 'zod';
import { route } from './route.ts';
import { collectionSchema, pathSchema, timeSchema, troubleSchema } from './values.ts';

export const sideInfoSchema = z.object({
  version: z.string(),
  isLocal: z.boolean(),
  device: z.string(),
  time: timeSchema,
  size: z.number().nullable(),
});

export type SideInfo = z.infer<typeof sideInfoSchema>;

export const conflictInfoSchema = z.object({
  collection: z.string(),
  path: z.string(),
  /** Other than before where a side has other content: a decision names the one it is about. */
  state: z.string(),
  /** The side this device shows comes first. */
  sides: z.array(sideInfoSchema).readonly(),
});
export type ConflictInfo = z.infer<typeof conflictInfoSchema>;

export const comparedSideSchema = z.object({
  version: z.string(),
  device: z.string(),
  time: timeSchema,
  size: z.number().nullable(),
  /** Why there is no text to compare, where there is none. */
  content: z.enum(['text', 'binary', 'large', 'folder', 'deleted', 'missing']),
  text: z.string().nullable(),
});
export type ComparedSide = z.infer<typeof comparedSideSchema>;

/** What `diff --json` prints. */
export const comparisonSchema = z.object({
  collection: z.string(),
  path: z.string(),
  /** What both came from; without a conflict, the version before. Null where none is known. */
  base: comparedSideSchema.nullable(),
  /** What this device shows. */
  local: comparedSideSchema.nullable(),
  /** The other sides of a conflict; empty without one. */
  remotes: z.array(comparedSideSchema).readonly(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** A conflict with two of its sides as texts. */
export const conflictSchema = conflictInfoSchema.extend({
  left: comparedSideSchema,
  right: comparedSideSchema,
  /** What both came from; null where that is not known. */
  base: comparedSideSchema.nullable(),
  /**
   * A three-way merge of the two to start from, with marks where both changed the same lines.
   * Null where there is no base, or no text. Never saved without a person.
   */
  proposal: z.object({ text: z.string(), clashes: z.number() }).nullable(),
});
export type Conflict = z.infer<typeof conflictSchema>;

/** The id of a version, or its beginning. */
const versionSchema = z.string().regex(/^[\w-]{4,100}$/);

const choiceSchema = z.discriminatedUnion('keep', [
  z.object({ keep: z.literal('local') }),
  z.object({ keep: z.literal('remote') }),
  z.object({ keep: z.literal('both') }),
  z.object({ keep: z.literal('version'), version: versionSchema }),
  z.object({ keep: z.literal('merged'), text: z.string().max(16 * 1024 * 1024) }),
]);

export const conflictsRoute = route({
  name: 'conflicts',
  method: 'GET',
  path: '/api/conflicts',
  summary: 'Everything in conflict on this device.',
  input: z.object({}),
  answer: z.array(conflictInfoSchema).readonly(),
});

export const conflictRoute = route({
  name: 'conflict',
  method: 'GET',
  path: '/api/conflict',
  summary: 'One conflict: two of its sides, what they came from, and a merge to start from.',
  input: z.object({
    collection: collectionSchema,
    path: pathSchema,
    /** Versions of the two sides to compare; by default what this device shows, and the next. */
    left: versionSchema.optional(),
    right: versionSchema.optional(),
  }),
  /** Null where there is none any more: it was settled here or on another device. */
  answer: conflictSchema.nullable(),
});

/** What was decided about one file, for taking it back. */
const decisionSchema = z.object({
  collection: z.string(),
  path: z.string(),
  /** The version that settled it. */
  version: z.string(),
  /** The versions of the sides, the one that this device showed first. */
  sides: z.array(z.string()).readonly(),
  /** The files that "both" made of the other sides. */
  copies: z.array(z.object({ path: z.string(), version: z.string() })).readonly(),
});
export type Decision = z.infer<typeof decisionSchema>;

const notSettledSchema = troubleSchema.extend({
  collection: z.string(),
  /** `changed`: the sides are others by now; `settled`: somebody was faster. */
  reason: z.enum(['changed', 'settled', 'failed']),
});
export type NotSettled = z.infer<typeof notSettledSchema>;

const settleItemSchema = z.object({
  collection: collectionSchema,
  path: pathSchema,
  /** Refused where the sides are others by now. */
  state: z.string().optional(),
  choice: choiceSchema,
});
export type SettleItem = z.infer<typeof settleItemSchema>;

export const resolveRoute = route({
  name: 'resolve',
  method: 'POST',
  path: '/api/resolve',
  summary:
    'Settles conflicts, one or many at once. What could not be settled is told, the rest is.',
  input: z.object({ items: z.array(settleItemSchema).min(1).max(1000).readonly() }),
  answer: z.object({
    /** One for each that was settled: all that taking it back needs. */
    settled: z.array(decisionSchema).readonly(),
    failed: z.array(notSettledSchema).readonly(),
  }),
  // A merged text has up to 16 MiB, and more as JSON.
  bodyMaxBytes: 32 * 1024 * 1024,
});

export const undoResolveRoute = route({
  name: 'undoResolve',
  method: 'POST',
  path: '/api/resolve/undo',
  summary: 'Takes decisions back: the sides are in conflict again, on all devices.',
  input: z.object({ decisions: z.array(decisionSchema).min(1).max(1000).readonly() }),
  answer: z.object({ undone: z.number(), failed: z.array(troubleSchema).readonly() }),
  bodyMaxBytes: 8 * 1024 * 1024,
});

export const retryRoute = route({
  name: 'retry',
  method: 'POST',
  path: '/api/retry',
  summary: 'Looks once more at a file that could not be carried.',
  input: z.object({ collection: collectionSchema, path: pathSchema }),
  answer: z.object({ failed: z.array(troubleSchema).readonly() }),
});
