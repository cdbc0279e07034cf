/** Ending an examination early, between two requests: one under way ends by itself. */
import type { ObjectStore } from '../../store/store.ts';

/** A person stopped the examination. */
export class Stopped extends Error {}

/** The store, until a person stops the examination: then each request throws `Stopped`. */
export function stoppableStore(store: ObjectStore, signal: AbortSignal): ObjectStore {
  const unlessStopped = async <T>(request: () => Promise<T>): Promise<T> => {
    if (signal.aborted) throw new Stopped('the examination was stopped');
    return await request();
  };
  return {
    name: store.name,
    get: (key, options) => unlessStopped(() => store.get(key, options)),
    put: (key, body) => unlessStopped(() => store.put(key, body)),
    list: (prefix) => unlessStopped(() => store.list(prefix)),
    delete: (key) => unlessStopped(() => store.delete(key)),
    close: () => store.close(),
  };
}
