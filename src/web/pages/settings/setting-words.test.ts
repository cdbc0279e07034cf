import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SETTING_KEYS } from '../../../app/setting-keys.ts';
import {
  COLLECTION_GROUPS,
  DEVICE_GROUPS,
  grouped,
  type Setting,
  valueWords,
  wordsOf,
} from './setting-words.ts';

const SETTING: Setting = {
  name: 'limit.up',
  value: 'off',
  isStandard: true,
  means: 'how fast to send at most',
  values: 'bytes per second',
  shared: false,
};

test('every choice is a value that the program takes, written as it writes it', () => {
  for (const key of SETTING_KEYS) {
    const { control } = wordsOf({ ...SETTING, name: key.name });
    assert.notEqual(control.kind, 'text', `${key.name} has words`);
    const values =
      control.kind === 'choice'
        ? control.choices.map(({ value }) => value)
        : control.kind === 'switch'
          ? [control.on, control.off]
          : ['automatic', 'hourly', 'daily 03:00', 'manual'];
    for (const value of values) {
      const parsed = key.parse(value);
      assert.ok(parsed !== undefined, `${key.name} takes ${value}`);
      assert.equal(key.format(parsed), value);
    }
    const standard = key.format(key.standard);
    assert.ok(values.includes(standard), `${key.name} offers its standard, ${standard}`);
  }
});

test('every setting has its place on the page, and those to come have one, too', () => {
  const places = [...DEVICE_GROUPS, ...COLLECTION_GROUPS].flatMap(({ names }) => names);
  assert.deepEqual(places.toSorted(), SETTING_KEYS.map(({ name }) => name).toSorted());
  const unknown = { ...SETTING, name: 'colour', means: 'of the sky', values: 'blue or grey' };
  assert.deepEqual(
    grouped([SETTING, unknown], DEVICE_GROUPS).map(({ title, settings }) => [
      title,
      settings.length,
    ]),
    [
      ['Transfers', 1],
      ['More', 1],
    ],
  );
  assert.match(wordsOf(unknown).help ?? '', /of the sky: blue or grey/);
});

test('values are told as they are chosen', () => {
  assert.equal(valueWords(SETTING), 'as fast as it goes');
  assert.equal(valueWords({ ...SETTING, value: '1MB/s' }), '1 MB a second');
  assert.equal(valueWords({ ...SETTING, value: '3MB/s' }), '3MB/s');
  assert.equal(valueWords({ ...SETTING, name: 'poll.idle', value: '1m' }), 'every minute');
  assert.equal(valueWords({ ...SETTING, name: 'prune', value: 'monthly' }), 'on');
});
