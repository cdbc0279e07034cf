/**
 * Random attacks at random times on random lives: nothing that was saved is lost, nothing is taken
 * for saved that was not, and all is well once the bucket is honest. Repeat one with TEST_SEED; run
 * more with TEST_RUNS.
 */
import { test } from 'node:test';
import { liveHostileLife } from './support/hostile-life.ts';
import { chooseSeed } from './support/ports.ts';

const RUNS = Number(process.env.TEST_RUNS ?? '6');
const STEPS = 80;
const firstSeed = chooseSeed();

test(`F6, S9, S10: whatever the bucket does, nothing is lost or made up (seeds from ${firstSeed})`, async () => {
  for (let run = 0; run < RUNS; run += 1) {
    const seed = firstSeed + run;
    try {
      await liveHostileLife(seed, STEPS);
    } catch (error) {
      throw new Error(`the life with TEST_SEED=${seed} failed`, { cause: error });
    }
  }
});
