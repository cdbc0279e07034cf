/** Whether bodies come back as they were written: overwritten quickly, told apart by tag, large. */
import { equalBytes, utf8 } from '../../base/bytes.ts';
import {
  altered,
  attempt,
  type Bench,
  inSeconds,
  type Seen,
  seenCheck,
  untilSeen,
} from './bench.ts';
import { type Check, failed, ok, problem, warning } from './check.ts';

/** Far above what proxies let through by default (1 MiB), and above one part of a large upload. */
const LARGE_BODY_BYTES = 5 * 1024 * 1024;
const OVERWRITES = 3;
/** Servers that make tags of times give lasting ones only once that time is past. */
const TAG_SETTLES_MS = 2_000;

interface Overwritten {
  /** The slowest of all. */
  readonly seen: Seen;
  /** One for each body; undefined where the service gave none. */
  readonly tags: readonly (string | undefined)[];
  readonly isSteady: boolean;
}

/**
 * Overwrites one object with bodies of one length, quickly: a server that tells bodies apart by
 * time and size would give them one tag, and a poll would miss a save.
 */
export async function examineOverwrites(bench: Bench): Promise<void> {
  const key = bench.scratch.key('overwritten');
  const id = 'read-after-overwrite';
  const done = await attempt(() => overwrite(bench, key));
  if (done.kind === 'failed') {
    bench.report(failed(id, done.error));
    return;
  }
  const { seen } = done.value;
  bench.report(
    seenCheck(id, seen, {
      atOnce: `What was just overwritten is read anew at once (${OVERWRITES} times of ${OVERWRITES}).`,
      late: 'What was just overwritten is read anew only',
      never: 'What was just overwritten is still read as it was',
    }),
  );
  // Without the newest body in sight, tags tell nothing.
  if (seen.kind === 'never') return;
  bench.report(tagCheck(done.value));
  const answer = await attempt(() => readAgain(bench, key));
  bench.report(
    answer.kind === 'failed'
      ? failed('conditional-get', answer.error)
      : conditionalCheck(answer.value),
  );
}

async function overwrite({ store, scratch, clock }: Bench, key: string): Promise<Overwritten> {
  const tags: (string | undefined)[] = [];
  let slowest: Seen = { kind: 'at-once' };
  let isSteady = true;
  for (let round = 0; round <= OVERWRITES; round += 1) {
    const body = utf8(`body ${round} of the same length`);
    const look = async (): Promise<{ readonly tag: string | undefined } | undefined> => {
      const found = await store.get(key);
      return found.kind === 'found' && equalBytes(found.body, body) ? found : undefined;
    };
    await scratch.put(key, body);
    let fresh = await look();
    const seen = await untilSeen(clock, fresh !== undefined, async () => {
      fresh = await look();
      return fresh !== undefined;
    });
    slowest = slower(slowest, seen);
    if (seen.kind === 'never') break;
    tags.push(fresh?.tag);
    const again = await look();
    if (again !== undefined && again.tag !== fresh?.tag) isSteady = false;
  }
  return { seen: slowest, tags, isSteady };
}

function slower(a: Seen, b: Seen): Seen {
  const delayOf = (seen: Seen): number =>
    seen.kind === 'at-once' ? 0 : seen.kind === 'late' ? seen.delayMs : Number.POSITIVE_INFINITY;
  return delayOf(a) >= delayOf(b) ? a : b;
}

/** What a read with the tag of the present body answers; undefined where there is no tag. */
async function readAgain(
  { store, clock }: Bench,
  key: string,
): Promise<'found' | 'unchanged' | 'missing' | undefined> {
  let present = await store.get(key);
  if (present.kind === 'found' && present.tag === undefined) {
    await clock.sleep(TAG_SETTLES_MS);
    present = await store.get(key);
  }
  if (present.kind !== 'found' || present.tag === undefined) return undefined;
  return (await store.get(key, { ifNoneMatch: present.tag })).kind;
}

export function conditionalCheck(answer: 'found' | 'unchanged' | 'missing' | undefined): Check {
  const id = 'conditional-get';
  if (answer === 'unchanged') return ok(id, 'Reading what is known already transfers nothing.');
  return warning(
    id,
    answer === undefined
      ? 'The service gives no tags (ETag), so that what is known is transferred again.'
      : 'What is known already is transferred again: the service ignores If-None-Match.',
    'Sync works, but every poll reads whole objects.',
  );
}

export function tagCheck({ tags, isSteady }: Pick<Overwritten, 'tags' | 'isSteady'>): Check {
  const id = 'tags';
  const known = tags.filter((tag) => tag !== undefined);
  if (new Set(known).size < known.length) {
    return problem(
      id,
      'Different bodies got the same tag (ETag): a device could miss what another one saved.',
      'A proxy before the bucket may do this; connect to the service without it.',
    );
  }
  if (!isSteady) {
    return warning(
      id,
      'The tag (ETag) of one body changes from read to read.',
      'Sync works, but polls read more than they need to.',
    );
  }
  return known.length === 0
    ? ok(id, 'The service gives no tag (ETag) to what was just written.')
    : ok(id, 'Every body has a tag (ETag) of its own, and keeps it.');
}

/** Writes, reads and removes a body of 5 MiB. */
export async function examineLargeBody({
  store,
  scratch,
  random,
  clock,
  report,
}: Bench): Promise<void> {
  const id = 'round-trip';
  const key = scratch.key('large');
  const body = random.bytes(LARGE_BODY_BYTES);
  const result = await attempt(async () => {
    const startMs = clock.monotonicMs();
    await scratch.put(key, body);
    const sentMs = clock.monotonicMs();
    let found = await store.get(key);
    await untilSeen(clock, found.kind === 'found', async () => {
      found = await store.get(key);
      return found.kind === 'found';
    });
    return { found, upMs: sentMs - startMs, downMs: clock.monotonicMs() - sentMs };
  });
  if (result.kind === 'failed') {
    report(failed(id, result.error));
    return;
  }
  const { found, upMs, downMs } = result.value;
  if (found.kind !== 'found') {
    report(problem(id, 'A body of 5 MiB was written and is not there.'));
  } else if (!equalBytes(found.body, body)) {
    report(altered(id));
  } else {
    const times = `${inSeconds(upMs)} up, ${inSeconds(downMs)} down`;
    report(ok(id, `A body of 5 MiB came back byte for byte (${times}).`));
  }
}
