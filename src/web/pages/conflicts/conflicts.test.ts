import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  addressOf,
  contentWords,
  failedWords,
  isPicture,
  type Listed,
  neighboursOf,
  placeIn,
  settledWords,
} from './conflict-words.ts';
import { allOrNone, type Cursor, followed, moved, toggled } from './selection.ts';

function listed(path: string): Listed {
  return { collection: 'Notes', path, state: 'state', sides: [] };
}

suite('conflicts in words', () => {
  test('an address leads to any file there can be', () => {
    const place = { collection: 'Notes & more', path: 'a folder/100% #1?.md' };
    const { search } = new URL(addressOf(place), 'http://127.0.0.1');
    assert.deepEqual(placeIn(search), place);
    assert.equal(placeIn(''), undefined);
    assert.equal(placeIn('?collection=Notes'), undefined);
  });

  test('after one comes the next; after one that is settled, the first', () => {
    const list = ['a', 'b', 'c'].map(listed);
    const around = (path: string) => {
      const { before, after } = neighboursOf(list, listed(path));
      return [before?.path, after?.path];
    };
    assert.deepEqual(around('a'), [undefined, 'b']);
    assert.deepEqual(around('b'), ['a', 'c']);
    assert.deepEqual(around('c'), ['b', undefined]);
    assert.deepEqual(around('gone'), [undefined, 'a']);
  });

  test('what was kept is told of one file by its name, and of many by their number', () => {
    assert.equal(settledWords(['Daily/list.md'], 'remote'), 'list.md: the other side is kept');
    assert.equal(settledWords(['a', 'b'], 'both'), '2 conflicts: both sides are kept');
  });

  test('what was not is told with a reason', () => {
    const failed = (path: string) => ({
      collection: 'Notes',
      path,
      error: `"${path}" has other sides by now.`,
      reason: 'changed' as const,
    });
    assert.equal(failedWords([failed('a')]), '"a" has other sides by now.');
    assert.match(failedWords([failed('a'), failed('b')]), /^2 files could not be settled\..* "a"/);
  });

  test('a side without a text says why', () => {
    const side = { version: 'v', device: 'd', time: '2027-01-01T00:00:00.000Z', text: null };
    assert.equal(
      contentWords({ ...side, size: 1_400_000, content: 'binary' }),
      'Not a text: 1.4 MB',
    );
    assert.equal(
      contentWords({ ...side, size: null, content: 'missing' }),
      'Its content cannot be read now',
    );
  });

  test('pictures are told by their names', () => {
    assert.ok(isPicture('a/b.JPG') && isPicture('b.webp'));
    assert.ok(!isPicture('png') && !isPicture('a.png.md'));
  });
});

suite('the selection', () => {
  test('takes one in and out, all, and none', () => {
    const one = toggled(new Set(), 'a');
    assert.deepEqual([...one], ['a']);
    assert.deepEqual([...toggled(one, 'a')], []);
    assert.deepEqual([...allOrNone(one, ['a', 'b'])], ['a', 'b']);
    assert.deepEqual([...allOrNone(new Set(['a', 'b']), ['a', 'b'])], []);
  });

  const at = (key: string, row: number): Cursor => ({ key, row, isMoved: true });

  test('the keys move from row to row, and not beyond the list', () => {
    const keys = ['a', 'b', 'c'];
    assert.deepEqual(moved(undefined, 1, keys), at('a', 0));
    assert.deepEqual(moved(at('a', 0), 1, keys), at('b', 1));
    assert.deepEqual(moved(at('c', 2), 1, keys), at('c', 2));
    assert.deepEqual(moved(at('a', 0), -1, keys), at('a', 0));
    assert.equal(moved(undefined, -1, []), undefined);
  });

  test('the keys stay at their file, and go to what takes its place', () => {
    const cursor = at('c', 2);
    assert.equal(followed(cursor, ['a', 'b', 'c']), cursor);
    assert.deepEqual(followed(cursor, ['b', 'c', 'd']), { key: 'c', row: 1, isMoved: false });
    assert.deepEqual(followed(cursor, ['a', 'b', 'd']), { key: 'd', row: 2, isMoved: false });
    assert.deepEqual(followed(cursor, ['a']), { key: 'a', row: 0, isMoved: false });
    assert.equal(followed(cursor, []), undefined);
    assert.equal(followed(undefined, ['a']), undefined);
  });
});
