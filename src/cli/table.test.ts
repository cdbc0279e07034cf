import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Column, layOutTable } from './table.ts';
import { cellWidth } from './width.ts';

interface Row {
  readonly path: string;
  readonly count: number;
}

const columns: readonly Column<Row>[] = [
  { header: 'PATH', cell: (row) => row.path, shrinks: true },
  { header: 'COUNT', cell: (row) => String(row.count), align: 'right' },
];

test('columns are as wide as their widest cell, in cells of the terminal', () => {
  const rows = [
    { path: '日本.md', count: 5 },
    { path: 'b', count: 12_345_678 },
  ];
  assert.deepEqual(layOutTable(rows, columns), [
    'PATH        COUNT',
    '日本.md         5',
    'b        12345678',
  ]);
});

test('on a narrow terminal only what may shrink does, and only as far as it stays readable', () => {
  const rows = [{ path: 'notes/a-rather-long-name-of-a-file.md', count: 7 }];
  const [, line = ''] = layOutTable(rows, columns, 30);
  assert.equal(cellWidth(line), 30);
  assert.match(line, /^notes\/a.*…\S*\.md +7$/);
  const [, narrow = ''] = layOutTable(rows, columns, 5);
  assert.equal(cellWidth(narrow), 12 + 2 + 5);
});

test('a cell cannot break out of its line', () => {
  const [, line] = layOutTable([{ path: 'a\nb\x1b[1m', count: 1 }], columns);
  assert.equal(line, 'a\\nb\\x1b[1m      1');
});
