/** What Satchel is meant to reach, as ratios within one run. Pure. */
import { figureOf, medianMs } from './look-up.ts';
import type { Part } from './results.ts';

export interface Target {
  readonly name: string;
  /** Undefined where it was not measured. */
  readonly ratio: number | undefined;
  readonly wanted: number;
  /** `least`: the ratio is how many times faster Satchel is; `most`: its share of the other's. */
  readonly kind: 'least' | 'most';
}

export function isReached({ ratio, wanted, kind }: Target): boolean {
  if (ratio === undefined) return false;
  return kind === 'least' ? ratio >= wanted : ratio <= wanted;
}

export function targetsOf(parts: readonly Part[]): readonly Target[] {
  const part = (id: string): Part | undefined => parts.find(({ workload }) => workload === id);
  return [
    ...noteTargets(part('notes'), 'notes 1000', '1,000 notes'),
    ...noteTargets(part('notes'), 'notes 10000', '10,000 notes'),
    ...noteTargets(part('far'), 'far', '1,000 notes, far server'),
    ...photoTargets(part('photos')),
    saveTarget(part('save-cost')),
  ];
}

function noteTargets(part: Part | undefined, workload: string, title: string): readonly Target[] {
  const times = (step: string, peer: string): number | undefined =>
    timesFaster(part, workload, step, 'satchel', peer);
  const share = times('no change', 'rclone');
  return [
    {
      name: `${title}: first push against rclone copy`,
      ratio: times('first push', 'rclone'),
      wanted: 10,
      kind: 'least',
    },
    {
      name: `${title}: first push against restic`,
      ratio: times('first push', 'restic'),
      wanted: 2,
      kind: 'least',
    },
    {
      name: `${title}: fresh pull against rclone copy`,
      ratio: times('fresh pull', 'rclone'),
      wanted: 5,
      kind: 'least',
    },
    {
      name: `${title}: nothing to do, share of rclone copy`,
      ratio: share === undefined ? undefined : 1 / share,
      wanted: 0.2,
      kind: 'most',
    },
  ];
}

function photoTargets(part: Part | undefined): readonly Target[] {
  const times = (peer: string, other: string): number | undefined =>
    timesFaster(part, 'photos', 'first push', peer, other);
  const loop = times('satchel-plain', 'put-loop');
  return [
    {
      name: '2 GB of photos, not encrypted, against rclone copy',
      ratio: times('satchel-plain', 'rclone'),
      wanted: 1,
      kind: 'least',
    },
    {
      name: '2 GB of photos, encrypted, against restic',
      ratio: times('satchel', 'restic'),
      wanted: 1,
      kind: 'least',
    },
    {
      name: '2 GB of photos, not encrypted, of a bare PUT loop',
      ratio: loop === undefined ? undefined : 1 / loop,
      wanted: 1.5,
      kind: 'most',
    },
  ];
}

function saveTarget(part: Part | undefined): Target {
  const cost = (count: number): number | undefined => {
    if (part === undefined) return undefined;
    const local = figureOf(part, `${count} records`, 'satchel', 'local write');
    const publish = figureOf(part, `${count} records`, 'satchel', 'publish round');
    if (local === undefined || publish === undefined) return undefined;
    return local.median + publish.median;
  };
  const [few, many] = [cost(1000), cost(1_000_000)];
  return {
    name: 'One save beside 1,000,000 records, of one beside 1,000',
    ratio: few === undefined || many === undefined ? undefined : many / few,
    wanted: 1.2,
    kind: 'most',
  };
}

/** How many times as long the other takes. */
function timesFaster(
  part: Part | undefined,
  workload: string,
  step: string,
  peer: string,
  other: string,
): number | undefined {
  if (part === undefined) return undefined;
  const [mine, theirs] = [
    medianMs(part, workload, step, peer),
    medianMs(part, workload, step, other),
  ];
  return mine === undefined || theirs === undefined ? undefined : theirs / mine;
}
