/** A sleep that others may end. */
import type { Clock } from '../base/ports.ts';

export class Waker {
  #sleeping: AbortController | undefined;
  /** Woken while awake: the next sleep is none. */
  #isWoken = false;

  get isAsleep(): boolean {
    return this.#sleeping !== undefined;
  }

  wake(): void {
    this.#isWoken = true;
    this.#sleeping?.abort();
  }

  /** Ends after `delayMs`, or when it is woken; at once where that was since the last sleep. */
  async sleep(clock: Clock, delayMs: number): Promise<void> {
    if (!this.#isWoken) {
      const sleeping = new AbortController();
      this.#sleeping = sleeping;
      await clock.sleep(delayMs, sleeping.signal);
      this.#sleeping = undefined;
    }
    this.#isWoken = false;
  }
}
