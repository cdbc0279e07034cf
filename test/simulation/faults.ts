/**
 * Which faults a run has. Each run switches a random part of them on (swarm testing: Groce and
 * others, ISSTA 2012): where everything fails at once, some bugs never get the calm they need.
 */
import { createGenerator, type Generator } from './generator.ts';

/** What the network and the bucket do, per request. */
export const STORE_FAULTS = [
  'lost-request',
  'lost-answer',
  'late-write',
  'late-delete',
  'duplicate-write',
  'slow-down',
  'server-trouble',
  'torn-object',
  'stale-read',
  'stale-list',
  'slow-answer',
] as const;

/** What happens to machines and people's folders. */
export const MACHINE_FAULTS = [
  'partition',
  'kill-at-await',
  'kill-at-statement',
  'kill',
  'power-cut',
  'restore',
  'clone',
  'dies-for-good',
  'clock-jump',
  'full-disk',
  'edit-in-mid-scan',
] as const;

/** What people do besides editing. */
export const EVENTS = [
  'add-device',
  'retire',
  'lose',
  'prune',
  'long-pause',
  'resolve',
  'delete-all',
  'approve',
  'reject',
] as const;

export type StoreFault = (typeof STORE_FAULTS)[number];
export type MachineFault = (typeof MACHINE_FAULTS)[number];
export type LifeEvent = (typeof EVENTS)[number];
export type Happening = StoreFault | MachineFault | LifeEvent;

export const HAPPENINGS: readonly Happening[] = [...STORE_FAULTS, ...MACHINE_FAULTS, ...EVENTS];

export interface Plan {
  /** What may happen in this run. */
  readonly on: ReadonlySet<Happening>;
  /**
   * Faults strike where they hurt: late heads land over newer ones, backups are old, one prunes
   * while another is away, what is copied has a long life behind it. By chance alone that is rare.
   */
  readonly isHarsh: boolean;
  /** How likely each fault of the store is, per request. */
  readonly storeFaultChance: number;
  readonly devices: number;
  readonly steps: number;
  /** Each answer of the bucket tells its time, as HTTP does; a folder tells none. */
  readonly hasServerDate: boolean;
  /** How old an answer may be at most, milliseconds. */
  readonly stalenessMs: number;
  /** Time between two steps of a life at most, milliseconds. */
  readonly stepMs: number;
  /** The share of devices whose Satchel runs all the time, as `watch`. */
  readonly watchShare: number;
  /** The share of contents that are too long for a commit, and go into blobs. */
  readonly longShare: number;
  readonly isEncrypted: boolean;
  /** The share of disks that take names for one which differ in case or Unicode form. */
  readonly foldingShare: number;
  /** Half of the long contents are written by one person only, so that it can be told what came of them. */
  readonly hasOwnBlobs: boolean;
  /** Half of the machines that die in the midst of their work lose their power, where any does. */
  readonly cutsInWork: boolean;
  /** Once all agree, somebody renames a file that somebody else edits, and the faults go on. */
  readonly meetsInRename: boolean;
  /** How long what a pruner announces stays, days. */
  readonly condemnedDays: number;
  /** How long all history is kept, days. */
  readonly historyDays: number;
}

const MINUTE_MS = 60 * 1000;

/** @param only where given, these and no others happen. */
export function drawPlan(dice: Generator, only?: readonly Happening[]): Plan {
  // A Satchel that runs all the time does something every few seconds: such runs cost the most.
  const watchShare = dice.chance(0.06) ? dice.pick([0.5, 1]) : 0;
  const share = dice.pick([0, 0.2, 0.5, 0.8]);
  const drawn = HAPPENINGS.filter(() => dice.chance(share));
  const on = new Set(only ?? drawn);
  return {
    on,
    isHarsh: false,
    storeFaultChance: dice.pick([0.005, 0.02, 0.06]),
    devices: dice.pick([2, 2, 2, 3, 3, 4]),
    steps: drawSteps(dice),
    hasServerDate: dice.chance(0.7),
    stalenessMs: dice.pick([2_000, 20_000, MINUTE_MS]),
    stepMs: dice.pick(watchShare > 0 ? [1_000, 4_000] : [2_000, 20_000, 3 * MINUTE_MS]),
    watchShare,
    longShare: dice.pick([0, 0.1, 0.5]),
    isEncrypted: dice.chance(0.8),
    foldingShare: dice.chance(0.25) ? dice.pick([0.5, 1]) : 0,
    hasOwnBlobs: true,
    cutsInWork: on.has('power-cut'),
    meetsInRename: false,
    // Longer than any clock jumps, for a wrong clock may cut the wait short by so much.
    condemnedDays: on.has('clock-jump') ? 7 : dice.pick([1, 7]),
    historyDays: dice.pick([1, 10]),
  };
}

const HARSH_SHARE = 0.4;
/** So that a seed draws its plan as it would without this, and gentle runs stay what they are. */
const HARSH_SALT = 0x9e37_79b9_7f4a_7c15n;

/** Whether the run of a seed is a harsh one, and what is otherwise in its plan. */
export function drawHarshness(seed: bigint, plan: Plan): Partial<Plan> {
  const dice = createGenerator(seed ^ HARSH_SALT);
  if (!dice.chance(HARSH_SHARE)) return {};
  return {
    isHarsh: true,
    steps: dice.between(20, 60),
    longShare: plan.on.has('prune') ? dice.pick([0.3, 0.6]) : plan.longShare,
  };
}

/** Most lives are short, for most defects need few steps; some are long, for others need many. */
function drawSteps(dice: Generator): number {
  if (dice.chance(0.75)) return dice.between(8, 25);
  return dice.chance(0.8) ? dice.between(25, 60) : dice.between(60, 150);
}
