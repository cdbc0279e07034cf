/**
 * The keys of a session: read from where the device keeps them, or unlocked with what a person
 * types. Either happens at the first request to the bucket, so commands that need none ask for
 * nothing; and whatever was fetched from the bucket finds the keys there.
 */
import { SatchelError } from '../base/errors.ts';
import type { KeyRing } from '../format/key-ring.ts';
import { openKeyRing, openRepositoryKey, type RepositoryKey } from '../format/repository-key.ts';
import type { ObjectStore } from '../store/store.ts';
import { unlockRepository } from '../sync/repository.ts';
import type { AppContext } from './context.ts';
import type { Settings } from './home.ts';
import { readOwnManifest } from './own-manifest.ts';
import { keptIn, readKeyRing } from './secrets.ts';

export interface SessionKey {
  /** @throws SatchelError `unreachable` before the keys are there. */
  current(): RepositoryKey;
  /**
   * The roots; undefined where the repository is not encrypted.
   * @throws SatchelError `refused` where they are missing, or what was typed opens nothing.
   */
  ring(): Promise<KeyRing | undefined>;
  /** Reads the keys anew: another command may have unlocked newer ones. */
  reload(): Promise<void>;
  /** Goes on with these keys. */
  use(ring: KeyRing): void;
  /** The same store, which sees to it that the keys are there before anything is asked of it. */
  guard(store: ObjectStore): ObjectStore;
}

/** @param store where a passphrase is tried out: the bucket as it is, without a guard. */
export function openSessionKey(
  context: AppContext,
  settings: Settings,
  store: ObjectStore,
): SessionKey {
  const { repository, encryption } = settings;
  if (encryption === 'none') return publicKey(openRepositoryKey('none', repository, undefined));
  let opened: RepositoryKey | undefined;
  let reading: Promise<KeyRing> | undefined;
  let typed: Promise<string> | undefined;

  const read = async (): Promise<KeyRing> => {
    const kept = context.held?.ring ?? (await readKeyRing(context, settings));
    if (kept !== undefined) return kept;
    // Asked once, however often the bucket cannot be reached after that.
    typed ??= askPassphrase(context);
    const passphrase = await typed;
    return (await unlockRepository(store, await readOwnManifest(store, settings), passphrase)).ring;
  };
  const key: SessionKey = {
    current() {
      if (opened !== undefined) return opened;
      throw new SatchelError('unreachable', 'The repository is not unlocked yet.', {
        hint: 'This device keeps no key: it takes the bucket to unlock it.',
      });
    },
    async ring() {
      reading ??= read();
      try {
        const ring = await reading;
        opened ??= openKeyRing(repository, ring);
        return ring;
      } catch (error) {
        reading = undefined;
        throw error;
      }
    },
    async reload() {
      if (keptIn(settings).place === 'session') return;
      key.use(await read());
    },
    use(ring) {
      reading = Promise.resolve(ring);
      opened = openKeyRing(repository, ring);
    },
    guard: (inner) => guarded(inner, async () => void (await key.ring())),
  };
  return key;
}

function publicKey(key: RepositoryKey): SessionKey {
  return {
    current: () => key,
    ring: async () => undefined,
    reload: async () => undefined,
    use: () => undefined,
    guard: (store) => store,
  };
}

async function askPassphrase(context: AppContext): Promise<string> {
  const passphrase = await context.ask?.({ kind: 'passphrase' });
  if (passphrase !== undefined) return passphrase;
  throw new SatchelError('usage', 'This device keeps no key, and nobody can be asked for one.', {
    hint: 'Give the passphrase in SATCHEL_PASSPHRASE.',
  });
}

function guarded(inner: ObjectStore, open: () => Promise<void>): ObjectStore {
  return {
    name: inner.name,
    get: async (key, options) => {
      await open();
      return await inner.get(key, options);
    },
    put: async (key, body) => {
      await open();
      return await inner.put(key, body);
    },
    list: async (prefix) => {
      await open();
      return await inner.list(prefix);
    },
    delete: async (key) => {
      await open();
      return await inner.delete(key);
    },
    close: () => inner.close(),
  };
}
