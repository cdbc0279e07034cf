import assert from 'node:assert/strict';
import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { resolveHome, sweepDrafts, writeAtomically } from './home.ts';

const MINUTE_MS = 60_000;

test('what a process that died had begun to write does not stay in the home', () => {
  const home = temporaryFolder('drafts');
  const nowMs = Date.now();
  const age = (name: string, minutes: number): void => {
    writeFileSync(join(home, name), 'text');
    const writtenS = (nowMs - minutes * MINUTE_MS) / 1000;
    utimesSync(join(home, name), writtenS, writtenS);
  };
  writeAtomically(join(home, 'settings.json'), '{}');
  for (const name of ['key.json.4711.tmp', 'settings.json.4712.tmp', 'key.json']) age(name, 5);
  // Another process may be about to give this one its name.
  age('settings.json.4713.tmp', 0);
  sweepDrafts(home, nowMs);
  const left = ['key.json', 'settings.json', 'settings.json.4713.tmp'];
  assert.deepEqual(readdirSync(home).sort(), left);
  assert.equal(statSync(join(home, 'settings.json')).mode & 0o077, 0);
});

test('the home never depends on the working folder unless a person says so', () => {
  const standard = join(homedir(), '.local/share/satchel');
  for (const XDG_DATA_HOME of [undefined, '', 'relative']) {
    assert.equal(resolveHome(undefined, { XDG_DATA_HOME }, 'linux'), standard);
  }
  assert.equal(resolveHome(undefined, { XDG_DATA_HOME: '/data' }, 'linux'), '/data/satchel');
  const env = { XDG_DATA_HOME: '/data', SATCHEL_HOME: '/chosen' };
  assert.equal(resolveHome(undefined, env, 'linux'), '/chosen');
  assert.equal(resolveHome('/option', env, 'linux'), '/option');
  assert.equal(resolveHome('', { ...env, SATCHEL_HOME: '' }, 'linux'), '/data/satchel');
});
