/** What one round asks of the bucket, as the engine asks it: tries of one request count once. */
import type { ObjectStore } from '../../src/store/store.ts';

export type Asked = 'get' | 'put' | 'list' | 'delete';

export interface RequestLog {
  /** The same store, with each request noted. */
  wrap(store: ObjectStore): ObjectStore;
  /** What was asked since the last call, as `get heads/x`, in order. */
  take(): readonly string[];
}

export function createRequestLog(): RequestLog {
  let asked: string[] = [];
  const note = (what: Asked, key: string): void => {
    asked.push(`${what} ${key}`);
  };
  return {
    wrap: (store) => ({
      name: store.name,
      get(key, options) {
        note('get', key);
        return store.get(key, options);
      },
      put(key, body) {
        note('put', key);
        return store.put(key, body);
      },
      list(prefix) {
        note('list', prefix);
        return store.list(prefix);
      },
      delete(key) {
        note('delete', key);
        return store.delete(key);
      },
      close: () => store.close(),
    }),
    take() {
      const taken = asked;
      asked = [];
      return taken;
    },
  };
}
