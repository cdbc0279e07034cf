/**
 * Ctrl-C and its like. A run can be stopped at any instruction without harm, so by default it just
 * ends; a command that goes on until it is told to stop asks for a signal instead.
 */

/** What ends a run, and what a shell adds to 128 to tell of it. */
const SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

type SignalName = keyof typeof SIGNALS;

/** What is needed of `process`. */
export interface SignalSource {
  on(name: SignalName, listener: () => void): unknown;
}

/** A person stopped the run at a prompt: nothing to report, and no error. */
export class Interrupted extends Error {
  readonly exitCode: number = 128 + SIGNALS.SIGINT;
}

export interface Interrupts {
  /** From now on the first Ctrl-C aborts this signal; only the next one ends the run at once. */
  untilInterrupted(): AbortSignal;
}

/** @param endNow ends the process with the exit code. */
export function createInterrupts(
  source: SignalSource,
  endNow: (exitCode: number) => void,
): Interrupts {
  let controller: AbortController | undefined;
  for (const [name, number] of Object.entries(SIGNALS)) {
    source.on(name as SignalName, () => {
      if (controller === undefined || controller.signal.aborted) endNow(128 + number);
      else controller.abort();
    });
  }
  return {
    untilInterrupted() {
      controller ??= new AbortController();
      return controller.signal;
    },
  };
}
