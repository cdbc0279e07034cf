import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { decodeRing, encodeRing, KEY_BYTES, mergeRings, type RingKey } from './key-ring.ts';

const key = (epoch: number, fill: number): RingKey => ({
  epoch,
  root: new Uint8Array(KEY_BYTES).fill(fill),
});

suite('F8: key rings', () => {
  test('a ring that was never added to is its root, as ever', () => {
    assert.deepEqual(encodeRing([key(0, 7)]), key(0, 7).root);
    assert.deepEqual(decodeRing(key(0, 7).root), [key(0, 7)]);
  });

  test('a longer one comes back whole, also where an epoch has two roots', () => {
    const ring = [key(0, 9), key(1, 3), key(1, 4), key(2, 1)];
    assert.deepEqual(decodeRing(encodeRing(ring)), ring);
  });

  test('bytes of another length are no ring', () => {
    for (const length of [0, 31, 34, 65, 67]) {
      assert.equal(decodeRing(new Uint8Array(length)), undefined, String(length));
    }
  });

  test('two devices that merge the same roots seal with the same one', () => {
    const a = [key(0, 9), key(1, 5)];
    const b = [key(0, 9), key(1, 2)];
    assert.deepEqual(mergeRings(a, b), mergeRings(b, a));
    assert.deepEqual(mergeRings(a, b), [key(0, 9), key(1, 2), key(1, 5)]);
    assert.deepEqual(mergeRings(a, a), a);
  });
});
