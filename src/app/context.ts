/** What a command brings to the app: where things are, and how to tell a person about them. */
import type { Clock, Random } from '../base/ports.ts';
import type { KeyRing } from '../format/key-ring.ts';
import type { StoreCredentials } from '../store/credentials.ts';

export type AskedSecret =
  /** The passphrase or recovery key of the repository. */
  | { readonly kind: 'passphrase' }
  /** The password of the bucket's user. */
  | { readonly kind: 'password'; readonly user: string }
  /** The two parts of an access key for the bucket. */
  | { readonly kind: 'access key id' | 'secret access key' };

export interface HeldSecrets {
  readonly ring?: KeyRing | undefined;
  readonly credentials?: StoreCredentials | undefined;
}

export interface AppContext {
  /** This device's home: an absolute path. */
  readonly home: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Long work under way; see CollectionPort.progress. */
  progress(step: string, done: number, total: number | undefined, unit: 'files' | 'bytes'): void;
  /**
   * Asks a person for what this home does not keep. Undefined where a command asks for nothing.
   * @throws SatchelError `usage` where nobody is there to answer.
   */
  readonly ask?: (secret: AskedSecret) => Promise<string>;
  /** What a command unlocked or was told a moment ago, for the sessions that follow in it. */
  readonly held?: HeldSecrets;
  /** Something a person should know, though the command goes on. */
  notice(message: string): void;
}
