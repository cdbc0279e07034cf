/**
 * One line that tells how far long work is, with rate and time left:
 *
 *   Uploading  [###########---------]  56%  1.2 GB of 2.1 GB  38 MB/s  24 s left
 *
 * What to draw is computed apart from when to draw it.
 */
import { type RateSample, rateOf, withSample } from '../base/rate.ts';
import { formatDuration, formatNumber, formatSize } from './format.ts';
import { escapeControls, shortenMiddle } from './width.ts';

/** Work shorter than this shows nothing. */
const APPEARS_AFTER_MS = 500;
const REDRAW_EVERY_MS = 100;
const BAR_CELLS = 20;

export interface ProgressView {
  /** What is being done, such as `Uploading`. */
  readonly step: string;
  readonly done: number;
  /** Undefined while it is not known. */
  readonly total: number | undefined;
  /** `bytes`, or what is counted, in the plural: `files`. */
  readonly unit: string;
  /** Units per second; undefined where there is nothing to tell it from. */
  readonly ratePerSecond: number | undefined;
}

export interface Progress {
  /** Tells how far the present step is; a new `step` starts a new line. */
  update(step: string, done: number, total: number | undefined, unit: string): void;
  /** Takes the line off the screen; the next update draws it again. */
  erase(): void;
  /** The work is over: erases the line and forgets it. */
  end(): void;
}

/** The line for a view, at most `maxCells` wide: the parts matter from left to right. */
export function renderProgress(view: ProgressView, maxCells: number): string {
  const { done, total, unit, ratePerSecond } = view;
  const parts = [escapeControls(view.step)];
  const share = total === undefined || total <= 0 ? undefined : Math.min(1, done / total);
  if (share !== undefined) {
    // Rounded down: 100 % is said only of what is complete.
    parts.push(bar(share), `${String(Math.floor(share * 100)).padStart(3)}%`);
  }
  parts.push(
    total === undefined
      ? withUnit(done, unit)
      : `${amount(done, unit)} of ${withUnit(total, unit)}`,
  );
  if (ratePerSecond !== undefined && ratePerSecond > 0) {
    parts.push(`${amount(ratePerSecond, unit)}/s`);
    if (total !== undefined && total > done) {
      parts.push(`${formatDuration(((total - done) / ratePerSecond) * 1_000)} left`);
    }
  }
  return shortenMiddle(parts.join('  '), maxCells);
}

function bar(share: number): string {
  const filled = Math.floor(share * BAR_CELLS);
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_CELLS - filled)}]`;
}

function amount(value: number, unit: string): string {
  if (unit === 'bytes') return formatSize(value);
  return formatNumber(value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
}

function withUnit(value: number, unit: string): string {
  return unit === 'bytes' ? formatSize(value) : `${formatNumber(value)} ${unit}`;
}

export interface ProgressOutput {
  /** Writes to the terminal as is. */
  readonly write: (text: string) => void;
  readonly widthCells: () => number;
  readonly monotonicMs: () => number;
}

/** A progress line on a terminal. It is drawn only from `update`, never by a timer. */
export function createProgress(output: ProgressOutput): Progress {
  let step: string | undefined;
  let startMs = 0;
  let drawnMs = 0;
  let isDrawn = false;
  let samples: readonly RateSample[] = [];

  function erase(): void {
    if (isDrawn) output.write('\r\x1b[K');
    isDrawn = false;
  }

  return {
    update(name, done, total, unit) {
      const nowMs = output.monotonicMs();
      if (name !== step) {
        // A step that follows one that is shown is shown at once: the work is long already.
        if (step === undefined) startMs = nowMs;
        step = name;
        drawnMs = Number.NEGATIVE_INFINITY;
        samples = [];
      }
      if (nowMs - drawnMs < REDRAW_EVERY_MS) return;
      drawnMs = nowMs;
      samples = withSample(samples, { timeMs: nowMs, done });
      if (nowMs - startMs < APPEARS_AFTER_MS) return;
      const view = { step: name, done, total, unit, ratePerSecond: rateOf(samples) };
      // One cell stays free, for some terminals wrap when the last one is written.
      output.write(`\r${renderProgress(view, output.widthCells() - 1)}\x1b[K`);
      isDrawn = true;
    },
    erase,
    end() {
      erase();
      step = undefined;
    },
  };
}

/** For where no progress is to be seen. */
export const noProgress: Progress = {
  update() {},
  erase() {},
  end() {},
};
