import assert from 'node:assert/strict';
import { test } from 'node:test';
import { folderName, nameOfPath, pathIn } from './paths.ts';

test('a path goes on with the separator that it has', () => {
  assert.equal(pathIn('/home/person', 'Notes'), '/home/person/Notes');
  assert.equal(pathIn('/', 'Notes'), '/Notes');
  assert.equal(pathIn('C:\\Users\\person', 'Notes'), 'C:\\Users\\person\\Notes');
  assert.equal(pathIn('C:\\', 'Notes'), 'C:\\Notes');
});

test('the name of a path is its last part', () => {
  assert.equal(nameOfPath('/home/person/My notes/'), 'My notes');
  assert.equal(nameOfPath('C:\\Users\\person'), 'person');
  assert.equal(nameOfPath('/'), '');
});

test('a collection may be called what no folder can', () => {
  assert.equal(folderName('Work: 2025/2026?'), 'Work 2025 2026');
  assert.equal(folderName('Notes...'), 'Notes');
});
