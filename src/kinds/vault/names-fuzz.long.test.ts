/**
 * Random games with names. Repeat one with TEST_SEED and TEST_RUNS=1; play more with TEST_RUNS.
 */
import { test } from 'node:test';
import { playNames } from '../../../test/support/name-games.ts';
import { chooseSeed } from '../../../test/support/ports.ts';

const RUNS = Number(process.env.TEST_RUNS ?? '30');
const firstSeed = chooseSeed();

test(`S5, S6: no game with names loses a file (seeds from ${firstSeed})`, async (t) => {
  for (let run = 0; run < RUNS; run += 1) {
    await t.test(`seed ${firstSeed + run}`, (game) => playNames(game, firstSeed + run));
  }
});

for (const seed of [1225925350, 5000842]) {
  test(`seed ${seed}: two spellings of a name lead to one file, and are two names`, (t) =>
    playNames(t, seed));
}

test('seed 6000351: a file takes the name of its folder, on a disk that folds names', (t) =>
  playNames(t, 6000351));

test('seed 2119224466: a file comes into a folder whose name an older file claims', (t) =>
  playNames(t, 2119224466));
