/** What was asked of the bucket, by month: kept on this device, for this device's own requests. */
import { type Database, integer, text } from './database.ts';

/** By what is counted, such as `put`. */
export type Usage = Readonly<Record<string, number>>;

/** @param month such as `2026-11`, in UTC, as bills are. */
export function addUsage(db: Database, month: string, more: Usage): void {
  db.transaction(() => {
    for (const [name, value] of Object.entries(more)) {
      if (value === 0) continue;
      db.run(
        `INSERT INTO usage (month, name, value) VALUES (?, ?, ?)
         ON CONFLICT (month, name) DO UPDATE SET value = value + excluded.value`,
        month,
        name,
        value,
      );
    }
  });
}

/** The usage of every month there is, newest first. */
export function allUsage(db: Database): ReadonlyMap<string, Usage> {
  const months = new Map<string, Record<string, number>>();
  for (const row of db.all('SELECT month, name, value FROM usage ORDER BY month DESC, name')) {
    const month = text(row, 'month');
    const usage = months.get(month) ?? {};
    usage[text(row, 'name')] = integer(row, 'value');
    months.set(month, usage);
  }
  return months;
}
