/** What a run of the benchmarks finds: the rows of `results.json`. */
import type { Traffic } from './counter.ts';

/** One command, timed. */
export interface Sample {
  /** Such as "notes". */
  readonly workload: string;
  /** What was done, such as "push 1000". */
  readonly step: string;
  /** The id of a peer. */
  readonly peer: string;
  /** From 1; all peers of a round ran one after the other. */
  readonly round: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakRssBytes: number;
}

/** The same command in the round that is counted and not timed. */
export interface Count extends Traffic {
  readonly workload: string;
  readonly step: string;
  readonly peer: string;
}

/** A number that is no time of a command, such as a ratio. */
export interface Figure {
  readonly workload: string;
  readonly step: string;
  readonly peer: string;
  readonly name: string;
  /** In words, such as "ms" or "MB/s". */
  readonly unit: string;
  readonly values: readonly number[];
}

export interface Findings {
  readonly samples: Sample[];
  readonly counts: Count[];
  readonly figures: Figure[];
}
