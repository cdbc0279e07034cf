import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Clock, Version } from '../format/commit.ts';
import { namesOf, withNames } from './beside.ts';
import type { Placed } from './merge.ts';

function written(device: string, n: number, version: Partial<Version>, clock: Clock = {}): Placed {
  const id = `${device}${n}`;
  const base = { id, record: 'r', stamp: [n, device] as [number, string], fields: {}, hash: id };
  return { device, n, clock, own: undefined, version: { ...base, ...version } };
}

type Named = Readonly<Record<'beside' | 'unseen' | 'parents', string[] | undefined>>;

const NOTHING: Named = { beside: undefined, unseen: undefined, parents: undefined };

/** What a save names that was made after seeing some versions, where `current` are the current ones. */
function namedAfter(
  saw: string[],
  current: Placed[],
  known: Placed[],
  unsent: string[] = [],
): Named {
  const all = [...known, ...current];
  const copiesOf = (id: string) => all.filter(({ version }) => version.id === id);
  const saved: Version = { id: 's', record: 'r', stamp: [9, 's'], fields: {} };
  const named = withNames(
    saved,
    namesOf(current, { saw, parents: [...saw, ...unsent] }, copiesOf, new Map()),
  );
  return { beside: named.beside, unseen: named.unseen, parents: named.parents };
}

suite('S1: what a version names beside what the person was not shown', () => {
  const text = written('x', 1, {});
  const rename = written('a', 1, { of: ['x', 1, 'x1'], hash: 'x1' }, { x: [1, ''] });

  test('nothing where the person was shown all that is current', () => {
    assert.deepEqual(namedAfter(['a1'], [rename], [text]), NOTHING);
  });

  test('what was current at commit time and not shown', () => {
    const other = written('b', 1, {});
    assert.deepEqual(namedAfter(['x1'], [text, other], []), { ...NOTHING, beside: ['b1'] });
  });

  test('with a rename, the version that the renamed content is from', () => {
    assert.deepEqual(namedAfter([], [rename], [text]), { ...NOTHING, beside: ['a1', 'x1'] });
  });

  test('that version as unseen only, where what was shown superseded it elsewhere', () => {
    const again = { ...text, device: 'c', n: 7 };
    const known = [text, again, written('c', 8, {})];
    const named = { ...NOTHING, beside: ['a1'], unseen: ['x1'] };
    assert.deepEqual(namedAfter(['c8'], [rename], known), named);
  });

  test('not that version where the person saw its content', () => {
    const seen = { ...NOTHING, beside: ['a1'], parents: ['x1'] };
    assert.deepEqual(namedAfter(['x1'], [rename], [text]), seen);
    const alike = written('y', 1, { hash: 'x1' });
    assert.deepEqual(namedAfter(['y1'], [rename], [text, alike]), { ...NOTHING, beside: ['a1'] });
  });

  test('but where something that was never sent had come in the place of an equal content', () => {
    const alike = written('y', 1, { hash: 'x1' });
    const named = namedAfter(['y1'], [rename], [text, alike], ['s0']);
    assert.deepEqual(named, { ...NOTHING, beside: ['a1', 'x1'] });
  });

  test('not that version where the person saw what had replaced it', () => {
    const edit = written('b', 1, { parents: ['x1'] }, { x: [1, ''] });
    const again = written('b', 2, { parents: ['b1'], beside: ['c1'] }, { x: [1, ''], c: [1, ''] });
    const seen = { ...NOTHING, beside: ['a1'], parents: ['x1'] };
    assert.deepEqual(namedAfter(['b1'], [rename, edit], [text]), seen);
    assert.deepEqual(namedAfter(['b2'], [rename, again], [text, edit]), seen);
  });

  test('but where that had come without being shown', () => {
    // The author of b1 had applied the text and a deletion of it, and was shown neither.
    const anew = written('b', 1, { beside: ['d1'] }, { x: [1, ''], d: [1, ''] });
    assert.deepEqual(namedAfter(['b1'], [rename, anew], [text]), {
      ...NOTHING,
      beside: ['a1', 'x1'],
    });
  });
});
