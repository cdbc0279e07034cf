/** What this month costs, where it is heading, and how much polls are slowed for a monthly cap. */
import type { CostReport } from '../api/bucket.ts';
import { firstEventTime } from '../replica/events.ts';
import type { RequestCounts } from '../store/meter.ts';
import type { Cost, CostItem } from '../store/prices.ts';
import { type ProviderPreset, priceOf } from '../store/provider.ts';
import { pollStretch } from '../sync/cost-cap.ts';
import { countsOfMonth, type MonthCost, readCost, toCounts } from './cost.ts';
import type { Settings } from './home.ts';
import { providerOf } from './provider.ts';
import type { Session } from './session.ts';
import { lastStoredBytes } from './storage.ts';
import { monthOf } from './usage.ts';

/** All of the report but the days. */
export type CostOfMonths = Omit<CostReport, 'days'>;

/**
 * What the months cost by the provider's price list: requests and transfers of this device, and what
 * was in the bucket when it was last listed (see `listBucket`). Asks nothing of the bucket.
 */
export async function readCostOfMonths(session: Session): Promise<CostOfMonths> {
  const { months, provider } = await readCost(session, { storage: false });
  const preset = providerOf(session.settings.bucket);
  const nowMs = session.engine.clock.now();
  const storedBytes = lastStoredBytes(session);
  const current = months.find(({ month }) => month === monthOf(nowMs));
  const priced = months.map((month) => pricedMonth(month, preset, current, storedBytes));
  const forecast =
    current === undefined
      ? undefined
      : forecastCounts(current.counts, { nowMs, sinceMs: countedSinceMs(session, nowMs, months) });
  const outlook =
    preset === undefined || forecast === undefined
      ? undefined
      : priceOf(preset, { counts: forecast, storedBytes });
  return {
    provider: provider ?? null,
    currency: preset?.prices?.currency ?? null,
    months: priced,
    forecast: outlook?.total ?? null,
    cap: costCap(session.live()) ?? null,
    slowedBy: readPollStretch(session),
  };
}

function pricedMonth(
  { month, counts, cost }: MonthCost,
  preset: ProviderPreset | undefined,
  current: MonthCost | undefined,
  storedBytes: number | undefined,
): CostOfMonths['months'][number] {
  // What is stored now says nothing about months gone by.
  const isNow = month === current?.month && preset !== undefined && storedBytes !== undefined;
  const whole = isNow ? priceOf(preset, { counts, storedBytes }) : cost;
  const amount = (...kinds: readonly CostItem['kind'][]): number | null =>
    whole === undefined ? null : amountOf(whole, kinds);
  return {
    month,
    counts,
    requestsCost: amount('requests'),
    transferCost: amount('download'),
    storageCost: whole?.isComplete === true ? amount('storage') : null,
    baseCost: amount('base', 'minimum'),
  };
}

function amountOf({ items }: Cost, kinds: readonly CostItem['kind'][]): number {
  const chosen = items.filter(({ kind }) => kinds.includes(kind));
  return chosen.reduce((sum, { amount }) => sum + amount, 0);
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * What a month comes to if the rest of it is like the part that was counted; undefined where that
 * is less than a day. Pure.
 * @param span.sinceMs from when on requests were counted, in this month or before.
 */
export function forecastCounts(
  counts: RequestCounts,
  { nowMs, sinceMs }: { readonly nowMs: number; readonly sinceMs: number },
): RequestCounts | undefined {
  const { startMs, endMs } = monthAround(nowMs);
  const countedMs = nowMs - Math.max(startMs, sinceMs);
  if (countedMs < DAY_MS) return undefined;
  const factor = 1 + (endMs - nowMs) / countedMs;
  const { get, put, list, bytesUp, bytesDown } = counts;
  return {
    get: get * factor,
    put: put * factor,
    list: list * factor,
    delete: counts.delete * factor,
    bytesUp: bytesUp * factor,
    bytesDown: bytesDown * factor,
  };
}

/** The month of a moment, UTC, as bills are; its end is the beginning of the next. */
function monthAround(nowMs: number): { readonly startMs: number; readonly endMs: number } {
  const now = new Date(nowMs);
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  return { startMs: Date.UTC(year, month, 1), endMs: Date.UTC(year, month + 1, 1) };
}

/** Since the month began where there were others before; else since this device began. */
function countedSinceMs(session: Session, nowMs: number, months: readonly MonthCost[]): number {
  const { startMs } = monthAround(nowMs);
  return months.length > 1 ? startMs : (firstEventTime(session.engine.db) ?? startMs);
}

/** The setting: what this device's requests may make of a month's cost; undefined for no cap. */
export function costCap(settings: Settings): number | undefined {
  const value = settings.preferences?.['cost.cap'];
  return typeof value === 'number' && value > 0 ? value : undefined;
}

/**
 * By what factor polls are to be slower than usual, so that the month stays below the cap (see
 * `pollStretch`); 1 where there is no cap, or no price is known. Cheap: for each poll.
 */
export function readPollStretch(session: Session): number {
  const cap = costCap(session.live());
  const preset = cap === undefined ? undefined : providerOf(session.settings.bucket);
  if (cap === undefined || preset?.prices === undefined) return 1;
  const nowMs = session.engine.clock.now();
  const storedBytes = lastStoredBytes(session);
  const counts = countsOfMonth(session, monthOf(nowMs));
  const totalOf = (asked: RequestCounts): number =>
    priceOf(preset, { counts: asked, storedBytes })?.total ?? 0;
  const paidAnyway = totalOf(toCounts({}));
  const { startMs, endMs } = monthAround(nowMs);
  return pollStretch({
    spent: totalOf(counts) - paidAnyway,
    budget: cap - paidAnyway,
    monthShare: (nowMs - startMs) / (endMs - startMs),
  });
}
