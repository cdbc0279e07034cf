/** Long work under way, with its rate and the time left, as the engine tells how far it is. */
import type { Transfer } from '../api/status.ts';
import { type RateSample, rateOf, withSample } from '../base/rate.ts';

/** Listeners are told at most this often: a file may be done every millisecond. */
const TOLD_EVERY_MS = 250;

export interface Transfers {
  /** Tells how far the present step is; another `step` ends the one before. */
  update(step: string, done: number, total: number | undefined, unit: Transfer['unit']): void;
  /** The work is over. */
  end(): void;
  list(): readonly Transfer[];
}

export function createTransfers(
  monotonicMs: () => number,
  onChange: (transfers: readonly Transfer[]) => void,
): Transfers {
  let current: Transfer | undefined;
  let samples: readonly RateSample[] = [];
  let toldMs = Number.NEGATIVE_INFINITY;
  const list = (): readonly Transfer[] => (current === undefined ? [] : [current]);
  return {
    update(step, done, total, unit) {
      const nowMs = monotonicMs();
      const isNew = step !== current?.step;
      const isOld = nowMs - toldMs >= TOLD_EVERY_MS;
      if (isNew || isOld) samples = withSample(isNew ? [] : samples, { timeMs: nowMs, done });
      current = describe({ step, done, total, unit }, rateOf(samples));
      if (!isNew && !isOld) return;
      toldMs = nowMs;
      onChange(list());
    },
    end() {
      if (current === undefined) return;
      current = undefined;
      onChange([]);
    },
    list,
  };
}

interface Step {
  readonly step: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly unit: Transfer['unit'];
}

function describe({ step, done, total, unit }: Step, rate: number | undefined): Transfer {
  const left = total === undefined || rate === undefined || rate <= 0 ? undefined : total - done;
  return {
    step,
    done,
    total: total ?? null,
    unit,
    perSecond: rate ?? null,
    secondsLeft:
      left === undefined || rate === undefined ? null : Math.max(0, Math.ceil(left / rate)),
  };
}
