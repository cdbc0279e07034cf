import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carriedTarget, LINK_TARGET_MAX_BYTES, unsafeTargetReason } from './links.ts';

const ROOT = '/home/someone/Notes';

/** Place, target as on the disk, and what is carried of it. */
const INSIDE: readonly (readonly [place: string, target: string, text: string])[] = [
  ['link', 'a.md', 'a.md'],
  ['link', './a.md', 'a.md'],
  ['link', 'd//b/', 'd/b'],
  ['link', 'd/../a.md', 'a.md'],
  ['link', 'nothing is here', 'nothing is here'],
  ['link', 'link', 'link'],
  ['link', '.', '.'],
  ['d/link', '..', '..'],
  ['d/link', '../a.md', '../a.md'],
  ['d/e/link', '../../d/e/x', '../../d/e/x'],
  ['d/link', '../d/../a.md', '../a.md'],
  ['link', `${ROOT}/a.md`, 'a.md'],
  ['d/e/link', `${ROOT}/d/x.md`, '../x.md'],
  ['d/e/link', `${ROOT}/f/../a.md`, '../../a.md'],
  ['d/link', `${ROOT}/d`, '.'],
  ['d/link', ROOT, '..'],
];

const OUTSIDE: readonly (readonly [place: string, target: string, reason: RegExp])[] = [
  ['link', '..', /leads out/],
  ['link', '../Notes/a.md', /leads out/],
  ['d/link', '../../a.md', /leads out/],
  ['d/link', 'x/../../../a.md', /leads out/],
  ['link', '/etc/hostname', /leads out/],
  ['link', '/home/someone/Notes and more/a.md', /leads out/],
  ['link', `${ROOT}/../other/a.md`, /leads out/],
  ['link', 'C:/Windows', /leads out/],
  ['link', '.satchel/attached.json', /belongs to Satchel/],
  ['d/link', '../.Satchel', /belongs to Satchel/],
  ['link', '..\\..\\etc', /backslash/],
  ['link', 'a\u0007', /control/],
  ['link', 'not \uFFFD text', /UTF-8/],
  ['link', 'x'.repeat(256), /255 bytes/],
  ['link', `${'d/'.repeat(LINK_TARGET_MAX_BYTES / 2)}xx`, /longer than/],
];

test('a target that stays inside the root is carried relative, and says the same everywhere', () => {
  for (const [place, target, text] of INSIDE) {
    assert.deepEqual(carriedTarget(ROOT, place, target), { kind: 'inside', text }, target);
    assert.equal(unsafeTargetReason(place, text), undefined);
  }
});

test('a target that leads out, or that another system could take so, is left out', () => {
  for (const [place, target, reason] of OUTSIDE) {
    const found = carriedTarget(ROOT, place, target);
    assert.match(found.kind === 'outside' ? found.reason : '', reason, target);
  }
});

test('what another device sends is refused where it is not in the form that was looked at', () => {
  const hostile: readonly (readonly [string, string, RegExp])[] = [
    ['link', '', /empty/],
    ['link', '/etc/hostname', /absolute/],
    ['link', 'C:hostname', /absolute/],
    // Behind a link to the root, `way/..` is the folder above the root.
    ['d/link', 'way/../secret', /goes up again/],
    ['d/link', './a.md', /goes up again/],
    ['link', '../x', /leads out/],
    ['link', '.satchel/x', /belongs to Satchel/],
  ];
  for (const [place, text, reason] of hostile) {
    assert.match(unsafeTargetReason(place, text) ?? '', reason, text);
  }
});
