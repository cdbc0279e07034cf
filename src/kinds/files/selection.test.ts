import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIgnoreRules } from './ignore.ts';
import { outsideOf, rulesWithin, selectionOf } from './selection.ts';

test('a chosen subfolder is carried with all in it, and nothing beside it but the rules', () => {
  const selection = selectionOf(['Work/Plans', 'Photos']);
  for (const path of ['Photos', 'Photos/a/b.jpg', 'Work/Plans/x', '.satchelignore']) {
    assert.equal(selection.includes(path), true, path);
    assert.equal(outsideOf(selection).includes(path), false, path);
  }
  for (const path of ['Work', 'Work/x', 'Photos 2/a.jpg', 'a.md', 'a/.satchelignore']) {
    assert.equal(selection.includes(path), false, path);
    assert.equal(outsideOf(selection).includes(path), true, path);
  }
  assert.deepEqual(
    ['Work', 'Work/Plans', 'Photos', 'Wor'].map((path) => selection.leadsTo(path)),
    [true, false, false, false],
  );
});

test('S5: a chosen name counts in any case and Unicode form', () => {
  const selection = selectionOf(['ÜBER/Uns'.normalize('NFD'), 'über/uns']);
  assert.deepEqual(selection.chosen, ['über/uns'.normalize('NFC')]);
  assert.equal(selection.includes('Über/uns/a.md'), true);
  assert.equal(selection.leadsTo('über'), true);
});

test('without a choice everything is carried, and the rules stay the same object', () => {
  const rules = parseIgnoreRules(undefined);
  assert.equal(rulesWithin(rules, selectionOf(undefined)), rules);
  assert.equal(selectionOf(undefined).includes('anything'), true);
  const within = rulesWithin(rules, selectionOf(['a/b']));
  assert.deepEqual(
    [within.ignores('a', true), within.ignores('a', false), within.ignores('a/b/x', false)],
    [false, true, false],
  );
  assert.equal(within.ignores('a/b/node_modules', true), true);
});
