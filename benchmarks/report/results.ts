/** `results.json`: each workload with the circumstances under which it was measured. */
import { existsSync, readFileSync } from 'node:fs';
import type { Count, Figure, Sample } from '../harness/samples.ts';

export interface Part {
  /** The id of the workload. */
  readonly workload: string;
  readonly title: string;
  /** ISO 8601, UTC: when it began. */
  readonly date: string;
  readonly durationMs: number;
  readonly command: string;
  readonly seed: number;
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  /** What to call the peers, by id. */
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
  readonly counts: readonly Count[];
  readonly figures: readonly Figure[];
}

export function readParts(path: string): readonly Part[] {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];
}

/** `later` in place of what was measured before of the same workloads; in the given order. */
export function mergeParts(
  before: readonly Part[],
  later: readonly Part[],
  order: readonly string[],
): readonly Part[] {
  const all = new Map([...before, ...later].map((part) => [part.workload, part]));
  return order.flatMap((id) => all.get(id) ?? []);
}
