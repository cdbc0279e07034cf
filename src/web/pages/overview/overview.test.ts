/** What the overview says, from what the daemon tells. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quietHome, sampleHome } from '../../../../test/support/page-sample.ts';
import type { HomeStatus, Transfer } from '../../../api/status.ts';
import { activityWords } from './activity-words.ts';
import { needsOf } from './attention.ts';
import { backlogWords } from './backlog.ts';
import { byDay } from './days.ts';
import { transferWords } from './transfer-words.ts';

const NOW_MS = new Date(2026, 10, 21, 12).getTime();
const quiet = quietHome(NOW_MS);

function idsOf(home: HomeStatus): readonly string[] {
  return needsOf(home).map(({ id }) => id);
}

function withFirst(change: Partial<HomeStatus['collections'][number]>): HomeStatus {
  const [first, ...rest] = quiet.collections;
  assert.ok(first !== undefined);
  return { ...quiet, collections: [{ ...first, ...change }, ...rest] };
}

test('nothing needs a person where everything is in step', () => {
  assert.deepEqual(needsOf(quiet), []);
});

test('conflicts and held deletions need a person, with their numbers', () => {
  const words = needsOf(sampleHome(NOW_MS)).map((need) => need.words);
  assert.deepEqual(words, ['2 conflicts in Notes', '120 deletions in Notes wait for you']);
});

test('a key that is missing or was changed comes before all else', () => {
  assert.deepEqual(idsOf({ ...sampleHome(NOW_MS), needsKey: true })[0], 'key');
  assert.deepEqual(idsOf({ ...quiet, repositoryKey: 'missing', needsKey: true }), ['key']);
});

test('the reason of the home is told where nothing else explains it', () => {
  const reason = 'the credentials were refused';
  assert.deepEqual(idsOf({ ...quiet, state: 'attention', reason }), ['home']);
  assert.deepEqual(idsOf({ ...withFirst({ conflicts: 1 }), state: 'attention', reason }), [
    'conflicts notes-id',
  ]);
  assert.deepEqual(idsOf({ ...quiet, state: 'offline', reason }), []);
});

test('a bucket that refuses this device is told once, with the way to other credentials', () => {
  const reason = 'the bucket does not accept the credentials';
  const refused = { state: 'attention', refused: true, reason } as const;
  const home = { ...withFirst({ lastError: reason, conflicts: 1 }), ...refused };
  const bucket = 's3://notes';
  const [need] = needsOf({ ...home, bucket });
  assert.deepEqual(idsOf({ ...home, bucket }), ['refused', 'conflicts notes-id']);
  assert.equal(need?.way?.path, '/keys');
  const [folder] = needsOf({ ...home, bucket: 'file:///disk' });
  assert.deepEqual([folder?.id, folder?.way], ['refused', undefined]);
  assert.deepEqual(idsOf({ ...withFirst({ lastError: 'the folder is away' }), ...refused }), [
    'refused',
    'error notes-id',
  ]);
});

test('errors, open secrets, removed collections and a wrong clock are told', () => {
  assert.deepEqual(idsOf(withFirst({ lastError: 'the folder is not there' })), ['error notes-id']);
  assert.deepEqual(idsOf({ ...quiet, exposed: ['/home/person/key.json'] }), [
    'exposed /home/person/key.json',
  ]);
  assert.deepEqual(idsOf(withFirst({ removed: true })), ['removed notes-id']);
  const [clock] = needsOf({ ...quiet, clockOffsetMs: -150_000 });
  assert.equal(clock?.words, 'The clock of this computer is 3 minutes fast');
});

test('the backlog adds up', () => {
  assert.equal(backlogWords([]), 'everything sent');
  assert.equal(backlogWords([{ pending: 1, pendingBytes: 0 }]), '1 change to send');
  const two = [
    { pending: 3, pendingBytes: 4_000 },
    { pending: 2, pendingBytes: 8_000 },
  ];
  assert.equal(backlogWords(two), '5 changes to send (12 kB)');
});

test('a transfer tells as much as is known of it', () => {
  const bytes: Transfer = {
    step: 'Uploading',
    done: 1_200_000,
    total: 14_000_000,
    unit: 'bytes',
    perSecond: 3_400_000,
    secondsLeft: 4.2,
  };
  assert.equal(transferWords(bytes), '1.2 MB of 14 MB · 3.4 MB/s · 4 s left');
  const unknown: Transfer = { ...bytes, total: null, perSecond: null, secondsLeft: null };
  assert.equal(transferWords(unknown), '1.2 MB');
  const files: Transfer = { ...unknown, unit: 'files', done: 1_200, total: 3_000, perSecond: 99.6 };
  assert.equal(transferWords(files), '1,200 of 3,000 files · 100 files/s');
});

test('entries stand below their days, in their order', () => {
  const entry = (awayMs: number) => ({ time: new Date(NOW_MS - awayMs).toISOString() });
  const [a, b, c] = [entry(0), entry(60_000), entry(20 * 3_600_000)];
  assert.deepEqual(byDay([a, b, c], NOW_MS), [
    { day: 'Today', entries: [a, b] },
    { day: 'Yesterday', entries: [c] },
  ]);
});

test('what a device did is told with the first of the files', () => {
  assert.deepEqual(activityWords({ written: 1, deleted: 0, paths: ['a.md'] }), {
    what: 'saved 1 file',
    paths: 'a.md',
  });
  assert.deepEqual(activityWords({ written: 3, deleted: 1, paths: ['a.md', 'b.md'] }), {
    what: 'saved 3 files and deleted 1',
    paths: 'a.md, b.md and 2 more',
  });
  assert.deepEqual(activityWords({ written: 0, deleted: 2, paths: [] }), {
    what: 'deleted 2 files',
    paths: '',
  });
});
