/** How long saves take until the bucket has them. */
import { addLatency, type Latency, saveTimes } from '../replica/daily.ts';
import { type Engine, selfId } from '../sync/engine.ts';
import { dayOf } from './usage.ts';

/** Notes how long the saves in commits of this device took, now that the bucket has them. */
export function noteLatencies(
  engine: Engine,
  collection: string,
  sent: { readonly afterN: number; readonly upToN: number },
): void {
  const { db } = engine;
  const nowMs = engine.clock.now();
  const day = dayOf(nowMs);
  for (const { timeMs, saves } of saveTimes(db, collection, selfId(engine), sent)) {
    addLatency(db, day, { latencyMs: roundLatencyMs(nowMs - timeMs), saves });
  }
}

/** To two digits, so that a day has few different ones. A clock that was set back makes it 0. Pure. */
export function roundLatencyMs(latencyMs: number): number {
  return Math.round(Number(Math.max(0, latencyMs).toPrecision(2)));
}

/**
 * The latency within which this share of the saves got through (nearest rank); undefined for none.
 * Pure.
 * @param latencies the shortest first.
 */
export function percentileMs(latencies: readonly Latency[], share: number): number | undefined {
  const total = latencies.reduce((sum, { saves }) => sum + saves, 0);
  const rank = Math.ceil(total * share);
  let passed = 0;
  for (const { latencyMs, saves } of latencies) {
    passed += saves;
    if (passed >= rank) return latencyMs;
  }
  return undefined;
}
