/** A store that nothing can be written to, for work that is to change nothing. */
import type { ObjectStore } from './store.ts';

const NOT_FOR_WRITING = 'this store is only read';

/** Reads as the given store does, and never reaches it with anything else. Closes nothing. */
export function readOnlyStore(store: ObjectStore): ObjectStore {
  return {
    name: store.name,
    get: (key, options) => store.get(key, options),
    list: (prefix) => store.list(prefix),
    put: () => Promise.reject(new Error(NOT_FOR_WRITING)),
    delete: () => Promise.reject(new Error(NOT_FOR_WRITING)),
    close() {},
  };
}
