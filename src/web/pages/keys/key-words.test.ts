import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRemovable, passphraseWords, type Slot, slotTitle, unlockWords } from './key-words.ts';

const SLOT: Slot = {
  id: 'a',
  kind: 'passphrase',
  name: null,
  createdAt: null,
  opens: 'everything',
};
const RECOVERY: Slot = { ...SLOT, id: 'r', kind: 'recovery' };

test('F8: only a passphrase that something else stands in for can be removed', () => {
  assert.ok(isRemovable(SLOT, [SLOT, RECOVERY]));
  assert.ok(!isRemovable(SLOT, [SLOT]));
  assert.ok(!isRemovable(RECOVERY, [SLOT, RECOVERY]));
  assert.ok(!isRemovable(SLOT, [SLOT, { ...RECOVERY, opens: 'older' }]));
  assert.ok(isRemovable({ ...SLOT, opens: 'older' }, [SLOT, { ...RECOVERY, opens: 'older' }]));
});

test('keys have the names that people gave them', () => {
  assert.equal(slotTitle({ ...SLOT, name: 'office' }), 'Passphrase: office');
  assert.equal(slotTitle(RECOVERY), 'Recovery key');
});

test('what came of it is told', () => {
  assert.match(passphraseWords({ id: 'a', removed: ['b'] }), /1 other passphrase removed/);
  assert.match(passphraseWords({ id: 'a', removed: [] }), /beside the others/);
  assert.match(unlockWords({ added: 1, isPartial: true }), /newer passphrase/);
  assert.match(unlockWords({ added: 0, isPartial: false }), /already/);
  assert.match(unlockWords({ added: 1, isPartial: false }), /goes on/);
});
