import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quietHome, sampleHome, sampleLog } from '../../../test/support/page-sample.ts';
import type { DaemonStatus } from '../../api/status.ts';
import { logAfter, staleAfter, statusAfter } from './news.ts';

const NOW_MS = 1_800_000_000_000;
const home = sampleHome(NOW_MS);
const other = { ...home, repository: 'other-repository' };
const status: DaemonStatus = {
  version: '1.2.3',
  startedAt: new Date(NOW_MS).toISOString(),
  recovered: [],
  homes: [home, other],
};

test('news of a home take the place of what was known of it, and of it alone', () => {
  const quiet = quietHome(NOW_MS);
  const after = statusAfter(status, { type: 'status', home: home.repository, status: quiet });
  assert.deepEqual(after.homes, [quiet, other]);
});

test('transfers change nothing else of their home', () => {
  const after = statusAfter(status, { type: 'transfers', home: home.repository, transfers: [] });
  assert.deepEqual(after.homes, [{ ...home, transfers: [] }, other]);
});

test('what a change makes old is asked for again, in its home', () => {
  const news = { type: 'changed', home: home.repository, collection: 'notes-id', rev: 7 } as const;
  assert.deepEqual(staleAfter(news, status), { kind: 'content', home: home.repository });
});

test('settings that another window or a command changed are asked for again', () => {
  const news = { type: 'settings', home: home.repository } as const;
  assert.deepEqual(staleAfter(news, status), { kind: 'everything' });
});

test('what was sent makes lists old, for others see it only now; a warning does not', () => {
  const [entry] = sampleLog(NOW_MS, 1);
  assert.ok(entry !== undefined);
  const news = (kind: string) =>
    ({ type: 'log', home: home.repository, entry: { ...entry, kind } }) as const;
  assert.deepEqual(staleAfter(news('published'), status), {
    kind: 'content',
    home: home.repository,
  });
  assert.deepEqual(staleAfter(news('warning'), status), { kind: 'nothing' });
});

test('a status makes lists old only where what they list has changed', () => {
  const news = (after: typeof home) =>
    ({ type: 'status', home: home.repository, status: after }) as const;
  assert.deepEqual(staleAfter(news({ ...home, state: 'syncing' }), status), { kind: 'nothing' });
  assert.deepEqual(staleAfter(news(quietHome(NOW_MS)), status), {
    kind: 'content',
    home: home.repository,
  });
});

test('a home that was not known is asked for, and after a gap everything is', () => {
  const unknown = { ...home, repository: 'new-repository' };
  const news = { type: 'status', home: unknown.repository, status: unknown } as const;
  assert.deepEqual(staleAfter(news, status), { kind: 'status' });
  assert.deepEqual(staleAfter({ type: 'reset' }, status), { kind: 'everything' });
});

test('the log takes an entry once, keeps the newest, and stays as long as the page shows', () => {
  const [first, second, third] = sampleLog(NOW_MS, 3);
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  assert.deepEqual(logAfter([first, second], third), [first, second, third]);
  assert.deepEqual(logAfter([first, second], second), [first, second]);
  const long = sampleLog(NOW_MS, 500);
  const longer = logAfter(long, { ...third, id: 501 });
  assert.equal(longer.length, 500);
  assert.equal(longer.at(-1)?.id, 501);
});
