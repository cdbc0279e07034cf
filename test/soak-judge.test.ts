import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createDice } from './support/dice.ts';
import { createSeededRandom } from './support/ports.ts';
import { type Bound, judge, judgeAll, type Sample, trendOf } from './support/soak-judge.ts';

const FIVE_AN_HOUR: Bound = { kind: 'growth', perHour: 5 };

/** A sample every 5 s, as the given function of the minute says. */
function run(minutes: number, valueAt: (minute: number) => number): readonly Sample[] {
  return Array.from({ length: minutes * 12 }, (_, index) => ({
    atMs: index * 5_000,
    value: valueAt(index / 12),
  }));
}

/** Up to `height` above the line: garbage that is collected now and then. */
function garbage(seed: number, height: number): () => number {
  const dice = createDice(createSeededRandom(seed));
  return () => (dice.chance(0.2) ? 0 : (dice.below(1000) / 1000) * height);
}

suite('the judge of a soak', () => {
  test('tells the growth of a straight line, and is sure of it', () => {
    const trend = trendOf(run(60, (minute) => 80 + minute * 0.2));
    assert.ok(trend !== undefined);
    assert.ok(Math.abs(trend.perHour - 12) < 0.001, `${trend.perHour} instead of 12`);
    assert.ok(trend.errorPerHour < 0.001);
    assert.equal(judge(trend, FIVE_AN_HOUR), 'grows');
    assert.equal(judge(trend, { kind: 'growth', perHour: 13 }), 'level');
  });

  test('takes no warm-up for growth, but growth after it', () => {
    const warmUp = (minute: number) => Math.min(minute, 20) * 3;
    assert.equal(judge(trendOf(run(60, warmUp)), FIVE_AN_HOUR), 'level');
    const leak = (minute: number) => warmUp(minute) + Math.max(0, minute - 30) * 0.3;
    assert.equal(judge(trendOf(run(60, leak)), FIVE_AN_HOUR), 'grows');
  });

  test('sees a leak below garbage that hides it from the eye', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const noise = garbage(seed, 20);
      const flat = trendOf(run(60, () => 80 + noise()));
      assert.notEqual(judge(flat, FIVE_AN_HOUR), 'grows', `seed ${seed}, without a leak`);
      const leak = trendOf(run(60, (minute) => 80 + minute / 3 + noise()));
      assert.equal(judge(leak, FIVE_AN_HOUR), 'grows', `seed ${seed}, with a leak of 20 an hour`);
    }
  });

  test('says that it cannot tell, rather than guess', () => {
    assert.equal(judge(trendOf([]), FIVE_AN_HOUR), 'unclear');
    assert.equal(judge(trendOf([{ atMs: 0, value: 1 }]), FIVE_AN_HOUR), 'unclear');
    const short = run(15, (minute) => 80 + minute);
    assert.equal(judge(trendOf(short), FIVE_AN_HOUR), 'unclear', 'it is not warm yet');
    const jumping = run(25, (minute) => 80 + (Math.floor(minute) % 3));
    assert.equal(judge(trendOf(jumping), FIVE_AN_HOUR), 'unclear', 'it scatters too much');
  });

  test('takes a run for level only where every series is', () => {
    assert.equal(judgeAll(['level', 'level']), 'level');
    assert.equal(judgeAll(['level', 'unclear']), 'unclear');
    assert.equal(judgeAll(['unclear', 'grows', 'level']), 'grows');
    assert.equal(judgeAll([]), 'unclear', 'nothing was measured');
  });

  test('lets descriptors come and go with work, and not stay', () => {
    const most: Bound = { kind: 'range', most: 2 };
    const atWork = run(60, (minute) => 24 + (Math.floor(minute * 12) % 4) * 9);
    assert.equal(judge(trendOf(atWork), most), 'level');
    const settling = run(60, (minute) => 24 + Math.floor(minute / 15));
    assert.equal(judge(trendOf(settling), most), 'level');
    const leaking = run(60, (minute) => 24 + Math.floor(minute / 9));
    assert.equal(judge(trendOf(leaking), most), 'grows');
  });
});
