/** A place that keeps the small secrets of one home: the system's keychain, or files. */

/** The repository's keys, and what a person entered to reach the bucket. */
export type SecretName = 'key' | 'bucket';

export interface SecretPlace {
  /** In words, for messages: `the keychain`. */
  nameOf(secret: SecretName): string;
  /** Undefined where there is none. @throws SatchelError where the place does not answer. */
  read(secret: SecretName): Promise<string | undefined>;
  write(secret: SecretName, text: string): Promise<void>;
  remove(secret: SecretName): Promise<void>;
}
