import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestCounts } from './meter.ts';
import { type Cost, costOf, type PriceList } from './prices.ts';

const GB = 1_000_000_000;
const PRICES: PriceList = {
  currency: 'USD',
  asOf: '2026-01-01',
  source: 'https://example.org/prices',
  requests: [
    { kinds: ['put', 'list'], perMillion: 5, freePerMonth: 1_000_000 },
    { kinds: ['get'], perMillion: 0.5 },
  ],
  gbBytes: GB,
  storedPerGbMonth: 0.02,
  freeStoredGb: 10,
  downPerGb: 0.1,
};

test('requests of one class share their allowance; what is in no class is free', () => {
  const cost = costOf(counts({ put: 1_500_000, list: 700_000, delete: 9_000_000 }), 0, PRICES);
  const [writes] = cost.items;
  assert.equal(writes?.what, 'writes, listings');
  assert.deepEqual([writes?.quantity, writes?.free], [2_200_000, 1_000_000]);
  assert.equal(cents(cost), 600);
});

test('storage and downloads are priced above what is free', () => {
  const cost = costOf(counts({ get: 2_000_000, bytesDown: 3 * GB }), 60 * GB, PRICES);
  assert.deepEqual(amounts(cost), { requests: 100, storage: 100, download: 30 });
  assert.equal(cents(cost), 230);
  assert.equal(cost.isComplete, true);
});

test('below the allowance nothing is to pay, and nothing is earned', () => {
  const cost = costOf(counts({ put: 10, bytesDown: 0 }), 3 * GB, PRICES);
  assert.equal(cost.total, 0);
  assert.equal(cost.items.find(({ kind }) => kind === 'storage')?.free, 3);
});

test('an unknown amount stored leaves storage out and says so', () => {
  const cost = costOf(counts({ bytesDown: GB }), undefined, PRICES);
  assert.equal(cost.isComplete, false);
  assert.deepEqual(Object.keys(amounts(cost)), ['requests', 'download']);
});

test('downloads may be free in proportion to what is stored', () => {
  const prices = { ...PRICES, freeDownPerStored: 3 };
  assert.equal(amounts(costOf(counts({ bytesDown: 40 * GB }), 10 * GB, prices)).download, 100);
  assert.equal(amounts(costOf(counts({ bytesDown: 30 * GB }), 10 * GB, prices)).download, 0);
});

test('a base fee is paid whatever is used; a minimum only as far as it is missing', () => {
  const base = { ...PRICES, basePerMonth: 5 };
  assert.equal(cents(costOf(counts({ bytesDown: 10 * GB }), 0, base)), 600);
  const minimum = { ...PRICES, minimumPerMonth: 5 };
  assert.deepEqual(amounts(costOf(counts({ bytesDown: 10 * GB }), 0, minimum)), {
    requests: 0,
    storage: 0,
    download: 100,
    minimum: 400,
  });
  assert.equal(cents(costOf(counts({ bytesDown: 100 * GB }), 0, minimum)), 1_000);
});

test('a provider that means GiB is priced in GiB', () => {
  const cost = costOf(counts({}), 20 * 2 ** 30, { ...PRICES, gbBytes: 2 ** 30 });
  const storage = cost.items.find(({ kind }) => kind === 'storage');
  assert.deepEqual([storage?.unit, storage?.quantity], ['GiB', 20]);
  assert.equal(cents(cost), 20);
});

function counts(some: Partial<RequestCounts>): RequestCounts {
  return { get: 0, put: 0, list: 0, delete: 0, bytesUp: 0, bytesDown: 0, ...some };
}

/** In hundredths of the currency, so that sums of floats compare. */
function cents({ total }: Cost): number {
  return Math.round(total * 100);
}

function amounts(cost: Cost): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { kind, amount } of cost.items) {
    sums[kind] = (sums[kind] ?? 0) + Math.round(amount * 100);
  }
  return sums;
}
