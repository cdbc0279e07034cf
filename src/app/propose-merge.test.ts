import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createDice, type Dice } from '../../test/support/dice.ts';
import { chooseSeed, createSeededRandom } from '../../test/support/ports.ts';
import { type MergeChunk, type MergedTexts, mergeChunks, proposeMerge } from './propose-merge.ts';

const NAMES = { local: 'here', remote: 'there' };

function merge(base: string, local: string, remote: string) {
  return proposeMerge({ base, local, remote }, NAMES);
}

function lines(...all: string[]): string {
  return all.map((line) => `${line}\n`).join('');
}

suite('a merge to start from', () => {
  test('has the changes of both sides', () => {
    const base = lines('one', 'two', 'three', 'four');
    const merged = merge(base, lines('ONE', 'two', 'three', 'four'), `${base}five\n`);
    assert.deepEqual(merged, {
      text: lines('ONE', 'two', 'three', 'four', 'five'),
      clashes: 0,
    });
  });

  test('has once what both did', () => {
    const base = lines('one', 'two', 'three');
    const both = lines('one', 'zwei', 'three', 'four');
    assert.deepEqual(merge(base, both, both), { text: both, clashes: 0 });
    const more = merge(base, `${lines('zero')}${both}`, both);
    assert.deepEqual(more, { text: lines('zero', 'one', 'zwei', 'three', 'four'), clashes: 0 });
  });

  test('marks what both changed, and only that', () => {
    const base = lines('one', 'two', 'three');
    const merged = merge(base, lines('one', 'zwei', 'three!'), lines('one', 'deux', 'three!'));
    assert.deepEqual(merged, {
      text: lines('one', '<<<<<<< here', 'zwei', '=======', 'deux', '>>>>>>> there', 'three!'),
      clashes: 1,
    });
  });

  test('marks what one side changed and the other deleted', () => {
    const merged = merge(lines('a', 'b', 'c'), lines('a', 'B', 'c'), lines('a', 'c'));
    assert.equal(merged.clashes, 1);
    assert.match(merged.text, /<<<<<<< here\nB\n=======\n>>>>>>> there\n/);
  });

  test('marks what both added in one place: nobody knows the order', () => {
    const merged = merge(lines('a', 'b'), lines('a', 'x', 'b'), lines('a', 'y', 'b'));
    assert.equal(merged.clashes, 1);
  });

  test('takes tasks that each side ticked, one below the other', () => {
    const merged = merge(
      lines('- [ ] bread', '- [ ] milk'),
      lines('- [x] bread', '- [ ] milk'),
      lines('- [ ] bread', '- [x] milk'),
    );
    assert.deepEqual(merged, { text: lines('- [x] bread', '- [x] milk'), clashes: 0 });
  });

  test('keeps line ends, and takes them from the side that changed them', () => {
    const windows = 'one\r\ntwo\r\nthree\r\n';
    assert.equal(
      merge(windows, windows, windows.replace('two', 'TWO')).text,
      windows.replace('two', 'TWO'),
    );
    const unix = lines('one', 'two', 'three');
    assert.deepEqual(merge(unix, windows, lines('one', 'two', 'DREI')), {
      text: 'one\r\ntwo\r\nDREI\n',
      clashes: 0,
    });
    assert.match(
      merge(windows, 'one\r\n1\r\nthree\r\n', 'one\r\n2\r\nthree\r\n').text,
      /=======\r\n2\r\n/,
    );
  });

  test('keeps a last line without an end, and ends it where something follows', () => {
    assert.equal(merge('a\nb', 'A\nb', 'a\nb').text, 'A\nb');
    assert.equal(merge('a\nb\n', 'a\nb', 'a\nb\n').text, 'a\nb');
    assert.equal(merge('a\nb\n', 'a\nb', 'a\nb\nc\n').text, 'a\nb\nc\n');
    assert.equal(merge('a', 'x', 'y').text, '<<<<<<< here\nx\n=======\ny\n>>>>>>> there');
  });

  test('knows texts that are empty', () => {
    assert.deepEqual(merge('', '', ''), { text: '', clashes: 0 });
    assert.deepEqual(merge('a\n', '', 'a\n'), { text: '', clashes: 0 });
    assert.deepEqual(merge('', 'a\n', ''), { text: 'a\n', clashes: 0 });
  });
});

/** A text of a few different lines, so that many of them are alike. */
function randomText(dice: Dice): string {
  const count = dice.below(12);
  const ends = dice.chance(0.2) ? ['\n', '\r\n'] : ['\n'];
  const all = Array.from(
    { length: count },
    () => dice.pick(['a', 'b', 'c', '', 'd\r', 'e']) + dice.pick(ends),
  );
  return dice.chance(0.3) ? all.join('').replace(/\r?\n$/, '') : all.join('');
}

function edited(dice: Dice, text: string): string {
  const all = text.split(/(?<=\n)/);
  for (let edits = dice.below(4); edits > 0; edits -= 1) {
    const at = dice.below(all.length + 1);
    const gone = dice.below(3);
    all.splice(at, gone, ...(dice.chance(0.7) ? [`${dice.pick(['a', 'x', 'y', ''])}\n`] : []));
  }
  return all.join('');
}

function joinedOf(chunks: readonly MergeChunk[], side: 'base' | 'local' | 'remote'): string {
  return chunks
    .flatMap((chunk) => chunk[side])
    .map(({ text, end }) => text + end)
    .join('');
}

function textsOf(chunk: MergeChunk, side: 'base' | 'local' | 'remote'): string {
  return JSON.stringify(chunk[side].map(({ text }) => text));
}

function checkChunks(texts: MergedTexts): void {
  const chunks = mergeChunks(texts);
  for (const side of ['base', 'local', 'remote'] as const) {
    assert.equal(joinedOf(chunks, side), texts[side], `the stretches are the text: ${side}`);
  }
  for (const chunk of chunks) {
    const [base, local, remote] = [
      textsOf(chunk, 'base'),
      textsOf(chunk, 'local'),
      textsOf(chunk, 'remote'),
    ];
    const isRight = {
      same: base === local && base === remote,
      local: base !== local && base === remote,
      remote: base === local && base !== remote,
      both: local === remote && local !== base,
      clash: local !== remote,
    }[chunk.kind];
    assert.ok(isRight, `${chunk.kind}: ${base} ${local} ${remote}`);
  }
}

suite('any three texts', () => {
  const seed = chooseSeed();

  test(`nothing of either side is missing (seed ${seed})`, () => {
    const dice = createDice(createSeededRandom(seed));
    for (let run = 0; run < 3_000; run += 1) {
      const base = randomText(dice);
      const [local, remote] = dice.chance(0.1)
        ? [randomText(dice), randomText(dice)]
        : [edited(dice, base), edited(dice, base)];
      checkChunks({ base, local, remote });
      const merged = merge(base, local, remote);
      assert.equal(merge(base, remote, local).clashes, merged.clashes, 'the sides are equals');
      if (merged.clashes === 0) continue;
      for (const line of [...local.split(/\r?\n/), ...remote.split(/\r?\n/)]) {
        const isDropped = !base.includes(line) && !merged.text.includes(line);
        assert.equal(isDropped, false, `${line} of ${JSON.stringify([base, local, remote])}`);
      }
    }
  });

  test(`one side's text is the merge where the other changed nothing (seed ${seed})`, () => {
    const dice = createDice(createSeededRandom(seed + 1));
    for (let run = 0; run < 1_000; run += 1) {
      const base = randomText(dice);
      const side = edited(dice, base);
      assert.deepEqual(merge(base, side, base), { text: side, clashes: 0 });
      assert.deepEqual(merge(base, base, side), { text: side, clashes: 0 });
      assert.deepEqual(merge(base, side, side), { text: side, clashes: 0 });
    }
  });

  test(`changes in different places are all in it (seed ${seed})`, () => {
    const dice = createDice(createSeededRandom(seed + 2));
    for (let run = 0; run < 1_000; run += 1) {
      const texts = { base: '', local: '', remote: '', expected: '' };
      for (let place = 0; place < 12; place += 1) {
        const line = `line ${place}\n`;
        const other = dice.pick([
          '',
          `new ${place}\n`,
          `new ${place}\nand more\n`,
          `${line}after\n`,
        ]);
        const who = dice.pick(['nobody', 'nobody', 'local', 'remote', 'both'] as const);
        const isBy = (side: string): boolean => who === side || who === 'both';
        // A line that nobody changes stands between two places.
        const apart = `-- ${place}\n`;
        texts.base += line + apart;
        texts.local += (isBy('local') ? other : line) + apart;
        texts.remote += (isBy('remote') ? other : line) + apart;
        texts.expected += (who === 'nobody' ? line : other) + apart;
      }
      assert.deepEqual(proposeMerge(texts, NAMES), { text: texts.expected, clashes: 0 });
    }
  });

  test('texts of a megabyte take a moment, whatever they have in common', () => {
    const dice = createDice(createSeededRandom(seed + 3));
    const long = (make: (index: number) => string): string =>
      Array.from({ length: 40_000 }, (_, index) => `${make(index)}\n`).join('');
    const base = long((index) => `a line of a long text, number ${index}`);
    const local = base.replaceAll(/number (\d*7)\n/g, 'changed here: $1\n');
    const remote = base.replaceAll(/number (\d*3)\n/g, 'changed there: $1\n');
    const merged = merge(base, local, remote);
    assert.equal(merged.clashes, 0);
    assert.equal(merged.text.match(/changed (?:t?here): /g)?.length, 8_000);
    const noise = () => long(() => dice.pick(['x', 'y', 'z', '']).repeat(1 + dice.below(40)));
    checkChunks({ base: noise(), local: noise(), remote: noise() });
  });
});
