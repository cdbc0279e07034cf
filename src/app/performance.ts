/** How well this device keeps up, and how much all devices save, by day. */
import type { PerformanceDay } from '../api/performance.ts';
import { dailyLatencies, dailyUsage, savesByDayAndDevice } from '../replica/daily.ts';
import { selfId } from '../sync/engine.ts';
import { listCollections } from './collection-list.ts';
import { deviceNames } from './devices.ts';
import { percentileMs } from './latency.ts';
import type { Session } from './session.ts';
import { dayOf } from './usage.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The last days on which there was anything, oldest first, each device by itself. What others asked
 * of the bucket and how long that took they count for themselves, and tell nobody.
 * @param days how many, today included.
 */
export function readPerformance(session: Session, days: number): PerformanceDay[] {
  const { engine } = session;
  session.noteUsage();
  const toMs = engine.clock.now();
  const fromDay = dayOf(toMs - (days - 1) * DAY_MS);
  const here = listCollections(session).filter(({ folder }) => folder !== undefined);
  const ids = here.map(({ id }) => id);
  const range = { fromMs: Date.parse(fromDay), toMs: toMs + DAY_MS };
  const saved = savesByDayAndDevice(engine.db, ids, range);
  const self = selfId(engine);
  const nameOf = deviceNames(session);
  const others = saved
    .filter(({ device }) => device !== self)
    .map(({ day, device, saves }) => ({ ...ELSEWHERE, day, device: nameOf(device), saves }));
  const ownSaves = new Map(
    saved.filter(({ device }) => device === self).map(({ day, saves }) => [day, saves]),
  );
  const usage = dailyUsage(engine.db, fromDay);
  const latencies = dailyLatencies(engine.db, fromDay);
  const ownDays = new Set([...ownSaves.keys(), ...usage.keys(), ...latencies.keys()]);
  const own = [...ownDays].map((day): PerformanceDay => {
    const { bytesUp = 0, bytesDown = 0, retries = 0 } = usage.get(day) ?? {};
    const ofDay = latencies.get(day) ?? [];
    return {
      day,
      device: nameOf(self),
      self: true,
      saves: ownSaves.get(day) ?? 0,
      publishP50Ms: percentileMs(ofDay, 0.5) ?? null,
      publishP95Ms: percentileMs(ofDay, 0.95) ?? null,
      bytesUp,
      bytesDown,
      retries,
    };
  });
  return [...own, ...others].sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
}

const ELSEWHERE = {
  self: false,
  publishP50Ms: null,
  publishP95Ms: null,
  bytesUp: null,
  bytesDown: null,
  retries: null,
} as const;
