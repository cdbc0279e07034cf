/**
 * What a history is: who does what, in order. Every list of steps means something, so a history
 * that fails can be shrunk by leaving out steps and lowering numbers.
 */
import * as fc from 'fast-check';

/** What can happen. The first is the simplest to read: shrinking goes there. */
const ACTS = [
  'look',
  'edit',
  'rename',
  'undo',
  'delete',
  'commit',
  'hear',
  'choose',
  'backup',
  'restore',
  'overwrite',
  'wake',
  'end',
] as const;

export type Act = (typeof ACTS)[number];

export interface Step {
  readonly act: Act;
  /** Which device, modulo their number. */
  readonly device: number;
  /** Another device, where one has a part in it. */
  readonly other: number;
  /** Decides everything else: which record, how far, which side. */
  readonly pick: number;
}

export interface History {
  readonly devices: number;
  /** Seeds how the commits are delivered to those who come late. */
  readonly delivery: number;
  readonly steps: readonly Step[];
}

export const MIN_DEVICES = 2;
export const MAX_DEVICES = 5;
const MAX_STEPS = 48;
const PICKS = 64;

/** A number in `0 .. below-1`. */
export type Roll = (below: number) => number;

/** Numbers that look random and are the same for the same seed (mulberry32, by T. Ettinger). */
export function createRoll(seed: number): Roll {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** How often each act comes up, in a history without ends and in one that may have them. */
const PLAIN_WEIGHTS = {
  edit: 6,
  rename: 4,
  undo: 1,
  delete: 2,
  look: 5,
  commit: 4,
  hear: 9,
  choose: 1,
};
const PLAIN = weighted(PLAIN_WEIGHTS);
const WITH_ENDS = weighted({
  ...PLAIN_WEIGHTS,
  backup: 2,
  restore: 2,
  overwrite: 2,
  wake: 1,
  end: 1,
});

function weighted(weights: Partial<Record<Act, number>>): readonly Act[] {
  return ACTS.flatMap((act) => new Array<Act>(weights[act] ?? 0).fill(act));
}

/** One history: in half of them identities may end, and in about one of twelve one does. */
export function rollHistory(roll: Roll): History {
  const acts = roll(2) === 0 ? WITH_ENDS : PLAIN;
  const devices = MIN_DEVICES + roll(MAX_DEVICES - MIN_DEVICES + 1);
  const delivery = roll(2 ** 31);
  const steps: Step[] = [];
  const length = 4 + roll(MAX_STEPS - 4);
  for (let index = 0; index < length; index += 1) {
    const act = acts[roll(acts.length)] ?? 'look';
    steps.push({ act, device: roll(devices), other: roll(devices), pick: roll(PICKS) });
  }
  return { devices, delivery, steps };
}

/** The same as an arbitrary, for its shrinking. */
export function histories(): fc.Arbitrary<History> {
  const device = fc.nat({ max: MAX_DEVICES - 1 });
  const step = fc.record({
    act: fc.constantFrom(...ACTS),
    device,
    other: device,
    pick: fc.nat({ max: PICKS - 1 }),
  });
  return fc.record({
    devices: fc.integer({ min: MIN_DEVICES, max: MAX_DEVICES }),
    delivery: fc.nat({ max: 2 ** 31 - 1 }),
    steps: fc.array(step, { maxLength: MAX_STEPS }),
  });
}
