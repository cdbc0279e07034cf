import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Clock, Version } from '../format/commit.ts';
import { besideOf } from './beside.ts';
import type { Placed } from './merge.ts';

function written(device: string, n: number, version: Partial<Version>, clock: Clock = {}): Placed {
  const id = `${device}${n}`;
  const base = { id, record: 'r', stamp: [n, device] as [number, string], fields: {}, hash: id };
  return { device, n, clock, own: undefined, version: { ...base, ...version } };
}

/** What a save names that was made after seeing some versions, where `current` are the current ones. */
function besideAfter(saw: string[], current: Placed[], known: Placed[]): string[] {
  const all = [...known, ...current];
  const copiesOf = (id: string) => all.filter(({ version }) => version.id === id);
  return besideOf(current, new Set(saw), copiesOf, new Map());
}

suite('S1: what a version names in beside', () => {
  const text = written('x', 1, {});
  const rename = written('a', 1, { of: ['x', 1, 'x1'], hash: 'x1' }, { x: [1, ''] });

  test('what was current at commit time and not shown', () => {
    const other = written('b', 1, {});
    assert.deepEqual(besideAfter(['x1'], [text, other], []), ['b1']);
  });

  test('with a rename, the version that the renamed content is from', () => {
    assert.deepEqual(besideAfter([], [rename], [text]), ['a1', 'x1']);
  });

  test('not that version where the person saw its content', () => {
    assert.deepEqual(besideAfter(['x1'], [rename], [text]), ['a1']);
    const alike = written('y', 1, { hash: 'x1' });
    assert.deepEqual(besideAfter(['y1'], [rename], [text, alike]), ['a1']);
  });

  test('not that version where the person saw what had replaced it', () => {
    const edit = written('b', 1, { parents: ['x1'] }, { x: [1, ''] });
    const again = written('b', 2, { parents: ['b1'], beside: ['c1'] }, { x: [1, ''], c: [1, ''] });
    assert.deepEqual(besideAfter(['b1'], [rename, edit], [text]), ['a1']);
    assert.deepEqual(besideAfter(['b2'], [rename, again], [text, edit]), ['a1']);
  });

  test('but where that had come without being shown', () => {
    // The author of b1 had applied the text and a deletion of it, and was shown neither.
    const anew = written('b', 1, { beside: ['d1'] }, { x: [1, ''], d: [1, ''] });
    assert.deepEqual(besideAfter(['b1'], [rename, anew], [text]), ['a1', 'x1']);
  });
});
