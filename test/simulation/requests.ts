/** What one round asks of the bucket, as the engine asks it: tries of one request count once. */
import type { ObjectStore } from '../../src/store/store.ts';

export type Asked = 'get' | 'put' | 'list' | 'delete';

export interface RequestLog {
  /** The same store, with each request noted. */
  wrap(store: ObjectStore): ObjectStore;
  /** What was asked since the last call, as `get heads/x`, in order. */
  take(): readonly string[];
  /** Told when all requests of a round have been sent; nobody is by default. */
  onSent: () => void;
  /** Told when a person was told something; nobody is by default. */
  onNotice: () => void;
  /** What was asked up to now is a round of its own, of which somebody may be told later. */
  close(): void;
  /** The requests of a round that was closed and not forgotten. */
  readonly sent: readonly string[] | undefined;
  forget(): void;
}

export function createRequestLog(): RequestLog {
  let asked: string[] = [];
  let sent: readonly string[] | undefined;
  const note = (what: Asked, key: string): void => {
    asked.push(`${what} ${key}`);
  };
  const take = (): readonly string[] => {
    const taken = asked;
    asked = [];
    return taken;
  };
  return {
    onSent: () => undefined,
    onNotice: () => undefined,
    get sent() {
      return sent;
    },
    close() {
      sent = take();
    },
    forget() {
      sent = undefined;
    },
    take,
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
  };
}
