/** Which plots there are. Pure. */
import { figureOf, rowsOf } from './look-up.ts';
import type { Part } from './results.ts';
import { type Bar, barPlot, type Line, linePlot } from './svg.ts';
import { timeWords } from './words.ts';

export interface Plot {
  readonly workload: string;
  readonly title: string;
  /** Such as `notes-first-push.svg`. */
  readonly name: string;
  readonly svg: string;
}

export function plotsOf(parts: readonly Part[]): readonly Plot[] {
  return parts.flatMap((part) => PLOTTERS[part.workload]?.(part) ?? []);
}

const PLOTTERS: Readonly<Record<string, (part: Part) => readonly Plot[]>> = {
  notes: (part) => [
    notesPlot(part, 'first push', 'First push of notes of 4 KB'),
    notesPlot(part, 'fresh pull', 'Fresh pull of notes of 4 KB'),
    notesPlot(part, 'no change', 'A round with nothing to do'),
  ],
  photos: (part) => [stepPlot(part, 'first push', '2 GB in photos of 3 MB, first push')],
  'big-file': (part) => [stepPlot(part, '1 MB changed', '1 MB changed in a file of 2 GB')],
  latency: (part) => [latencyPlot(part)],
  'save-cost': (part) => [savePlot(part)],
};

function notesPlot(part: Part, step: string, title: string): Plot {
  const workloads = [...new Set(part.samples.map(({ workload }) => workload))];
  const lines = new Map<string, [number, number][]>();
  for (const workload of workloads) {
    const count = Number(workload.split(' ')[1]);
    for (const { label, wallMs } of rowsOf(part, workload, step)) {
      const points = lines.get(label) ?? [];
      points.push([count, wallMs.median / 1000]);
      lines.set(label, points);
    }
  }
  const svg = linePlot(
    title,
    { label: 'notes', isLogarithmic: true },
    { label: 'seconds (less is better)', isLogarithmic: true },
    [...lines].map(([label, points]) => ({ label, points })),
  );
  return { workload: part.workload, title, name: nameOf(part, step), svg };
}

function stepPlot(part: Part, step: string, title: string): Plot {
  const bars = rowsOf(part, part.workload, step).map(
    ({ peer, label, wallMs }): Bar => ({
      label,
      value: wallMs.median,
      words: timeWords(wallMs.median),
      isOurs: peer.startsWith('satchel'),
    }),
  );
  const svg = barPlot(title, 'time, less is better', bars);
  return { workload: part.workload, title, name: nameOf(part, step), svg };
}

/** How many of the saves had arrived by when. */
function latencyPlot(part: Part): Plot {
  const title = 'From a save on one device to its bytes on the other';
  const lines = part.figures
    .filter(({ name }) => name === 'delay')
    .map(({ peer, values }): Line => {
      const sorted = values.toSorted((a, b) => a - b);
      const points = sorted.map((ms, index): [number, number] => [
        ms / 1000,
        ((index + 1) / sorted.length) * 100,
      ]);
      return { label: part.labels[peer] ?? peer, points };
    });
  const svg = linePlot(
    title,
    { label: 'seconds after the save', isLogarithmic: false },
    { label: 'saves that have arrived, %', isLogarithmic: false, ticks: [0, 25, 50, 75, 100] },
    lines,
  );
  return { workload: part.workload, title, name: 'latency.svg', svg };
}

function savePlot(part: Part): Plot {
  const title = 'One save beside many records';
  const steps = [...new Set(part.figures.map(({ step }) => step))];
  const lines = ['local write', 'publish round'].map((name): Line => {
    const points = steps.flatMap((step): [number, number][] => {
      const found = figureOf(part, step, 'satchel', name);
      return found === undefined ? [] : [[Number.parseInt(step, 10), found.median]];
    });
    return { label: name, points };
  });
  const svg = linePlot(
    title,
    { label: 'records in the collection', isLogarithmic: true },
    { label: 'milliseconds', isLogarithmic: false },
    lines,
  );
  return { workload: part.workload, title, name: 'save-cost.svg', svg };
}

const nameOf = ({ workload }: Part, step: string): string =>
  `${workload}-${step.replaceAll(' ', '-')}.svg`;
