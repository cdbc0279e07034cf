/** The page to print and keep apart: what opens the repository when every device is gone. */
import type { AppContext } from './context.ts';
import { readSettings } from './home.ts';

export interface RecoveryKit {
  /** A bucket URL, without secrets. */
  readonly bucket: string;
  readonly repository: string;
  readonly recoveryKey: string;
  /** Milliseconds since the Unix epoch. */
  readonly madeAt: number;
}

export function recoveryKitText({ bucket, repository, recoveryKey, madeAt }: RecoveryKit): string {
  return `SATCHEL RECOVERY KIT

Made on     ${new Date(madeAt).toISOString().slice(0, 10)}
Bucket      ${bucket}
Repository  ${repository}

Recovery key

    ${recoveryKey}

It opens everything in the repository, should the passphrase be forgotten or every
device be lost. Print this page or write it down, keep it apart from your devices,
and delete this file. Whoever has it and can read the bucket can read everything.

On a new computer:

  1. Install Satchel.
  2. Get access to the bucket: keys or a password, from the provider.
  3. Run   satchel join "${bucket}"
     and type the recovery key where it asks for the passphrase.
  4. Run   satchel keys add   to choose a new passphrase.
  5. Run   satchel collections   and   satchel attach <collection> <folder>
`;
}

/** The kit of a home for a recovery key made now. */
export function recoveryKitOf({ home, clock }: AppContext, recoveryKey: string): string {
  const { bucket, repository } = readSettings(home);
  return recoveryKitText({ bucket, repository, recoveryKey, madeAt: clock.now() });
}
