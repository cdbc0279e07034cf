/**
 * What a month's requests, storage and downloads cost by a provider's price list. Pure. An
 * estimate, not a bill: taxes, later price tiers and rounding of each provider are left out.
 */
import type { RequestCounts } from './meter.ts';

export interface PriceList {
  /** As the provider lists it; nothing is converted. */
  readonly currency: 'USD' | 'EUR';
  /** When the prices were last known to hold: `2026-09-11`, or `2026-06` where only that is known. */
  readonly asOf: string;
  /** The provider's page that tells the prices of today. */
  readonly source: string;
  /** Groups that are counted and priced together. What is in no group is free. */
  readonly requests: readonly RequestPrice[];
  /** How many bytes a GB is to this provider: 10⁹, or 2³⁰ where it means GiB. */
  readonly gbBytes: number;
  readonly storedPerGbMonth: number;
  /** For what leaves the provider towards the internet. */
  readonly downPerGb: number;
  readonly freeStoredGb?: number;
  readonly freeDownGb?: number;
  /** Downloads that are free for each GB stored: 3 for "three times what you store". */
  readonly freeDownPerStored?: number;
  /** Paid each month whatever is used; the free amounts are what it includes. */
  readonly basePerMonth?: number;
  /** The least that is billed in a month. */
  readonly minimumPerMonth?: number;
}

export type PricedRequest = 'get' | 'put' | 'list' | 'delete';

export interface RequestPrice {
  readonly kinds: readonly PricedRequest[];
  readonly perMillion: number;
  readonly freePerMonth?: number;
}

/** One line of the estimate: `quantity` less `free`, in its unit, makes `amount`. */
export interface CostItem {
  readonly kind: 'requests' | 'storage' | 'download' | 'base' | 'minimum';
  readonly what: string;
  readonly unit: 'requests' | 'GB' | 'GiB' | 'month';
  readonly quantity: number;
  /** How much of the quantity the provider gives for nothing. */
  readonly free: number;
  /** In the currency of the whole. */
  readonly amount: number;
}

export interface Cost {
  readonly currency: PriceList['currency'];
  readonly asOf: string;
  readonly items: readonly CostItem[];
  readonly total: number;
  /** False where the amount stored is not known: storage is missing, downloads may be too dear. */
  readonly isComplete: boolean;
}

/**
 * The cost of one calendar month.
 *
 * @param counts the month's requests, of all devices where they are known.
 * @param storedBytes the average stored over the month, or undefined where that is not known.
 */
export function costOf(
  counts: RequestCounts,
  storedBytes: number | undefined,
  prices: PriceList,
): Cost {
  const used = [
    ...prices.requests.map((price) => requestItem(counts, price)),
    ...(storedBytes === undefined ? [] : [storageItem(storedBytes, prices)]),
    downloadItem(counts.bytesDown, storedBytes ?? 0, prices),
    ...(prices.basePerMonth === undefined
      ? []
      : [monthly('base', 'base fee', prices.basePerMonth)]),
  ];
  const missing = (prices.minimumPerMonth ?? 0) - totalOf(used);
  const items =
    missing > 0 ? [...used, monthly('minimum', 'up to the monthly minimum', missing)] : used;
  return {
    currency: prices.currency,
    asOf: prices.asOf,
    items,
    total: totalOf(items),
    isComplete: storedBytes !== undefined,
  };
}

const REQUEST_NAMES: Readonly<Record<PricedRequest, string>> = {
  get: 'reads',
  put: 'writes',
  list: 'listings',
  delete: 'deletions',
};

function requestItem(counts: RequestCounts, price: RequestPrice): CostItem {
  const quantity = price.kinds.reduce((sum, kind) => sum + counts[kind], 0);
  return item({
    kind: 'requests',
    what: price.kinds.map((kind) => REQUEST_NAMES[kind]).join(', '),
    unit: 'requests',
    quantity,
    free: price.freePerMonth ?? 0,
    unitPrice: price.perMillion / 1_000_000,
  });
}

function storageItem(storedBytes: number, prices: PriceList): CostItem {
  return item({
    kind: 'storage',
    what: 'storage',
    unit: gbName(prices),
    quantity: storedBytes / prices.gbBytes,
    free: prices.freeStoredGb ?? 0,
    unitPrice: prices.storedPerGbMonth,
  });
}

function downloadItem(bytesDown: number, storedBytes: number, prices: PriceList): CostItem {
  const freeByStorage = (prices.freeDownPerStored ?? 0) * (storedBytes / prices.gbBytes);
  return item({
    kind: 'download',
    what: 'downloads',
    unit: gbName(prices),
    quantity: bytesDown / prices.gbBytes,
    free: (prices.freeDownGb ?? 0) + freeByStorage,
    unitPrice: prices.downPerGb,
  });
}

function item(line: Omit<CostItem, 'amount'> & { readonly unitPrice: number }): CostItem {
  const { unitPrice, ...rest } = line;
  const free = Math.min(line.free, line.quantity);
  return { ...rest, free, amount: (line.quantity - free) * unitPrice };
}

function monthly(kind: 'base' | 'minimum', what: string, amount: number): CostItem {
  return { kind, what, unit: 'month', quantity: 1, free: 0, amount };
}

function gbName(prices: PriceList): 'GB' | 'GiB' {
  return prices.gbBytes === 2 ** 30 ? 'GiB' : 'GB';
}

function totalOf(items: readonly CostItem[]): number {
  return items.reduce((sum, { amount }) => sum + amount, 0);
}
