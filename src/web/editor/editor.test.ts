import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { countUndecided, findClashes, keptLines } from './clashes.ts';
import { differInLineEndsOnly, lineEndOf } from './line-ends.ts';

suite('places that are not decided', () => {
  const text = [
    'Title',
    '=======',
    '<<<<<<< laptop',
    'mine',
    '=======',
    'theirs',
    'and more',
    '>>>>>>> phone',
    'end',
    '<<<<<<< laptop',
    '=======',
    'only theirs',
    '>>>>>>> phone',
  ];

  test('are found between their marks; a heading is none', () => {
    assert.deepEqual(findClashes(text), [
      { start: 3, middle: 5, end: 8 },
      { start: 10, middle: 11, end: 13 },
    ]);
    assert.deepEqual(findClashes(['a', '=======', '>>>>>>> b']), []);
    assert.deepEqual(findClashes(['<<<<<<< a', 'b', '>>>>>>> c']), []);
  });

  test('leave the lines of the side that is taken', () => {
    const [first, second] = findClashes(text);
    assert.ok(first !== undefined && second !== undefined);
    assert.deepEqual(keptLines(first, 'mine'), [{ from: 4, to: 4 }]);
    assert.deepEqual(keptLines(first, 'theirs'), [{ from: 6, to: 7 }]);
    assert.deepEqual(keptLines(first, 'both'), [
      { from: 4, to: 4 },
      { from: 6, to: 7 },
    ]);
    assert.deepEqual(keptLines(second, 'mine'), []);
  });

  test('count while anything is left of their marks', () => {
    assert.equal(countUndecided(text.join('\n')), 2);
    assert.equal(countUndecided('a\n>>>>>>> phone'), 1);
    assert.equal(countUndecided('Title\n=======\n> > > a quote\n<<<<<<<'), 0);
  });
});

test('a line ends as all lines of the text do, so that no byte is lost', () => {
  assert.equal(lineEndOf(''), '\n');
  assert.equal(lineEndOf('a'), '\n');
  assert.equal(lineEndOf('a\nb\n'), '\n');
  assert.equal(lineEndOf('a\r\nb\r\n'), '\r\n');
  assert.equal(lineEndOf('a\r\nb\n'), '\n');
  assert.equal(lineEndOf('a\r\nb\rc'), '\n');
});

test('texts whose lines only end differently look alike', () => {
  assert.ok(differInLineEndsOnly('a\r\nb\n', 'a\nb\n'));
  assert.ok(!differInLineEndsOnly('a\n', 'a\n'));
  assert.ok(!differInLineEndsOnly('a\r\n', 'a'));
});
