/** How well this device keeps up, and what all devices saved, by day (such as 2026-11-21, UTC). */
import { type Database, integer, text } from './database.ts';
import type { Usage } from './usage.ts';

export function addDailyUsage(db: Database, day: string, more: Usage): void {
  for (const [name, value] of Object.entries(more)) {
    if (value === 0) continue;
    db.run(
      `INSERT INTO daily_usage (day, name, value) VALUES (?, ?, ?)
       ON CONFLICT (day, name) DO UPDATE SET value = value + excluded.value`,
      day,
      name,
      value,
    );
  }
}

/** The usage of each day from this one on, oldest first. */
export function dailyUsage(db: Database, fromDay: string): ReadonlyMap<string, Usage> {
  const days = new Map<string, Record<string, number>>();
  const rows = db.all(
    'SELECT day, name, value FROM daily_usage WHERE day >= ? ORDER BY day',
    fromDay,
  );
  for (const row of rows) {
    const day = text(row, 'day');
    const usage = days.get(day) ?? {};
    usage[text(row, 'name')] = integer(row, 'value');
    days.set(day, usage);
  }
  return days;
}

/** Saves that took equally long until the bucket had them. */
export interface Latency {
  readonly latencyMs: number;
  readonly saves: number;
}

export function addLatency(db: Database, day: string, { latencyMs, saves }: Latency): void {
  db.run(
    `INSERT INTO daily_latencies (day, latency_ms, saves) VALUES (?, ?, ?)
     ON CONFLICT (day, latency_ms) DO UPDATE SET saves = saves + excluded.saves`,
    day,
    latencyMs,
    saves,
  );
}

/** The latencies of each day from this one on, the shortest first. */
export function dailyLatencies(
  db: Database,
  fromDay: string,
): ReadonlyMap<string, readonly Latency[]> {
  const days = new Map<string, Latency[]>();
  const rows = db.all(
    `SELECT day, latency_ms, saves FROM daily_latencies WHERE day >= ?
     ORDER BY day, latency_ms`,
    fromDay,
  );
  for (const row of rows) {
    const day = text(row, 'day');
    const latencies = days.get(day) ?? [];
    latencies.push({ latencyMs: integer(row, 'latency_ms'), saves: integer(row, 'saves') });
    days.set(day, latencies);
  }
  return days;
}

export function dropDaysBefore(db: Database, day: string): void {
  db.run('DELETE FROM daily_usage WHERE day < ?', day);
  db.run('DELETE FROM daily_latencies WHERE day < ?', day);
}

/** When versions of one device's commits were saved, and how many at each time. */
export function saveTimes(
  db: Database,
  collection: string,
  device: string,
  { afterN, upToN }: { readonly afterN: number; readonly upToN: number },
): { readonly timeMs: number; readonly saves: number }[] {
  return db
    .all(
      `SELECT time, count(*) AS saves FROM versions INDEXED BY versions_by_number
       WHERE collection = ? AND device = ? AND n > ? AND n <= ? GROUP BY time`,
      collection,
      device,
      afterN,
      upToN,
    )
    .map((row) => ({ timeMs: integer(row, 'time'), saves: integer(row, 'saves') }));
}

export interface SavesOfDay {
  readonly day: string;
  readonly device: string;
  readonly saves: number;
}

/** What each device saved in these collections, by the day of its commits, oldest first. */
export function savesByDayAndDevice(
  db: Database,
  collections: readonly string[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): SavesOfDay[] {
  return db
    .all(
      `SELECT date(c.time / 1000, 'unixepoch') AS day, c.device, count(*) AS saves
       FROM commits c JOIN versions v INDEXED BY versions_by_number
         ON v.collection = c.collection AND v.device = c.device AND v.n = c.n
       WHERE c.collection IN (SELECT value FROM json_each(?)) AND c.time BETWEEN ? AND ?
       GROUP BY 1, 2 ORDER BY 1, 2`,
      JSON.stringify(collections),
      fromMs,
      toMs,
    )
    .map((row) => ({
      day: text(row, 'day'),
      device: text(row, 'device'),
      saves: integer(row, 'saves'),
    }));
}
