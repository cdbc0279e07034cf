/** The matrix of docs/providers.md, and the rules by which it is written, read and compared. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { PROVIDERS } from '../src/store/providers.ts';
import {
  askAll,
  BY_CHANCE,
  whetherDone,
  whetherRefused,
  whetherStopped,
} from './support/capabilities.ts';
import { MATRIX_SHAPE } from './support/capabilities-matrix.ts';
import { contractTally, inWords, twoDevicesTally } from './support/capabilities-suites.ts';
import {
  BEGIN,
  differences,
  END,
  LEFT_OUT,
  type Matrix,
  readBlock,
  VERSION_ROW,
  withBlock,
} from './support/capabilities-table.ts';
import { pinnedVersion } from './support/capabilities-versions.ts';
import { DAV_SERVERS, S3_SERVERS } from './support/servers.ts';
import { ROOT } from './support/source-files.ts';

const document = readFileSync(join(ROOT, 'docs/providers.md'), 'utf8');

function matrixWith(
  rows: Readonly<Record<string, readonly string[]>>,
  date = '2026-01-02',
): Matrix {
  const columns = ['One', 'Two'];
  const tables = [
    {
      title: 'A table',
      columns,
      rows: Object.entries(rows).map(([title, answers]) => ({ title, answers })),
    },
  ];
  return { date, tables };
}

suite('the matrix in docs/providers.md', () => {
  const { tables } = readBlock(document);

  test('it names every server of the tests, and memory and a folder besides', () => {
    const names = [...S3_SERVERS, ...DAV_SERVERS].map(({ name }) => name);
    assert.deepEqual(tables[0]?.columns, ['memory', 'a folder', ...names]);
  });

  test('it has every question that is asked, and no other', () => {
    assert.deepEqual(
      tables.map(({ title, columns, rows }) => ({
        title,
        columns,
        rows: rows.map((row) => row.title),
      })),
      MATRIX_SHAPE,
    );
  });

  test('every question is answered for every server', () => {
    for (const { columns, rows } of tables) {
      for (const { title, answers } of rows) {
        assert.equal(answers.length, columns.length, title);
        for (const answer of answers) assert.ok(answer !== '' && answer !== LEFT_OUT, title);
      }
    }
  });

  test('no test of the contract or of two devices is said to fail', () => {
    const counted = tables
      .flatMap(({ rows }) => rows)
      .filter(({ title }) => /^Tests of/.test(title));
    assert.equal(counted.length, 2);
    for (const { title, answers } of counted) {
      for (const answer of answers) {
        const [, passed, run] = /^(\d+) of (\d+)$/.exec(answer) ?? [];
        assert.equal(passed, run, `${title}: ${answer}`);
      }
    }
  });

  test('every provider is tried, or said not to be', () => {
    const [, notTried = ''] = document.split('## Not tried by us');
    const tried = new Set(['minio', 'ceph', 'webdav', 'folder', 'other']);
    for (const { id, name } of PROVIDERS) {
      assert.equal(notTried.includes(`| ${name} |`), !tried.has(id), name);
    }
  });
});

suite('the block of the matrix', () => {
  const around = `before\n${BEGIN}\nold\n${END}\nafter\n`;

  test('what is written is read again, with bars and backquotes in it', () => {
    const matrix = matrixWith({ 'a `b` | c': ['yes | no', 'no, 412'] });
    const written = withBlock(around, matrix);
    assert.deepEqual(readBlock(written), matrix);
    assert.ok(written.startsWith('before\n') && written.endsWith('\nafter\n'));
    assert.doesNotMatch(written, /old/);
  });

  test('a change by hand, a missing end and a second block are told', () => {
    const written = withBlock(around, matrixWith({ row: ['yes', 'no'] }));
    assert.throws(() => readBlock(written.replace('| yes |', '|yes|')), /not as/);
    assert.throws(() => readBlock(written.replace(END, '')), /not one block/);
    assert.throws(() => readBlock(written + written), /not one block/);
    assert.throws(() => readBlock(written.replace('Seen on', 'On')), /no date/);
  });
});

suite('what is said and what is seen', () => {
  const compare = (said: string, seen: string, title = 'row') =>
    differences(
      matrixWith({ [title]: [said, 'x'] }),
      matrixWith({ [title]: [seen, 'x'] }, '2027-01-01'),
    );

  test('an answer that changed is told with its place and both answers', () => {
    assert.deepEqual(compare('honoured', 'ignored'), [
      'A table: row: One: the docs say "honoured", seen is "ignored"',
    ]);
  });

  test('dates, patch levels, numbers of tests that all pass, and chance do not count', () => {
    assert.deepEqual(compare('16.2.15', '16.2.16', VERSION_ROW), []);
    assert.deepEqual(compare('29 of 29', '31 of 31'), []);
    assert.deepEqual(compare('one', 'up to 3', `race${BY_CHANCE}`), []);
    assert.deepEqual(compare('29 of 29', LEFT_OUT), []);
  });

  test('another version and a test that fails do', () => {
    assert.equal(compare('16.2.15', '18.2.1', VERSION_ROW).length, 1);
    assert.equal(compare('29 of 29', '28 of 29').length, 1);
  });

  test('a row or a column that only one of them has is a difference', () => {
    const few = matrixWith({ row: ['yes', 'x'] });
    const more = matrixWith({ row: ['yes', 'x'], new: ['yes', 'no'] });
    assert.equal(differences(few, more).length, 2);
    assert.equal(differences(more, few).length, 2);
  });
});

suite('answers in words', () => {
  test('a condition that does not hold is honoured, ignored, or not known', () => {
    assert.equal(whetherStopped({ status: 412, code: 'PreconditionFailed' }), 'honoured');
    assert.equal(whetherStopped({ status: 200 }), 'ignored');
    assert.equal(whetherStopped({ status: 501, code: 'NotImplemented' }), 'no, 501 NotImplemented');
  });

  test('a refusal keeps the status, and the code where there is one', () => {
    assert.equal(whetherDone({ status: 201 }), 'yes');
    assert.equal(whetherDone({ status: 412, code: 'Unknown' }), 'no, 412');
    assert.equal(whetherRefused({ status: 400, code: 'BadDigest' }), 'refused, 400 BadDigest');
    assert.equal(whetherRefused({ status: 200 }), 'accepted');
  });

  test('a question without an answer stops the matrix and is named', async () => {
    const broken = { title: 'Why?', ask: () => Promise.reject(new Error('gone')) };
    await assert.rejects(askAll([broken], {}), /"Why\?" got no answer/);
  });

  test('tests are counted where they ran, and only those of the suite that is meant', () => {
    const ran = (hasPassed: boolean, ...path: string[]) => ({ path, hasPassed });
    const tests = [
      ran(true, 'S3, through Ceph', 'the S3 store keeps the store contract', 'a'),
      ran(false, 'S3, through Ceph', 'the S3 store keeps the store contract', 'b'),
      ran(true, 'S3, through Ceph', 'the S3 store on a real server', 'c'),
      ran(true, 'S3, through Ceph, which keeps versions', 'it keeps the store contract', 'a'),
      ran(true, 'the memory store keeps the store contract', 'a'),
      ran(true, 'two devices, through Ceph', 'd'),
    ];
    assert.equal(inWords(contractTally(tests, 'Ceph')), '1 of 2');
    assert.equal(inWords(contractTally(tests, 'memory')), '1 of 1');
    assert.equal(inWords(twoDevicesTally(tests, 'Ceph')), '1 of 1');
    assert.equal(inWords(twoDevicesTally(tests, 'memory')), 'not run');
  });

  test('a version that is a commit is told by its day', () => {
    assert.match(pinnedVersion('minio.sh'), /^of \d{4}-\d\d-\d\d$/);
    assert.match(pinnedVersion('versitygw.sh'), /^\d+\.\d+\.\d+$/);
  });
});
