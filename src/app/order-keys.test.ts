import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keyBetween, keysToSet, namesInOrder } from './order-keys.ts';

const VALID = /^[0-9A-Za-z]*[1-9A-Za-z]$/;

test('there is always a key in between, also in the narrowest gap', () => {
  let below = '';
  let above: string | undefined;
  const digits = 'LRLLRRRLRLLLLLLLLLLLLLLLLLLLLLLLLLLRRRRRRRRRRRRRRRRRRRRRRRR'.repeat(4);
  for (const side of digits) {
    const key = keyBetween(below, above);
    assert.match(key, VALID);
    assert.ok(key > below && (above === undefined || key < above), `${below} ${key} ${above}`);
    if (side === 'L') above = key;
    else below = key;
  }
});

test('any order can be set, from any keys, and one that stands sets none', () => {
  const namesArb = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { maxLength: 30 });
  const keyArb = fc.stringMatching(/^[0-9A-Za-z]{0,3}[1-9A-Za-z]$/);
  fc.assert(
    fc.property(namesArb, fc.dictionary(fc.string({ maxLength: 4 }), keyArb), (names, given) => {
      const known = new Map(Object.entries(given).filter(([name]) => names.includes(name)));
      const changes = keysToSet(names, known);
      const after = new Map([...known, ...changes]);
      for (const key of changes.values()) assert.match(key, VALID);
      assert.deepEqual(namesInOrder(after), names);
      assert.equal(keysToSet(names, after).size, 0);
    }),
  );
});

test('an entry that is moved is the only one with a new key', () => {
  const names = Array.from({ length: 100 }, (_, index) => `${index}`);
  const keys = keysToSet(names, new Map());
  assert.equal(keys.size, 100);
  assert.ok([...keys.values()].every((key) => key.length <= 3));
  const [first = '', ...rest] = names;
  const moved = [...rest.slice(0, 50), first, ...rest.slice(50)];
  assert.deepEqual([...keysToSet(moved, keys).keys()], [first]);
});

test('two that came by the same key on two devices can be parted', () => {
  const known = new Map([
    ['a', 'V'],
    ['b', 'V'],
  ]);
  assert.deepEqual(namesInOrder(known), ['a', 'b']);
  const changes = keysToSet(['b', 'x', 'a'], known);
  assert.deepEqual(namesInOrder(new Map([...known, ...changes])), ['b', 'x', 'a']);
});
