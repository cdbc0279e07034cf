/**
 * Secrets in the keychain of the system: Keychain on macOS, Credential Manager on Windows, the
 * Secret Service (GNOME Keyring, KWallet) on Linux. The library is optional and loads only here.
 */
import { messageOf, SatchelError } from '../base/errors.ts';
import type { Clock } from '../base/ports.ts';
import type { SecretName, SecretPlace } from './secrets-place.ts';

const SERVICE = 'satchel';
/** A keychain may ask a person to unlock it; one that nobody answers must not hold up for ever. */
const ANSWER_MS = 60_000;

type Keyring = typeof import('@napi-rs/keyring');

/** @param account tells the entries of this home from those of others. */
export function keychainPlace(account: string, clock: Clock): SecretPlace {
  const ask = async <T>(
    secret: SecretName,
    work: (entry: InstanceType<Keyring['AsyncEntry']>) => Promise<T>,
  ): Promise<T> => {
    try {
      const { AsyncEntry } = await import('@napi-rs/keyring');
      // Without this the library falls back to the kernel's keyring, which forgets at the next boot.
      const options = { linux: { store: 'secret-service' } } as const;
      const entry = new AsyncEntry(SERVICE, `${account} ${secret}`, options);
      return await within(ANSWER_MS, clock, work(entry));
    } catch (error) {
      throw new SatchelError(
        'refused',
        `The keychain of this computer does not give access: ${messageOf(error)}.`,
        {
          hint:
            'Unlock it, as logging in at the screen does, and try again. Where there is none any ' +
            'more, SATCHEL_KEYCHAIN=off satchel keys unlock keeps the key in a file from then on.',
          cause: error,
        },
      );
    }
  };
  return {
    nameOf: () => 'the keychain',
    read: async (secret) => (await ask(secret, (entry) => entry.getPassword())) ?? undefined,
    write: async (secret, text) => await ask(secret, (entry) => entry.setPassword(text)),
    async remove(secret) {
      await ask(secret, (entry) => entry.deletePassword());
    },
  };
}

async function within<T>(limitMs: number, clock: Clock, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const late = clock.sleep(limitMs, done.signal).then((): T => {
    throw new Error(`no answer within ${limitMs / 1000} seconds`);
  });
  // When the work wins, the sleep ends early, and what it throws then concerns nobody.
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
