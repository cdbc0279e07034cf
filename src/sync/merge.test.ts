import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import type { Clock, Version } from '../format/commit.ts';
import {
  currentAmong,
  type Ends,
  highestStampMs,
  mergeFields,
  type Placed,
  sidesOf,
  supersedes,
  viewOf,
} from './merge.ts';

const NO_ENDS: Ends = new Map();

interface Written {
  readonly device: string;
  readonly n: number;
  readonly clock?: Clock;
  readonly own?: number;
  readonly version?: Partial<Version>;
}

function written({ device, n, clock = {}, own, version = {} }: Written): Placed {
  const id = version.id ?? `${device}${n}`;
  return {
    device,
    n,
    clock,
    own,
    version: {
      id,
      record: 'r',
      stamp: [n * 10, device],
      fields: { path: 'p' },
      hash: id,
      ...version,
    },
  };
}

const ids = (versions: readonly Placed[]): string[] => versions.map((v) => v.version.id).sort();

suite('S1: what supersedes what', () => {
  test('a version supersedes what its clock covers, and its own author’s earlier numbers', () => {
    const a1 = written({ device: 'a', n: 1 });
    const a2 = written({ device: 'a', n: 2 });
    const b1 = written({ device: 'b', n: 1, clock: { a: [1, ''] } });
    assert.ok(supersedes(a2, a1, NO_ENDS));
    assert.ok(supersedes(b1, a1, NO_ENDS));
    assert.ok(!supersedes(b1, a2, NO_ENDS));
    assert.deepEqual(ids(currentAmong([a1, a2, b1], NO_ENDS)), ['a2', 'b1']);
  });

  test('a version that its author was not shown stands beside', () => {
    const b1 = written({ device: 'b', n: 1 });
    const a1 = written({ device: 'a', n: 1, clock: { b: [1, ''] }, version: { beside: ['b1'] } });
    assert.deepEqual(ids(currentAmong([a1, b1], NO_ENDS)), ['a1', 'b1']);
  });

  test('a superseded version stays superseded when what superseded it is compacted away', () => {
    const v1 = written({ device: 'a', n: 1 });
    const v3 = written({ device: 'a', n: 3 });
    assert.deepEqual(ids(currentAmong([v1, v3], NO_ENDS)), ['a3']);
  });

  test('S9: clock entries beyond an end read as the end, and what was written beyond is void', () => {
    const ends: Ends = new Map([['a', 1]]);
    const a2 = written({ device: 'a', n: 2 });
    const again = written({ device: 'c', n: 1, version: { id: 'a2' } });
    const b1 = written({ device: 'b', n: 1, clock: { a: [2, ''] } });
    assert.ok(!supersedes(b1, a2, ends));
    assert.deepEqual(ids(currentAmong([a2, again, b1], ends)), ['a2', 'b1']);
  });

  test('S9: what was written beyond the end of an identity that is still in use counts', () => {
    const ends: Ends = { get: (device) => (device === 'a' ? 1 : undefined), living: 'a' };
    const a2 = written({ device: 'a', n: 2 });
    const b1 = written({ device: 'b', n: 1, clock: { a: [2, ''] } });
    const a3 = written({ device: 'a', n: 3, clock: { b: [1, ''] } });
    assert.deepEqual(ids(currentAmong([a2, b1], ends)), ['a2', 'b1']);
    assert.deepEqual(ids(currentAmong([a2, b1, a3], ends)), ['a3']);
  });

  test('S9: what is written again supersedes only what its first author had seen', () => {
    const later = written({ device: 'a', n: 3 });
    const again = written({ device: 'a', n: 4, own: 0 });
    assert.deepEqual(ids(currentAmong([later, again], NO_ENDS)), ['a3', 'a4']);
  });

  test('the order of arrival does not matter, nor does deciding bit by bit', () => {
    const isIndependent = fc.property(
      histories(),
      fc.infiniteStream(fc.nat()),
      (history, dice): void => {
        const whole = ids(currentAmong(history, NO_ENDS));
        const shuffled = shuffle(history, dice);
        assert.deepEqual(ids(currentAmong(shuffled, NO_ENDS)), whole);
        // Units arrive in causal order (S2); then the current versions so far are enough to know.
        let soFar: Placed[] = [];
        for (const version of history) soFar = currentAmong([...soFar, version], NO_ENDS);
        assert.deepEqual(ids(soFar), whole);
      },
    );
    const outcome = fc.check(isIndependent);
    assert.ok(!outcome.failed, `seed ${outcome.seed}: ${JSON.stringify(outcome.counterexample)}`);
  });
});

/** Histories of one record on three devices that now and then hear of each other. */
function histories(): fc.Arbitrary<Placed[]> {
  const step = fc.record({
    device: fc.constantFrom('a', 'b', 'c'),
    hears: fc.constantFrom('a', 'b', 'c', undefined),
    writes: fc.boolean(),
    overlooks: fc.boolean(),
  });
  return fc.array(step, { maxLength: 14 }).map((steps) => {
    const clocks = new Map<string, Record<string, [number, string]>>();
    const known = new Map<string, Placed[]>();
    const all: Placed[] = [];
    for (const { device, hears, writes, overlooks } of steps) {
      const clock = clocks.get(device) ?? {};
      const mine = known.get(device) ?? [];
      if (hears !== undefined && hears !== device) {
        for (const [other, [n]] of Object.entries(clocks.get(hears) ?? {})) {
          if ((clock[other]?.[0] ?? 0) < n) clock[other] = [n, ''];
        }
        for (const version of known.get(hears) ?? [])
          if (!mine.includes(version)) mine.push(version);
      }
      if (writes) {
        const { [device]: own, ...others } = clock;
        const n = (own?.[0] ?? 0) + 1;
        const current = currentAmong(mine, NO_ENDS);
        const overlooked = overlooks ? current.slice(0, 1).map((v) => v.version.id) : [];
        const version = written({ device, n, clock: others, version: { beside: overlooked } });
        mine.push(version);
        all.push(version);
        clock[device] = [n, ''];
      }
      clocks.set(device, clock);
      known.set(device, mine);
    }
    return all;
  });
}

function shuffle<T>(items: readonly T[], dice: Iterator<number>): T[] {
  return items
    .map((item) => ({ item, weight: Number(dice.next().value) }))
    .sort((a, b) => a.weight - b.weight)
    .map(({ item }) => item);
}

suite('S3: what differing contents mean', () => {
  test('equal contents count once', () => {
    const a1 = written({ device: 'a', n: 1, version: { hash: 'same' } });
    const b1 = written({ device: 'b', n: 1, version: { hash: 'same' } });
    assert.equal(sidesOf([a1, b1], NO_ENDS).length, 1);
  });

  test('a rename beside an edit of what it renamed is no conflict', () => {
    const rename = written({
      device: 'a',
      n: 2,
      version: { hash: 'old', of: ['x', 1, 'x1'], fields: { path: 'new name' } },
    });
    const edit = written({
      device: 'b',
      n: 1,
      clock: { x: [1, ''] },
      version: { hash: 'edited', fields: { path: 'p' }, stamps: { path: [1, 'x'] } },
    });
    const view = viewOf('r', [rename, edit], { pending: undefined, shown: [] }, [], NO_ENDS);
    assert.equal(view?.conflict, false);
    assert.equal(view?.content?.hash, 'edited');
    assert.equal(view?.fields.path, 'new name');
    assert.deepEqual([...(view?.shows ?? [])].sort(), ['a2', 'b1']);
  });

  test('a renamed text stays a side beside what knows it by a deletion alone', () => {
    const rename = written({ device: 'a', n: 2, version: { hash: 'x1', of: ['x', 1, 'x1'] } });
    const gone = written({ device: 'd', n: 1, clock: { x: [1, ''] }, version: { gone: true } });
    const seen: Clock = { x: [1, ''], d: [1, ''] };
    const other = (version: Partial<Version>) =>
      written({ device: 'b', n: 1, clock: seen, version: { hash: 'other', ...version } });
    const hashes = (version: Partial<Version>): string[] =>
      sidesOf([rename, gone, other(version)], NO_ENDS).map((side) => side.hash);
    assert.deepEqual(hashes({ beside: ['d1'] }).sort(), ['other', 'x1']);
    assert.deepEqual(hashes({ beside: ['d1'], parents: ['x1'] }), ['other']);
    assert.deepEqual(hashes({}), ['other']);
  });

  test('S7: content beats a tombstone', () => {
    const gone = written({ device: 'a', n: 9, version: { gone: true } });
    const edit = written({ device: 'b', n: 1 });
    const view = viewOf('r', [gone, edit], { pending: undefined, shown: [] }, [], NO_ENDS);
    assert.equal(view?.live, true);
    assert.deepEqual(view?.shows, ['a9', 'b1']);
  });

  test('S7: what is only written again is gone with what it is of', () => {
    const of = { hash: 'x1', of: ['x', 1, 'x1'] as [string, number, string] };
    const again: Partial<Version> = { ...of, parents: ['x1'], again: true };
    const isLive = (version: Partial<Version>, clock: Clock, ...others: Placed[]) => {
      const copy = written({ device: 'x', n: 2, version });
      const gone = written({ device: 'd', n: 1, clock, version: { gone: true } });
      const current = [copy, gone, ...others];
      return viewOf('r', current, { pending: undefined, shown: [] }, [], NO_ENDS)?.live;
    };
    assert.equal(isLive(again, { x: [1, ''] }), false);
    assert.equal(isLive(again, {}), true, 'who deleted the record had not seen it');
    assert.equal(
      isLive({ ...again, again: undefined }, { x: [1, ''] }),
      true,
      'somebody renamed it',
    );
    assert.equal(isLive({ ...again, parents: ['a2'] }, { x: [1, ''] }), true, 'it is of a rename');
    const rename = written({ device: 'a', n: 2, version: of });
    assert.equal(isLive(again, { x: [1, ''] }, rename), true, 'the content is there besides');
  });

  test('hold: a device keeps the side it showed, a device that has none shows the newest', () => {
    const a1 = written({ device: 'a', n: 1 });
    const b5 = written({ device: 'b', n: 5 });
    const view = (shown: Placed[]) =>
      viewOf('r', [a1, b5], { pending: undefined, shown }, [], NO_ENDS);
    assert.equal(view([a1])?.version, 'a1');
    assert.equal(view([])?.version, 'b5');
    assert.deepEqual(view([a1])?.shows, ['a1']);
    assert.equal(view([a1])?.conflict, true);
  });

  test('hold: a rename seen along with another content does not bring back its own', () => {
    const a1 = written({ device: 'a', n: 1 });
    const rename = written({ device: 'b', n: 5, version: { hash: 'old', of: ['x', 1, 'x1'] } });
    const held = { pending: undefined, shown: [a1, rename], hash: 'a1' };
    assert.equal(viewOf('r', [a1, rename], held, [], NO_ENDS)?.version, 'a1');
  });

  test('hold: a device whose side was edited elsewhere follows that edit', () => {
    const a1 = written({ device: 'a', n: 1 });
    const b5 = written({ device: 'b', n: 5 });
    const edited = written({
      device: 'c',
      n: 1,
      clock: { a: [1, ''], b: [5, ''] },
      version: { beside: ['b5'] },
    });
    const view = viewOf('r', [edited, b5], { pending: undefined, shown: [a1] }, [], NO_ENDS);
    assert.equal(view?.version, 'c1');
  });

  test('hold: a device follows the edit of its side, not a side that only came after that', () => {
    const a1 = written({ device: 'a', n: 1 });
    const edit = written({ device: 'a', n: 2, version: { parents: ['a1'] } });
    const other = written({
      device: 'b',
      n: 9,
      clock: { a: [2, ''] },
      version: { beside: ['a2'] },
    });
    const view = viewOf('r', [edit, other], { pending: undefined, shown: [a1] }, [], NO_ENDS);
    assert.equal(view?.version, 'a2');
  });

  test('hold: a device that shows a renamed text follows what the text became', () => {
    const rename = written({ device: 'a', n: 1, version: { hash: 'x1', of: ['x', 1, 'x1'] } });
    const edit = written({ device: 'x', n: 2, version: { parents: ['x1'] } });
    const newest = written({ device: 'b', n: 9 });
    const held = { pending: undefined, shown: [rename] };
    const view = viewOf('r', [rename, edit, newest], held, [], NO_ENDS);
    assert.equal(view?.version, 'x2');
  });

  test('fields merge by stamp, whatever the order, and may be set to be absent', () => {
    const base = { id: 'x', record: 'r', hash: 'h' };
    const older: Version = { ...base, stamp: [1, 'a'], fields: { path: 'a', exec: true } };
    const newer: Version = {
      ...base,
      stamp: [5, 'b'],
      fields: { path: 'a' },
      stamps: { path: [1, 'a'], exec: [5, 'b'] },
    };
    const moved: Version = { ...base, stamp: [3, 'c'], fields: { path: 'c' } };
    const expected = { path: 'c' };
    assert.deepEqual(mergeFields([older, newer, moved]).fields, expected);
    assert.deepEqual(mergeFields([moved, newer, older]).fields, expected);
    assert.equal(highestStampMs([older, newer, moved]), 5);
  });
});
