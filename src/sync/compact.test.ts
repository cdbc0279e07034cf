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
  test('eight neighbours of one size class, the newest run first', () => {
    const eight = segments(...Array<number>(8).fill(60 * KIB));
    assert.equal(planCompaction(eight.slice(1), LIMITS).length, 0);
    assert.deepEqual(names(planCompaction(eight, LIMITS)), names(eight));
    const nine = segments(...Array<number>(9).fill(60 * KIB));
    assert.deepEqual(names(planCompaction(nine, LIMITS)), names(nine.slice(1)));
  });

  test('a longer one between them breaks the run', () => {
    const sizes = Array<number>(15).fill(60 * KIB);
    sizes[7] = 500 * KIB;
    assert.equal(planCompaction(segments(...sizes), LIMITS).length, 0);
  });

  test('what is large enough is left alone, however much of it there is', () => {
    const sizes = Array<number>(100).fill(4000 * KIB);
    assert.equal(planCompaction(segments(...sizes), LIMITS).length, 0);
  });

  test('each version is rewritten about once per class: work stays logarithmic', () => {
    let present = segments();
    let rewritten = 0;
    let next = 0;
    for (let step = 0; step < 2000; step += 1) {
      next += 1;
      present = [...present, [`n${next}`, next, next, 60 * KIB, '']];
      const run = planCompaction(present, LIMITS);
      const [first] = run;
      if (first === undefined) continue;
      const sizeBytes = run.reduce((sum, [, , , size]) => sum + size, 0);
      rewritten += sizeBytes;
      const at = present.indexOf(first);
      present = present.toSpliced(at, run.length, [`m${next}`, first[1], next, sizeBytes, '']);
    }
    assert.ok(rewritten / (2000 * 60 * KIB) <= 2, `rewritten ${rewritten} bytes`);
    assert.ok(present.length < 60, `${present.length} segments are left`);
  });
});
