import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Cost,
  capOf,
  checksWords,
  costParts,
  moneyWords,
  type Pruned,
  pruneLines,
  reclaimableWords,
  slowedWords,
  sortChecks,
  unpricedWords,
} from './bucket-words.ts';

const COST: Cost = {
  provider: { id: 'aws', name: 'Amazon S3', isOwn: false },
  currency: 'USD',
  months: [],
  days: [],
  forecast: null,
  cap: null,
  slowedBy: 1,
};
const NOTHING = { objects: 0, bytes: 0 };
const PRUNED: Pruned = {
  dryRun: true,
  condemned: NOTHING,
  deleted: NOTHING,
  needed: 0,
  waiting: null,
  nextFrom: null,
  history: { versions: 0, archives: 0, bytes: 0 },
  orphans: 0,
  keptWhole: [],
};
const NOW_MS = Date.UTC(2027, 0, 10, 12);

test('money has the digits that matter', () => {
  assert.equal(moneyWords(0, 'USD'), '$0.00');
  assert.equal(moneyWords(0.00001, 'USD'), 'under $0.0001');
  assert.equal(moneyWords(0.0123, 'EUR'), '€0.0123');
  assert.equal(moneyWords(0.2034, 'USD'), '$0.20');
  assert.equal(moneyWords(12.345, 'USD'), '$12.35');
});

test('a month costs what is known of it: what is not known is no zero', () => {
  const counts = { get: 1, put: 1, list: 1, delete: 0, bytesUp: 1, bytesDown: 1 };
  const month = { month: '2027-01', counts, requestsCost: 1, transferCost: 2, baseCost: 0 };
  const { parts, total } = costParts({ ...month, storageCost: null });
  assert.deepEqual(
    parts.map(({ name }) => name),
    ['Requests', 'Downloads', 'Fixed'],
  );
  assert.equal(total, 3);
});

test('where there are no prices, it is told why', () => {
  assert.equal(unpricedWords(COST), undefined);
  const unpriced = { ...COST, currency: null };
  assert.match(unpricedWords(unpriced) ?? '', /prices of Amazon S3 are not known/);
  assert.match(unpricedWords({ ...unpriced, provider: null }) ?? '', /provider .* not known/);
  const own = { id: 'folder', name: 'A folder', isOwn: true };
  assert.equal(
    unpricedWords({ ...unpriced, provider: own }),
    'A folder: nobody bills for requests.',
  );
});

test('the limit is told by what it does', () => {
  assert.match(slowedWords(COST), /Without a limit/);
  assert.match(slowedWords({ ...COST, cap: 2 }), /stays below/);
  assert.match(slowedWords({ ...COST, cap: 2, slowedBy: 3.21 }), /waits 3.2 times as long/);
  const counts = { get: 1, put: 1, list: 1, delete: 0, bytesUp: 1, bytesDown: 1 };
  const month = { month: '2027-01', counts, requestsCost: 0, transferCost: 0, baseCost: 1 };
  const dear = { ...COST, cap: 2, slowedBy: 60, months: [{ ...month, storageCost: 1.5 }] };
  assert.match(slowedWords(dear), /storage alone reaches the limit/);
});

test('a limit is taken as people write amounts, and nothing else is', () => {
  assert.equal(capOf(' 2,5 '), '2.5');
  assert.equal(capOf('2'), '2');
  for (const text of ['', '0', '-1', 'two', '1.234', '2 USD']) assert.equal(capOf(text), undefined);
});

test('what is wrong comes first, and is counted', () => {
  const check = (outcome: 'ok' | 'warning' | 'problem') => ({ id: outcome, outcome, message: '' });
  const checks = [check('ok'), check('warning'), check('problem')];
  assert.deepEqual(
    sortChecks(checks).map(({ outcome }) => outcome),
    ['problem', 'warning', 'ok'],
  );
  assert.equal(checksWords(checks), '1 problem and 1 warning.');
  assert.equal(checksWords([check('ok')]), 'Nothing is wrong with this bucket.');
});

test('S12: what would be freed is told with the week that it waits', () => {
  const condemned = { objects: 2, bytes: 3_000_000 };
  assert.match(pruneLines({ ...PRUNED, condemned }, NOW_MS).join(' '), /2 objects, 3.0 MB.*a week/);
  const waiting = { ...condemned, from: '2027-01-17T12:00:00.000Z' };
  const run = pruneLines({ ...PRUNED, dryRun: false, condemned, waiting }, NOW_MS);
  assert.equal(run[0], 'Marked to be deleted: 2 objects, 3.0 MB.');
  assert.match(run[1] ?? '', /from Sunday,? 17 January on/);
  assert.match(pruneLines({ ...PRUNED, keptWhole: ['Scans'] }, NOW_MS).join(' '), /Scans is not/);
  assert.deepEqual(pruneLines(PRUNED, NOW_MS), [
    'Everything there is needed: there is nothing to free.',
  ]);
});

test('nobody having looked is something else than nothing to free', () => {
  assert.match(reclaimableWords(null), /Nobody has looked/);
  assert.match(reclaimableWords(NOTHING), /Everything/);
  assert.equal(reclaimableWords({ objects: 1, bytes: 1_000 }), '1.0 kB can be freed (1 object).');
});
