/** Whether there is a repository in the bucket, and whose. */
import { isErrorKind } from '../../base/errors.ts';
import type { ObjectStore } from '../../store/store.ts';
import { readManifest } from '../../sync/repository.ts';
import { type Check, failed, ok, problem } from './check.ts';

/** What this home expects of a bucket. */
export interface Expected {
  /** The id of this home's repository. */
  readonly repository: string;
  /** Whether this is the bucket that it is in. */
  readonly isHere: boolean;
}

/** @throws StoreError where the bucket cannot be asked: `unreachable`, `refused`, `usage`. */
export async function repositoryCheck(
  store: ObjectStore,
  expected: Expected | undefined,
): Promise<Check> {
  const id = 'repository';
  try {
    const manifest = await readManifest(store);
    if (manifest === undefined) {
      return expected?.isHere === true
        ? problem(
            id,
            "This home's repository is not in the bucket any more: satchel.json is missing.",
            'Restore it from a copy of the bucket; the other objects are no use without it.',
          )
        : ok(id, 'There is no repository here yet.', 'Run "satchel init" to make one.');
    }
    const { repository, encryption } = manifest;
    const what = `repository ${repository.slice(0, 8)} (${encryption === 'none' ? 'not encrypted' : 'encrypted'})`;
    if (expected === undefined) {
      return ok(id, `Here is the ${what}.`, 'Run "satchel join" to make this device one of its.');
    }
    if (expected.repository === repository) return ok(id, `Here is this home's ${what}.`);
    return expected.isHere
      ? problem(
          id,
          `Here is the ${what}, and this home belongs to ${expected.repository.slice(0, 8)}.`,
          'Somebody has put another repository there. Satchel refuses to sync with it; find out who.',
        )
      : ok(id, `Here is the ${what}, which is not this home's.`);
  } catch (error) {
    if (isErrorKind(error, 'damaged')) return failed(id, error);
    throw error;
  }
}
