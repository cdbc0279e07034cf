/**
 * Real processes that are killed from outside while they work, on a folder and on every real server
 * that is set. `kill.test.ts` kills at chosen steps; here the moment is anybody's guess. Repeat the
 * decisions of a life with TEST_SEED; `npm run crash` lives many.
 */
import assert from 'node:assert/strict';
import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { suiteOnEachBucket } from '../support/buckets.ts';
import { liveCrashLife } from '../support/crash-loop.ts';
import { tallyLines, tallyOf } from '../support/crash-loop-tally.ts';
import { createPair } from '../support/pair.ts';
import { chooseSeed } from '../support/ports.ts';

/** Enough for each rare command to have its turn. */
const BATCHES = 4;
/** Of some twenty processes about ten are; in the middle of a step there may be none. */
const LEAST_AT_WORK = 2;
const firstSeed = chooseSeed();

suiteOnEachBucket('S4: killed from outside in mid-work, nothing saved is lost', (kind) => {
  test(`a life with TEST_SEED=${firstSeed}`, async (context) => {
    const shots = await liveCrashLife({ seed: firstSeed, batches: BATCHES, kind });
    const tally = tallyOf(shots);
    for (const line of tallyLines(tally)) context.diagnostic(line);
    const { aimed, atWork } = tally.total;
    assert.ok(atWork >= LEAST_AT_WORK, `only ${atWork} of ${aimed} processes were killed at work`);
  });
});

test('what was killed while it wrote a file of the home leaves nothing there for long', async (context) => {
  const pair = await createPair(context);
  const draft = join(pair.place.root, 'laptop/key.json.4711.tmp');
  writeFileSync(draft, 'a key');
  utimesSync(draft, 1_700_000_000, 1_700_000_000);
  await pair.sync('laptop');
  assert.ok(!existsSync(draft));
});
