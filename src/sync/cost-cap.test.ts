import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { pollStretch, stretchedDelayMs } from './cost-cap.ts';

/** A month, by six minutes, in which polls would cost so many times the budget; saves come on top. */
function monthOf(
  wanted: number,
  saves = 0,
): { readonly spent: number; readonly stretches: number[] } {
  const turns = 30 * 24 * 10;
  const stretches: number[] = [];
  let spent = 0;
  for (let turn = 0; turn < turns; turn += 1) {
    const stretch = pollStretch({ spent, budget: 1, monthShare: turn / turns });
    stretches.push(stretch);
    spent += (wanted / stretch + saves) / turns;
  }
  return { spent, stretches };
}

suite('a monthly cap', () => {
  test('slows nothing while the spending stays below it', () => {
    for (const wanted of [0, 0.3, 0.85]) {
      const { spent, stretches } = monthOf(wanted);
      assert.ok(Math.abs(spent - wanted) < 0.01, `${spent}`);
      assert.ok(Math.max(...stretches) < 1.3);
    }
  });

  test('is not reached, however much the polls would cost', () => {
    for (const wanted of [1, 2, 5, 20, 50]) {
      const { spent, stretches } = monthOf(wanted);
      assert.ok(spent <= 1, `${wanted} times the budget came to ${spent}`);
      assert.ok(spent > 0.85, 'and is made use of');
      const [first = 0, last = 0] = [stretches[3_600], stretches.at(-1)];
      assert.ok(last / first < 2, 'the polls of the last days are about as slow as before');
    }
  });

  test('leaves room for what saves cost', () => {
    assert.ok(monthOf(20, 0.5).spent <= 1);
  });

  test('slows polls to the most where nothing is left', () => {
    const slowest = pollStretch({ spent: 2, budget: 1, monthShare: 0.1 });
    assert.equal(pollStretch({ spent: 0, budget: -1, monthShare: 0 }), slowest);
    assert.equal(stretchedDelayMs(1_000, slowest), 60_000);
  });

  test('never stops polls, and speeds up none', () => {
    const hourMs = 3_600_000;
    assert.equal(stretchedDelayMs(300_000, 60), hourMs);
    assert.equal(stretchedDelayMs(3 * hourMs, 60), 3 * hourMs);
    assert.equal(stretchedDelayMs(5_000, 1), 5_000);
  });
});
