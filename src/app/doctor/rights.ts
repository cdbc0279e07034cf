/**
 * Each right that Satchel needs in the bucket, tried on one small object; the same requests show
 * whether what was just written is read and listed at once.
 */
import { equalBytes } from '../../base/bytes.ts';
import type { Listing } from '../../store/store.ts';
import { altered, attempt, type Bench, seenCheck, untilSeen } from './bench.ts';
import { failed, ok, unknown } from './check.ts';
import { DOCTOR_PREFIX, leftoversIn } from './scratch.ts';

/** What each right is called where it is granted; none where rights have no such names. */
export interface Rights {
  readonly put?: string;
  readonly get?: string;
  readonly list?: string;
  readonly delete?: string;
}

export interface Held {
  readonly put: boolean;
  readonly get: boolean;
  readonly delete: boolean;
}

/** @param afterWrite called with the key right after the object was written. */
export async function examineRights(
  bench: Bench,
  rights: Rights,
  afterWrite: (key: string) => Promise<void>,
): Promise<Held> {
  const key = bench.scratch.key('first');
  const body = bench.random.bytes(64);
  const put = await attempt(() => bench.scratch.put(key, body));
  if (put.kind === 'failed') bench.report(failed('put', put.error));
  else {
    bench.report(ok('put', `Objects can be written${named(rights.put)}.`));
    await afterWrite(key);
  }
  const isWritten = put.kind === 'done';
  const get = await mayGet(bench, rights, key, isWritten ? body : undefined);
  await mayList(bench, rights, key, isWritten);
  const remove = await mayDelete(bench, rights, key, isWritten && get);
  return { put: isWritten, get, delete: remove };
}

/** @param body what was written there; undefined where nothing was. */
async function mayGet(
  { store, clock, report }: Bench,
  rights: Rights,
  key: string,
  body: Uint8Array | undefined,
): Promise<boolean> {
  const first = await attempt(() => store.get(key));
  if (first.kind === 'failed') {
    report(failed('get', first.error));
    return false;
  }
  report(ok('get', `Objects can be read${named(rights.get)}.`));
  if (body === undefined) return true;
  if (first.value.kind === 'found' && !equalBytes(first.value.body, body)) {
    report(altered('read-after-write'));
    return true;
  }
  const isThere = first.value.kind === 'found';
  const seen = await attempt(() =>
    untilSeen(clock, isThere, async () => (await store.get(key)).kind === 'found'),
  );
  const words = {
    atOnce: 'What was just written is read at once.',
    late: 'What was just written is read only',
    never: 'What was just written is not read back',
  };
  const id = 'read-after-write';
  report(seen.kind === 'failed' ? failed(id, seen.error) : seenCheck(id, seen.value, words));
  return true;
}

async function mayList(
  { store, clock, report }: Bench,
  rights: Rights,
  key: string,
  isWritten: boolean,
): Promise<void> {
  const shows = ({ objects }: Listing): boolean => objects.some((object) => object.key === key);
  const first = await attempt(() => store.list(DOCTOR_PREFIX));
  if (first.kind === 'failed') {
    report(failed('list', first.error));
    return;
  }
  report(ok('list', `Objects can be listed${named(rights.list)}.`));
  for (const leftover of leftoversIn(first.value, clock.now())) {
    await attempt(() => store.delete(leftover));
  }
  if (!isWritten) return;
  const seen = await attempt(() =>
    untilSeen(clock, shows(first.value), async () => shows(await store.list(DOCTOR_PREFIX))),
  );
  const words = {
    atOnce: 'What was just written is listed at once.',
    late: 'What was just written is listed only',
    never: 'What was just written is not listed',
  };
  const id = 'list-after-write';
  report(seen.kind === 'failed' ? failed(id, seen.error) : seenCheck(id, seen.value, words));
}

/** @param looksAfter whether to look that the object is gone. */
async function mayDelete(
  { store, scratch, clock, report }: Bench,
  rights: Rights,
  key: string,
  looksAfter: boolean,
): Promise<boolean> {
  const removed = await attempt(() => scratch.delete(key));
  if (removed.kind === 'failed') {
    report(failed('delete', removed.error));
    return false;
  }
  report(ok('delete', `Objects can be removed${named(rights.delete)}.`));
  if (!looksAfter) return true;
  const id = 'gone-after-delete';
  const isGone = async (): Promise<boolean> => (await store.get(key)).kind === 'missing';
  const seen = await attempt(async () => await untilSeen(clock, await isGone(), isGone));
  if (seen.kind === 'failed') {
    // On S3, whoever may not list is not told either that an object is missing.
    report(unknown(id, `What was removed cannot be looked for: ${seen.error.message}`));
    return true;
  }
  report(
    seenCheck(id, seen.value, {
      atOnce: 'What was removed is gone at once.',
      late: 'What was removed is gone only',
      never: 'What was removed is still read',
    }),
  );
  return true;
}

function named(right: string | undefined): string {
  return right === undefined ? '' : ` (${right})`;
}
