import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Clock, Version } from '../format/commit.ts';
import {
  type Dated,
  datedVersions,
  HISTORY_WINDOW,
  historyWindow,
  type PlannedVersion,
  planThinning,
} from './prune-plan.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const NOW = 2000 * DAY_MS;

/** The life of a record: saves hours to months apart, each replaced by the next, the last not. */
const lives = fc
  .array(fc.record({ hours: fc.integer({ min: 0, max: 2000 }), isGone: fc.boolean() }), {
    minLength: 1,
    maxLength: 40,
  })
  .map((saves): PlannedVersion[] => {
    let timeMs = NOW;
    const times = saves.map(({ hours }) => {
      timeMs -= hours * HOUR_MS;
      return timeMs;
    });
    return saves
      .map(({ isGone }, age) => ({
        id: `version ${age}`,
        savedMs: times[age] ?? 0,
        replacedMs: age === 0 ? undefined : times[age - 1],
        isGone,
      }))
      .reverse();
  });

const planned = (versions: readonly PlannedVersion[], nowMs = NOW): ReadonlySet<string> =>
  planThinning(versions, HISTORY_WINDOW, nowMs);
const remaining = (versions: readonly PlannedVersion[], nowMs = NOW): PlannedVersion[] => {
  const gone = planned(versions, nowMs);
  return versions.filter(({ id }) => !gone.has(id));
};
const dayOf = ({ savedMs }: PlannedVersion): number => Math.floor(savedMs / DAY_MS);

suite('S12: what history lets go', () => {
  test('never what is current, a tombstone, or replaced within the first part', () => {
    fc.assert(
      fc.property(lives, (versions) => {
        for (const id of planned(versions)) {
          const { replacedMs, isGone } = versions.find((v) => v.id === id) ?? { isGone: true };
          assert.ok(!isGone && replacedMs !== undefined);
          assert.ok(NOW - replacedMs > HISTORY_WINDOW.allMs);
        }
      }),
    );
  });

  test('of each day in the second part one content stays, and beyond it none', () => {
    fc.assert(
      fc.property(lives, (versions) => {
        const kept = remaining(versions);
        for (const version of versions) {
          const { replacedMs, isGone } = version;
          if (replacedMs === undefined || isGone) continue;
          const ageMs = NOW - replacedMs;
          if (ageMs > HISTORY_WINDOW.allMs + HISTORY_WINDOW.dailyMs) {
            assert.ok(!kept.includes(version));
          } else {
            assert.ok(kept.some((other) => !other.isGone && dayOf(other) === dayOf(version)));
          }
        }
      }),
    );
  });

  test('looking again lets nothing more go, and later never less', () => {
    fc.assert(
      fc.property(lives, fc.integer({ min: 0, max: 700 }), (versions, days) => {
        assert.deepEqual([...planned(remaining(versions))], []);
        const laterMs = NOW + days * DAY_MS;
        const after = planned(versions, laterMs);
        for (const id of planned(versions)) assert.ok(after.has(id));
      }),
    );
  });

  test('the last content before a deletion stays for the whole year', () => {
    const saved = NOW - 300 * DAY_MS;
    const versions: PlannedVersion[] = [
      { id: 'content', savedMs: saved, replacedMs: saved + 1, isGone: false },
      { id: 'deletion', savedMs: saved + 1, replacedMs: undefined, isGone: true },
    ];
    assert.deepEqual([...planned(versions)], []);
    assert.deepEqual([...planned(versions, NOW + 200 * DAY_MS)], ['content']);
  });

  test('a window that is no number of days is the standard one', () => {
    assert.deepEqual(historyWindow(undefined, 'forever'), HISTORY_WINDOW);
    assert.deepEqual(historyWindow(Number.NaN, -1), HISTORY_WINDOW);
    assert.deepEqual(historyWindow(7, 0), { allMs: 7 * DAY_MS, dailyMs: 0 });
  });
});

suite('S12: since when a version is replaced', () => {
  const dated = (
    id: string,
    place: readonly [device: string, n: number],
    savedMs: number,
    more: Partial<Dated> & { readonly beside?: string[] } = {},
  ): Dated => {
    const { beside, ...rest } = more;
    const version: Version = { id, record: 'record', stamp: [savedMs, place[0]], fields: {} };
    return {
      version: beside === undefined ? version : { ...version, beside },
      device: place[0],
      n: place[1],
      clock: {},
      own: undefined,
      isCurrent: false,
      committedMs: savedMs,
      ...rest,
    };
  };
  const timesOf = (known: readonly Dated[], ends = new Map<string, number>()) =>
    Object.fromEntries(datedVersions(known, ends).map((v) => [v.id, v.replacedMs]));
  const clock: Clock = { a: [1, ''], b: [1, ''] };

  test('a side of a conflict, from the choice on and not from the other side on', () => {
    const times = timesOf([
      dated('mine', ['a', 1], 10),
      dated('yours', ['b', 1], 20),
      dated('choice', ['c', 1], 1000, { clock, isCurrent: true }),
    ]);
    assert.deepEqual(times, { mine: 1000, yours: 1000, choice: undefined });
  });

  test('by what was saved before and published late, from its commit on', () => {
    const times = timesOf([
      dated('first', ['a', 1], 10),
      dated('second', ['a', 2], 20, { committedMs: 500, isCurrent: true }),
    ]);
    assert.equal(times.first, 500);
  });

  test('by something unknown here: it counts as current', () => {
    assert.equal(timesOf([dated('lonely', ['a', 1], 10)]).lonely, undefined);
  });

  test('in all of its commits', () => {
    const times = timesOf([
      dated('twice', ['a', 1], 10),
      dated('twice', ['b', 1], 10),
      dated('next', ['a', 2], 50),
      dated('last', ['c', 1], 900, { clock: { a: [2, ''], b: [1, ''] }, isCurrent: true }),
    ]);
    assert.equal(times.twice, 900);
  });

  test('not by what its author wrote beyond its end', () => {
    const known = [
      dated('first', ['a', 1], 10),
      dated('beyond', ['a', 2], 20),
      dated('last', ['b', 1], 30, { clock: { a: [1, ''] }, isCurrent: true }),
    ];
    assert.equal(timesOf(known, new Map([['a', 1]])).first, 30);
  });
});
