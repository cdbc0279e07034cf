/** Proof that whoever sits here may change what opens the repository. */
import { SatchelError } from '../base/errors.ts';
import { unlockRepository } from '../sync/repository.ts';
import type { AppContext } from './context.ts';
import { atKeyBench } from './key-bench.ts';

/**
 * @param typed a passphrase or recovery key of the repository.
 * @throws SatchelError `refused` where it opens nothing, `usage` where it is left out.
 */
export async function requireOpener(context: AppContext, typed: string | undefined): Promise<void> {
  if (typed === undefined || typed.trim() === '') {
    throw new SatchelError('usage', 'The present passphrase is missing.', {
      hint: 'Give the passphrase of the repository as it is now, or the recovery key.',
    });
  }
  await atKeyBench(context, ({ ports, manifest }) =>
    unlockRepository(ports.store, manifest, typed),
  );
}

/**
 * The passphrase, fit to be a new one.
 * @throws SatchelError `usage` where there is none, or an empty one.
 */
export function requireNewPassphrase(typed: string | undefined): string {
  if (typed !== undefined && typed.trim() !== '') return typed;
  throw new SatchelError('usage', 'The new passphrase is empty.', {
    hint: 'Choose several words that you will remember.',
  });
}
