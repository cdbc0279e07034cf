/** What the desktop tells of, and when again. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { sampleLiveCollection } from '../../test/support/status-sample.ts';
import { type Concerns, concernsOf, planNotices } from './notify.ts';
import { desktopCall } from './notify-desktop.ts';
import { brokenStatus } from './state.ts';

const HOUR_MS = 60 * 60 * 1000;

function concerns(
  given: Partial<Concerns>,
  collection: Parameters<typeof sampleLiveCollection>[0] = {},
): Concerns {
  const base = brokenStatus(undefined, { words: '', isOutOfReach: true });
  const status = { ...base, collections: [sampleLiveCollection({ id: 'c1', ...collection })] };
  return { status, answer: undefined, silentMs: 0, triedMs: 0, ...given };
}

const keysOf = (given: Concerns): string[] => concernsOf(given).map(({ key }) => key);

suite('notifications', () => {
  test('are for a conflict, held deletions, a refusal, a full bucket and a day without contact', () => {
    assert.deepEqual(keysOf(concerns({})), []);
    assert.deepEqual(keysOf(concerns({}, { conflicts: 2, held: 1 })), ['conflict:c1', 'held:c1']);
    const answer = { kind: 'refused', words: 'No.' } as const;
    assert.deepEqual(keysOf(concerns({ answer })), ['refused']);
    assert.deepEqual(keysOf(concerns({ answer: { ...answer, kind: 'full' } })), ['full']);
    assert.deepEqual(keysOf(concerns({ silentMs: 24 * HOUR_MS, triedMs: HOUR_MS })), [
      'no-contact',
    ]);
  });

  test('are not for other problems, nor for a computer that has just woken', () => {
    assert.deepEqual(keysOf(concerns({}, { state: 'attention', lastError: 'a folder' })), []);
    assert.deepEqual(keysOf(concerns({ silentMs: 23 * HOUR_MS, triedMs: 23 * HOUR_MS })), []);
    assert.deepEqual(keysOf(concerns({ silentMs: 72 * HOUR_MS, triedMs: 60_000 })), []);
  });

  test('come once each, and again only after the matter was gone', () => {
    const conflict = concernsOf(concerns({}, { conflicts: 1 }));
    const more = concernsOf(concerns({}, { conflicts: 5 }));
    const first = planNotices(new Set(), conflict);
    assert.equal(first.tell.length, 1);
    assert.equal(planNotices(first.told, more).tell.length, 0);
    const gone = planNotices(first.told, []);
    assert.equal(gone.tell.length, 0);
    assert.equal(planNotices(gone.told, conflict).tell.length, 1);
  });

  test('a name in the words runs nothing on any system', () => {
    const title = 'Conflict in "; rm -rf / #$(touch x)`';
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      const call = desktopCall(platform, title, '-e "x"');
      assert.ok(call !== undefined);
      const scripts = call.args.filter((arg) => arg !== title && arg.includes('rm -rf'));
      assert.deepEqual(scripts, []);
      const carried = platform === 'win32' ? call.env.SATCHEL_TITLE : call.args.at(-2);
      assert.equal(carried, title);
    }
    assert.equal(desktopCall('linux', title, '-e')?.args.indexOf('--'), 1);
    assert.equal(desktopCall('aix', title, ''), undefined);
  });
});
