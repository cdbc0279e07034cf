import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Version } from '../format/commit.ts';
import type { Placed } from './merge.ts';
import { type Moment, viewAt } from './view-at.ts';

/** A version that a device saved in its commit `n`, with what it had applied of the others. */
function saved(
  device: string,
  n: number,
  timeMs: number,
  clock: Readonly<Record<string, number>>,
  more: Partial<Version> = {},
): Placed {
  const id = `${device}${n}`;
  const entries = Object.entries(clock).map(([name, seen]) => [name, [seen, 'tag']] as const);
  return {
    version: {
      id,
      record: 'r',
      stamp: [timeMs, device],
      fields: { path: 'a.md' },
      hash: `text of ${id}`,
      size: 1,
      ...more,
    },
    device,
    n,
    clock: Object.fromEntries(entries) as Placed['clock'],
    own: undefined,
  };
}

function seenBy(self: string, atMs: number, known: readonly Placed[], more: Partial<Moment> = {}) {
  return viewAt('r', known, { atMs, self, ...more }, [], new Map());
}

suite('what a record showed at a moment', () => {
  const first = saved('a', 1, 10, {});
  const mine = saved('a', 2, 20, {});
  const theirs = saved('b', 1, 30, { a: 1 });

  test('is the newest that was saved by then', () => {
    assert.equal(seenBy('c', 9, [first, mine]), undefined);
    assert.equal(seenBy('c', 19, [first, mine])?.version, 'a1');
    assert.equal(seenBy('c', 20, [first, mine])?.version, 'a2');
  });

  test('S3: in a conflict, what the device had saved itself, else the newest', () => {
    const known = [first, mine, theirs];
    assert.deepEqual(
      ['a', 'b', 'c'].map((self) => seenBy(self, 99, known)?.version),
      ['a2', 'b1', 'b1'],
    );
    assert.equal(seenBy('a', 99, known)?.conflict, true);
    assert.equal(seenBy('a', 29, known)?.conflict, false, 'the other side was not saved yet');
  });

  test('S3: what became of what the device had saved', () => {
    const onward = saved('b', 2, 40, { a: 2 }, { parents: ['a2'] });
    const apart = saved('c', 1, 50, { a: 1 });
    assert.equal(seenBy('a', 99, [first, mine, onward, apart])?.version, 'b2');
    assert.equal(seenBy('d', 99, [first, mine, onward, apart])?.version, 'c1');
  });

  test('S7: content that was saved beside a deletion', () => {
    const gone = saved('a', 2, 20, {}, { gone: true, hash: undefined });
    assert.equal(seenBy('a', 25, [first, gone, theirs])?.live, false);
    assert.equal(seenBy('a', 30, [first, gone, theirs])?.version, 'b1');
  });

  test('S9: nothing of what an identity wrote after its end', () => {
    const moment = { atMs: 99, self: 'c' };
    const ends = new Map([['a', 1]]);
    assert.equal(viewAt('r', [first, mine], moment, [], ends)?.version, 'a1');
  });

  test('a save that waits to be sent is what is shown, from when it was saved', () => {
    const waiting = saved('a', 3, 60, {});
    const known = [first, mine, theirs, waiting];
    assert.equal(seenBy('a', 99, known, { pending: 'a3' })?.version, 'a3');
    assert.equal(seenBy('a', 59, known, { pending: 'a3' })?.version, 'a2');
  });
});
