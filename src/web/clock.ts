/** The page's clock and timers: the only place that reads the one and sets the others. */
import { useSyncExternalStore } from 'react';

/** As often as words such as "3 minutes ago" have to be looked at again. */
const TICK_MS = 5_000;

const listeners = new Set<() => void>();
let nowMs = Date.now();
let ticking: number | undefined;

function tick(): void {
  nowMs = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  ticking ??= window.setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.clearInterval(ticking);
    ticking = undefined;
  };
}

function snapshot(): number {
  // Without listeners nothing keeps the time up to date.
  if (ticking === undefined) nowMs = Date.now();
  return nowMs;
}

/** Milliseconds since 1970, renewed every few seconds. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, snapshot);
}

/** Does something after a while. @returns what cancels it. */
export function after(delayMs: number, action: () => void): () => void {
  const timer = window.setTimeout(action, delayMs);
  return () => window.clearTimeout(timer);
}
