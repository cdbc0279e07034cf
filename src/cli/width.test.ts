import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellWidth, escapeControls, shortenMiddle } from './width.ts';

test('a line is as wide as the cells it takes', () => {
  const cases: readonly [string, number][] = [
    ['', 0],
    ['plain', 5],
    ['Größe', 5],
    ['Gro\u0308ße', 5],
    ['日本語.md', 9],
    ['한국', 4],
    ['ﾊﾝｶｸ', 4],
    ['ＡＢ', 4],
    ['👍🏽', 2],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['☀', 1],
    ['☀\ufe0f', 2],
    ['a\u200bb', 2],
  ];
  for (const [text, cells] of cases) assert.equal(cellWidth(text), cells, JSON.stringify(text));
});

test('whatever drives a terminal is spelled out', () => {
  assert.equal(escapeControls('a\x1b[2Jb'), 'a\\x1b[2Jb');
  assert.equal(escapeControls('a\nb\tc\rd\x00\x7f\x9b'), 'a\\nb\\tc\\rd\\x00\\x7f\\x9b');
  assert.equal(escapeControls('a\u202egnp.exe'), 'a\\u202egnp.exe');
  assert.equal(escapeControls('a\u2028b\ud800'), 'a\\u2028b\\ud800');
  assert.equal(escapeControls('Grüße 日本 👩‍👩‍👧'), 'Grüße 日本 👩‍👩‍👧');
});

test('a long text loses its middle, and never more cells than it may have', () => {
  assert.equal(shortenMiddle('notes/a.md', 10), 'notes/a.md');
  assert.equal(shortenMiddle('notes/2026/a.md', 10), 'notes…a.md');
  for (let cells = 1; cells < 14; cells += 1) {
    assert.ok(cellWidth(shortenMiddle('日本語日本語日本語', cells)) <= cells);
  }
});
