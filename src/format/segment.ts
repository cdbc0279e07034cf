/** Segments and archives: immutable runs of one device's commits (rules F3, S2). */
import * as z from 'zod';
import {
  type Clock,
  type Commit,
  clockSchema,
  decodeCommits,
  encodeCommits,
  wireCommitSchema,
} from './commit.ts';
import { decodeJson, encodeJson, FORMAT } from './json.ts';

export const segmentSchema = z.looseObject({
  format: z.int().min(1),
  author: z.string(),
  collection: z.string(),
  from: z.int().min(1),
  to: z.int().min(1),
  /**
   * Present where superseded versions were left out: the author's clock at compaction. Such a
   * segment applies as a whole, and only together with what that clock covers.
   */
  clock: clockSchema.optional(),
  commits: z.array(wireCommitSchema),
});

export interface Segment {
  readonly author: string;
  readonly collection: string;
  readonly from: number;
  readonly to: number;
  readonly clock: Clock | undefined;
  readonly commits: readonly Commit[];
}

/** No segment is longer than this, decompressed. */
export const SEGMENT_MAX_BYTES = 48 * 1024 * 1024;

export function encodeSegment(segment: Segment): Uint8Array {
  const { author, collection, from, to, clock, commits } = segment;
  const wireClock = clock === undefined ? {} : { clock };
  const wire = { format: FORMAT, author, collection, from, to, ...wireClock };
  return encodeJson({ ...wire, commits: encodeCommits(commits) });
}

/** @throws SatchelError `damaged`. */
export function decodeSegment(objectKey: string, body: Uint8Array): Segment {
  const wire = decodeJson(segmentSchema, objectKey, body);
  const { author, collection, from, to, clock } = wire;
  return { author, collection, from, to, clock, commits: decodeCommits(wire.commits) };
}
