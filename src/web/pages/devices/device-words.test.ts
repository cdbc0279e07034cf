import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Device,
  isRecent,
  type Removed,
  removedWords,
  sortDevices,
  standingOf,
  stepsAfterLoss,
  systemWords,
} from './device-words.ts';

const DEVICE: Device = {
  id: 'aaaabbbb',
  name: 'desktop',
  platform: 'linux',
  app: 'satchel/1.2.0',
  self: false,
  unreadable: false,
  lastSeenAt: '2027-01-01T00:00:00.000Z',
  retiredAt: null,
  lost: false,
};
const REMOVED: Removed = { id: 'aaaabbbb', name: 'desktop', lost: false, kept: true };

test('this device comes first, then those seen last, and those that are no more apart', () => {
  const self = { ...DEVICE, id: 'self', self: true, lastSeenAt: null };
  const late = { ...DEVICE, id: 'late', lastSeenAt: '2027-01-02T00:00:00.000Z' };
  const gone = { ...DEVICE, id: 'gone', retiredAt: '2027-01-01T00:00:00.000Z' };
  const sorted = sortDevices([DEVICE, gone, late, self]);
  assert.deepEqual(
    sorted.here.map(({ id }) => id),
    ['self', 'late', 'aaaabbbb'],
  );
  assert.deepEqual(
    sorted.gone.map(({ id }) => id),
    ['gone'],
  );
});

test('a device that is out of hands is not called removed', () => {
  const retiredAt = '2027-01-01T00:00:00.000Z';
  assert.equal(standingOf({ ...DEVICE, retiredAt, lost: true })?.words, 'Lost');
  assert.equal(standingOf({ ...DEVICE, retiredAt })?.words, 'Removed');
  assert.equal(standingOf({ ...DEVICE, unreadable: true })?.words, 'Cannot be read');
  assert.equal(standingOf(DEVICE), undefined);
});

test('systems have the names that people know', () => {
  assert.equal(systemWords({ ...DEVICE, platform: 'darwin' }), 'macOS, Satchel 1.2.0');
  assert.equal(systemWords({ ...DEVICE, platform: 'plan9', app: '' }), 'plan9');
  assert.equal(systemWords({ ...DEVICE, platform: '', app: '' }), '');
});

test('S14: one at work within a day is told apart', () => {
  const seenMs = Date.parse(DEVICE.lastSeenAt ?? '');
  assert.ok(isRecent(DEVICE, seenMs + 60_000));
  assert.ok(!isRecent(DEVICE, seenMs + 25 * 60 * 60 * 1000));
  assert.ok(!isRecent({ ...DEVICE, lastSeenAt: null }, seenMs));
});

test('what is left to do after a loss is told, and nothing that does not apply', () => {
  assert.match(removedWords({ ...REMOVED, kept: false }), /could not|could be copied yet/);
  const access = {
    provider: 'Example Storage',
    uses: 'the access key AKIA…WXYZ',
    keyHelp: 'See Keys.',
  };
  const lost = { ...REMOVED, lost: true, bucketAccess: access };
  assert.equal(stepsAfterLoss(lost).length, 1);
  const [revoke, unlock] = stepsAfterLoss({ ...lost, recoveryKey: 'aaaa-bbbb' });
  assert.match(
    revoke ?? '',
    /at Example Storage\. This device uses the access key AKIA…WXYZ.*See Keys\.$/,
  );
  assert.match(unlock ?? '', /new passphrase/);
  const folder = { provider: 'A folder', uses: null, keyHelp: 'None.' };
  assert.match(
    stepsAfterLoss({ ...lost, bucketAccess: folder })[0] ?? '',
    /^See to it that desktop/,
  );
});
