/** Work that touches the same files takes turns: each in the order in which it asked. */

/** Runs `work` when all that asked before has ended. Not to be nested: it would wait for itself. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    // What failed is told to whoever asked for it, and is no reason to keep the next one waiting.
    last = turn.catch(() => undefined);
    return turn;
  };
}
