import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { SegmentEntry } from '../format/head.ts';
import { planCompaction } from './compact.ts';
import { LIMITS } from './limits.ts';

const KIB = 1024;

function segments(...sizes: readonly number[]): SegmentEntry[] {
  return sizes.map((sizeBytes, index) => [`s${index}`, index + 1, index + 1, sizeBytes, '']);
}

const names = (entries: readonly SegmentEntry[]): string[] => entries.map(([id]) => id);

suite('F3: which segments are merged', () => {
  test('eight neighbours of one size, the newest run first', () => {
    const eight = segments(...Array<number>(8).fill(60 * KIB));
    assert.equal(planCompaction(eight.slice(1), LIMITS).length, 0);
    assert.deepEqual(names(planCompaction(eight, LIMITS)), names(eight));
    const nine = segments(...Array<number>(9).fill(60 * KIB));
    assert.deepEqual(names(planCompaction(nine, LIMITS)), names(nine.slice(1)));
  });

  test('one that is longer than the rest together waits for more', () => {
    const sizes = [900 * KIB, ...Array<number>(7).fill(60 * KIB)];
    assert.equal(planCompaction(segments(...sizes), LIMITS).length, 0);
  });

  test('what is large enough is left alone, however much of it there is', () => {
    const sizes = Array<number>(100).fill(4000 * KIB);
    assert.equal(planCompaction(segments(...sizes), LIMITS).length, 0);
  });

  test('mixed sizes do not pile up', () => {
    const { present, rewrittenTimes } = afterDays(730, [25 * KIB, 25 * KIB, 25 * KIB, 400 * KIB]);
    assert.ok(present.length < 400, `${present.length} segments are left`);
    assert.ok(rewrittenTimes <= 3, `each byte is rewritten ${rewrittenTimes} times`);
  });

  test('each version is rewritten a few times: work stays logarithmic', () => {
    const { present, rewrittenTimes } = afterDays(2000, [60 * KIB]);
    assert.ok(rewrittenTimes <= 3, `each byte is rewritten ${rewrittenTimes} times`);
    assert.ok(present.length < 150, `${present.length} segments are left`);
  });
});

/** The segments after so many days of writing some of the given sizes each day. */
function afterDays(days: number, sizes: readonly number[]) {
  let present = segments();
  let written = 0;
  let rewritten = 0;
  let next = 0;
  for (let day = 0; day < days; day += 1) {
    for (const size of sizes) {
      next += 1;
      written += size;
      present = [...present, [`n${next}`, next, next, size, '']];
      const run = planCompaction(present, LIMITS);
      const [first] = run;
      if (first === undefined) continue;
      const sizeBytes = run.reduce((sum, [, , , bytes]) => sum + bytes, 0);
      rewritten += sizeBytes;
      const at = present.indexOf(first);
      present = present.toSpliced(at, run.length, [`m${next}`, first[1], next, sizeBytes, '']);
    }
  }
  return { present, rewrittenTimes: rewritten / written };
}
