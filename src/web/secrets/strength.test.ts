import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strengthOf } from './strength.ts';

const toneOf = (passphrase: string) => strengthOf(passphrase)?.tone;

test('nothing is said before something was typed', () => {
  assert.equal(strengthOf(''), undefined);
  assert.equal(strengthOf('   '), undefined);
});

for (const passphrase of [
  'password',
  'Passw0rd',
  'qwertz123',
  'satchel2026',
  'aaaaaaaaaaaaaaaaaaaa',
  'abcdefghijklmnopqrstuvwxyz',
  '1234567890',
  'notes notes notes notes',
  'Anna1984',
]) {
  test(`"${passphrase}" is told to be easy to guess`, () => {
    assert.equal(toneOf(passphrase), 'bad');
  });
}

test('a few words that do not belong together are good, more of them very good', () => {
  assert.equal(toneOf('lantern gravel otter'), 'warn');
  assert.equal(toneOf('lantern gravel otter mustard'), 'ok');
  assert.match(strengthOf('lantern gravel otter mustard')?.words ?? '', /^Good/);
  const six = strengthOf('lantern gravel otter mustard violin harbour');
  assert.match(six?.words ?? '', /^Very good/);
});

test('what a program made is very good although it has no words', () => {
  assert.match(strengthOf('xT9#kQv2!mZr7&Lp4w')?.words ?? '', /^Very good/);
});

test('letters of every script count', () => {
  assert.equal(toneOf('фонарь гравий выдра горчица'), 'ok');
});
