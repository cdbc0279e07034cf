import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wayOf } from './ways.ts';

test('a hint that names a command leads to where the page does the same', () => {
  assert.equal(wayOf('Run "satchel keys unlock" first.')?.path, '/keys');
  assert.equal(wayOf('Name the folder: satchel attach "Notes" <folder>.')?.path, '/collections');
  assert.equal(wayOf('Run "satchel sync": "satchel held" lists them.')?.path, '/held');
});

test('what the page cannot do leads nowhere', () => {
  assert.equal(wayOf('Start it with "satchel up".'), undefined);
  assert.equal(wayOf('Look into the log of Satchel.'), undefined);
});
