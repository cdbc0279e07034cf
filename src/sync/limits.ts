/** The measures by which the engine changes its ways; tests use small ones, so that all are gone. */
import { LISTS_MAX_BYTES, TAIL_MAX_BYTES } from '../format/head.ts';

export interface Limits {
  /** More tail than this, as JSON, goes to a segment first (rule F2). */
  readonly tailBytes: number;
  /** Longer lists, as JSON, go to an index object (rule F2). */
  readonly listsBytes: number;
  /** A segment made from the tail of a large import holds about this much JSON. */
  readonly segmentBytes: number;
  /** A commit holds about this much at most, so that a reader can hold it. */
  readonly commitBytes: number;
  /** At least so many neighbours become one segment (rule F3). */
  readonly fanIn: number;
  /**
   * Longer segments, as JSON, are left alone. Measured before compression, so that what becomes of
   * a merge can still be held in memory and read.
   */
  readonly mergedBytes: number;
  /** How long condemned blobs are announced before they are deleted, and listed after (rule S12). */
  readonly condemnedMs: number;
}

export const LIMITS: Limits = {
  tailBytes: TAIL_MAX_BYTES,
  listsBytes: LISTS_MAX_BYTES,
  segmentBytes: 4 * 1024 * 1024,
  commitBytes: 4 * 1024 * 1024,
  fanIn: 8,
  mergedBytes: 1536 * 1024,
  condemnedMs: 7 * 24 * 60 * 60 * 1000,
};
