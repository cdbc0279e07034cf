import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Ends } from './merge.ts';
import { planApply, type Unit } from './units.ts';

const NO_ENDS: Ends = new Map();

function unit(device: string, from: number, to: number, needs: Record<string, number> = {}): Unit {
  const clock = Object.fromEntries(
    Object.entries(needs).map(([name, n]): [string, [number, string]] => [name, [n, '']]),
  );
  return { device, from, to, needs: clock };
}

const names = (units: readonly Unit[]): string[] =>
  units.map((u) => `${u.device}${u.from}-${u.to}`);

suite('S2: which units apply together', () => {
  test('a unit waits for what its clock names', () => {
    const b1 = unit('b', 1, 1, { a: 1 });
    assert.deepEqual(names(planApply([b1], {}, NO_ENDS)), []);
    assert.deepEqual(names(planApply([b1, unit('a', 1, 1)], {}, NO_ENDS)), ['a1-1', 'b1-1']);
    assert.deepEqual(names(planApply([b1], { a: [1, ''] }, NO_ENDS)), ['b1-1']);
  });

  test('two compacted runs that need each other apply together', () => {
    const a = unit('a', 1, 5, { b: 3 });
    const b = unit('b', 1, 3, { a: 4 });
    assert.deepEqual(names(planApply([a, b], {}, NO_ENDS)), ['a1-5', 'b1-3']);
  });

  test('a gap in an author’s numbers holds back what comes after it', () => {
    const units = [unit('a', 1, 2), unit('a', 4, 4), unit('b', 1, 1, { a: 4 })];
    assert.deepEqual(names(planApply(units, {}, NO_ENDS)), ['a1-2']);
  });

  test('a run that overlaps what is applied still brings the rest', () => {
    assert.deepEqual(names(planApply([unit('a', 1, 9)], { a: [4, ''] }, NO_ENDS)), ['a1-9']);
    assert.deepEqual(names(planApply([unit('a', 1, 4)], { a: [4, ''] }, NO_ENDS)), []);
  });

  test('S9: nobody waits for numbers beyond an end', () => {
    const ends: Ends = new Map([['a', 2]]);
    const units = [unit('b', 1, 1, { a: 5 }), unit('a', 3, 5)];
    assert.deepEqual(names(planApply(units, { a: [2, ''] }, ends)), ['b1-1']);
  });
});
