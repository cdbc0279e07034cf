import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { type Clock, type Commit, decodeCommits, encodeCommits, highestClock } from './commit.ts';

const clocks: fc.Arbitrary<Clock> = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd'),
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom('tag1', 'tag2')),
);

function commitWith(clock: Clock, index: number): Commit {
  const own = index % 3 === 0 ? index : undefined;
  return { n: index + 1, id: `id${index}`, time: index, clock, own, versions: [] };
}

suite('clocks as differences', () => {
  test('S9a: come back as they were, also where entries shrink or go', () => {
    const comesBack = fc.property(fc.array(clocks, { maxLength: 6 }), (list): void => {
      const commits = list.map((clock, index) => commitWith({ ...clock }, index));
      assert.deepEqual(decodeCommits(encodeCommits(commits)), commits);
    });
    const outcome = fc.check(comesBack);
    assert.ok(!outcome.failed, `seed ${outcome.seed}: ${JSON.stringify(outcome.counterexample)}`);
  });

  test('an entry that stays is written once', () => {
    const clock: Clock = { a: [4, 'tag1'] };
    const [first, second] = encodeCommits([commitWith(clock, 0), commitWith({ ...clock }, 1)]);
    assert.deepEqual(first?.clock, clock);
    assert.equal(second?.clock, undefined);
  });

  test('S2: a run needs the highest number of each device', () => {
    const highest = highestClock([{ a: [4, 'x'], b: [1, 'y'] }, { a: [2, 'z'] }]);
    assert.deepEqual(highest, { a: [4, 'x'], b: [1, 'y'] });
  });
});
