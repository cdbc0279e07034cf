/** Work on a home that waits for its turn between two rounds, one after the other. */
import { isReplicaDamaged, type Session } from '../app/session.ts';
import type { RoundNow, WatchWork } from '../app/watch-control.ts';

interface Waiting {
  readonly run: WatchWork;
  readonly fail: (error: unknown) => void;
}

export class WorkQueue {
  readonly #waiting: Waiting[] = [];

  /** Resolves, or rejects, as the work does when its turn has come. */
  add<T>(work: (session: Session, roundNow: RoundNow) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const run: WatchWork = async (session, roundNow) => {
        try {
          resolve(await work(session, roundNow));
        } catch (error) {
          reject(error);
          // Only another session can go on after that.
          if (isReplicaDamaged(error)) throw error;
        }
      };
      this.#waiting.push({ run, fail: reject });
    });
  }

  next(): WatchWork | undefined {
    return this.#waiting.shift()?.run;
  }

  /** Nobody is there to do what waits. */
  failAll(error: unknown): void {
    for (const { fail } of this.#waiting.splice(0)) fail(error);
  }
}
