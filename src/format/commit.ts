/**
 * Versions and commits as they travel (design vocabulary: a version is one state of one record,
 * a commit is a numbered, atomic batch of versions of one collection by one device).
 */
import * as z from 'zod';

/** What set a thing: the time and the device that wrote it. Stamps order by time, then device. */
export type Stamp = [timeMs: number, device: string];

/**
 * For each device the number up to which its commits are applied, and the tag of that commit.
 * The author's own entry is left out of a commit's clock: its earlier numbers are included.
 */
export type Clock = Readonly<Record<string, [n: number, tag: string]>>;

/** The end of the range of a Date (ECMA-262, 21.4.1.1); larger numbers are no times. */
export const LATEST_TIME_MS = 8.64e15;
const timeSchema = z.int().min(0).max(LATEST_TIME_MS);
const stampSchema = z.tuple([timeSchema, z.string()]);
export const clockSchema = z.record(z.string(), z.tuple([z.int().min(0), z.string()]));
const fieldSchema = z.union([z.string(), z.number(), z.boolean()]);

export const versionSchema = z.looseObject({
  /** Random, minted when the person saved, kept when the version is published again. */
  id: z.string(),
  record: z.string(),
  stamp: stampSchema,
  /** A tombstone: the record is gone. */
  gone: z.literal(true).optional(),
  /** Nobody's edit: what its first parent is, written again for a pruner, or mended (rule S12). */
  again: z.literal(true).optional(),
  /** A deletion among many that a person confirmed: receivers do not ask again (rule S8). */
  approved: z.literal(true).optional(),
  fields: z.record(z.string(), fieldSchema),
  /** For each field that this version did not set itself, what did. */
  stamps: z.record(z.string(), stampSchema).optional(),
  /** SHA-256 of the content, hex; absent for a record without content. */
  hash: z.string().optional(),
  size: z.int().min(0).optional(),
  /** Content inline, as text where it is UTF-8 … */
  text: z.string().optional(),
  /** … and as base64 where it is not. */
  bytes: z.string().optional(),
  /** Content as blobs, in order: id and length of each. */
  blobs: z.array(z.tuple([z.string().regex(/^[a-z0-9]{1,64}$/), z.int().min(1)])).optional(),
  /**
   * The version that set the content, where this one kept it: author, number, id. Without
   * `text`, `bytes` or `blobs` the content itself is there.
   */
  of: z.tuple([z.string(), z.int().min(1), z.string()]).optional(),
  /** Versions in the clock that the person was not shown, and that this one leaves (rule S1). */
  beside: z.array(z.string()).optional(),
  /** Versions that it supersedes, and whose content those carry on, not seen either (rule S1). */
  unseen: z.array(z.string()).optional(),
  /** Versions that the person was shown: for history, and where the clock cannot tell (rule S3). */
  parents: z.array(z.string()).optional(),
});

export type Version = z.infer<typeof versionSchema>;

export const wireCommitSchema = z.looseObject({
  n: z.int().min(1),
  id: z.string(),
  time: timeSchema,
  /**
   * Entries that differ from the commit before in the same list; the first one has them all. A
   * number of 0 takes an entry away.
   */
  clock: clockSchema.optional(),
  /** See Commit.own. */
  own: z.int().min(0).optional(),
  versions: z.array(versionSchema),
});

export type WireCommit = z.infer<typeof wireCommitSchema>;

/** A commit with its whole clock. */
export interface Commit {
  readonly n: number;
  readonly id: string;
  /** Milliseconds since the Unix epoch, by the author's clock. */
  readonly time: number;
  readonly clock: Clock;
  /**
   * Up to which of the author's own numbers the versions supersede. Absent: all earlier ones.
   * Present where versions of an identity that ended are written again: those saw less (S9a).
   */
  readonly own?: number | undefined;
  readonly versions: readonly Version[];
  /** Fields that this program does not know: kept, and written again with the commit (rule F1). */
  readonly unknown?: Readonly<Record<string, unknown>> | undefined;
}

/** Writes a run of commits with clocks as differences. */
export function encodeCommits(commits: readonly Commit[]): WireCommit[] {
  let previous: Clock = {};
  return commits.map((commit) => {
    const changed = clockDifference(previous, commit.clock);
    previous = commit.clock;
    const { n, id, time, own, versions, unknown } = commit;
    const clock = Object.keys(changed).length > 0 ? { clock: changed } : {};
    return {
      ...unknown,
      n,
      id,
      time,
      ...clock,
      ...(own === undefined ? {} : { own }),
      versions: [...versions],
    };
  });
}

export function decodeCommits(wire: readonly WireCommit[]): Commit[] {
  let clock: Clock = {};
  return wire.map((commit) => {
    const { n, id, time, clock: changed, own, versions, ...unknown } = commit;
    clock = applyDifference(clock, changed);
    const more = Object.keys(unknown).length > 0 ? { unknown } : {};
    return { n, id, time, clock, own, versions, ...more };
  });
}

/**
 * What changes from one clock to the next. They mostly grow; where versions of an ended identity
 * are written again, entries shrink or go (rule S9a).
 */
export function clockDifference(before: Clock, after: Clock): Clock {
  const changed = Object.entries(after).filter(([device, entry]) => {
    const known = before[device];
    return known === undefined || known[0] !== entry[0] || known[1] !== entry[1];
  });
  const gone = Object.keys(before).filter((device) => after[device] === undefined);
  return Object.fromEntries([...changed, ...gone.map((device) => [device, GONE_ENTRY] as const)]);
}

const GONE_ENTRY: Clock[string] = [0, ''];

/** A clock, from the one before it and what `clockDifference` said. */
export function applyDifference(before: Clock, difference: Clock | undefined): Clock {
  const merged = Object.entries({ ...before, ...difference });
  return Object.fromEntries(merged.filter(([, [n]]) => n > 0));
}

/** The highest number of each device in several clocks: what a run of commits needs (rule S2). */
export function highestClock(clocks: readonly Clock[]): Clock {
  const highest: Record<string, Clock[string]> = {};
  for (const [device, entry] of clocks.flatMap((clock) => Object.entries(clock))) {
    const known = highest[device];
    if (known === undefined || known[0] < entry[0]) highest[device] = entry;
  }
  return highest;
}

/** Orders stamps: negative if `a` is older. Ties by device, so that every device agrees. */
export function compareStamps(a: Stamp, b: Stamp): number {
  if (a[0] !== b[0]) return a[0] - b[0];
  return a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
}
