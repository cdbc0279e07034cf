/** Finds in a part what belongs together. Pure. */
import type { Count } from '../harness/samples.ts';
import { type Summary, summarize } from '../harness/statistics.ts';
import type { Part } from './results.ts';

/** All of one peer in one step. */
export interface Row {
  readonly peer: string;
  readonly label: string;
  readonly wallMs: Summary;
  readonly cpuMs: Summary;
  readonly peakRssBytes: Summary;
  /** What the proxy counted; undefined where nothing was. */
  readonly count: Count | undefined;
}

/** @param workload as the samples name it: a part may have several, such as `notes 100`. */
export function rowsOf(part: Part, workload: string, step: string): readonly Row[] {
  const samples = part.samples.filter((one) => one.workload === workload && one.step === step);
  const peers = [...new Set(samples.map(({ peer }) => peer))];
  return peers.map((peer) => {
    const mine = samples.filter((one) => one.peer === peer);
    return {
      peer,
      label: part.labels[peer] ?? peer,
      wallMs: summarize(mine.map(({ wallMs }) => wallMs)),
      cpuMs: summarize(mine.map(({ cpuMs }) => cpuMs)),
      peakRssBytes: summarize(mine.map(({ peakRssBytes }) => peakRssBytes)),
      count: part.counts.find(
        (one) => one.workload === workload && one.step === step && one.peer === peer,
      ),
    };
  });
}

/** Workloads and steps in the order in which they were measured. */
export function stepsOf(part: Part): readonly (readonly [workload: string, step: string])[] {
  const names = new Map(part.samples.map((one) => [`${one.workload}\n${one.step}`, one]));
  return [...names.values()].map(({ workload, step }) => [workload, step] as const);
}

export function medianMs(
  part: Part,
  workload: string,
  step: string,
  peer: string,
): number | undefined {
  return rowsOf(part, workload, step).find((row) => row.peer === peer)?.wallMs.median;
}

export function figureOf(
  part: Part,
  step: string,
  peer: string,
  name: string,
): Summary | undefined {
  const found = part.figures.find(
    (one) => one.step === step && one.peer === peer && one.name === name,
  );
  return found === undefined ? undefined : summarize(found.values);
}
