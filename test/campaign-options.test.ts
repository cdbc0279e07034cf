/** A campaign that takes what cannot be meant for a zero would test nothing, and pass. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { ROOT } from './support/source-files.ts';

const REFUSED: readonly (readonly [script: string, args: readonly string[], says: RegExp])[] = [
  ['simulate', ['--runs', 'x'], /^--runs takes a whole number from 1, not "x"\n$/],
  ['simulate', ['--workers', '0'], /^--workers takes a whole number from 1, not "0"\n$/],
  ['simulate', ['--minutes', 'x'], /^--minutes takes a number above 0, not "x"\n$/],
  ['simulate', ['--seed', '12abc'], /^--seed: "12abc" is no seed\n$/],
  ['fuzz', ['--runs='], /^--runs takes a whole number from 1, not ""\n$/],
  ['crash', ['--runs', '0'], /^--runs takes a whole number from 1, not "0"\n$/],
  ['soak', ['--seed', '1.5'], /^--seed takes a whole number from 0, not "1.5"\n$/],
  ['soak', ['--minute', '5'], /Unknown option '--minute'/],
];

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(script: string, ...args: readonly string[]): Ended {
  const path = join(ROOT, 'scripts', `${script}.ts`);
  return spawnSync(process.execPath, [path, ...args], { encoding: 'utf8', timeout: 60_000 });
}

suite('a campaign refuses options that cannot be meant', () => {
  for (const [script, args, says] of REFUSED) {
    test(`${script} ${args.join(' ')}`, () => {
      const { status, stdout, stderr } = run(script, ...args);
      assert.match(stderr, says);
      assert.equal(stdout, '');
      assert.equal(status, 2);
    });
  }
});

test('a simulation that has no time for a single run fails', () => {
  const { status, stdout, stderr } = run('simulate', '--minutes', '1e-9', '--seed', '1');
  assert.equal(stderr, 'no run was made: nothing is tested\n');
  assert.equal(stdout, 'seed 1\n', 'it tells of no rule that it was kept');
  assert.equal(status, 1);
});
