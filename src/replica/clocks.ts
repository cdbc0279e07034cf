/** Up to which number each device's commits are applied, per collection; where identities ended. */
import type { Clock } from '../format/commit.ts';
import type { Ended } from '../format/head.ts';
import { type Database, integer, text } from './database.ts';

export function clockOf(db: Database, collection: string): Clock {
  return db.once('clocks', collection, () => {
    const rows = db.all('SELECT device, n, tag FROM clocks WHERE collection = ?', collection);
    return Object.fromEntries(
      rows.map((row) => [text(row, 'device'), [integer(row, 'n'), text(row, 'tag')]]),
    );
  });
}

/** The clock without one device's entry: a commit's author leaves out its own. */
export function clockOfOthers(db: Database, collection: string, self: string): Clock {
  const { [self]: _own, ...clock } = clockOf(db, collection);
  return clock;
}

/** The number up to which a device's commits are applied; 0 for none. */
export function appliedUpTo(db: Database, collection: string, device: string): number {
  return clockOf(db, collection)[device]?.[0] ?? 0;
}

export function setClock(
  db: Database,
  collection: string,
  device: string,
  n: number,
  tag: string,
): void {
  db.run(
    'INSERT OR REPLACE INTO clocks (collection, device, n, tag) VALUES (?, ?, ?, ?)',
    collection,
    device,
    n,
    tag,
  );
}

export function removeClock(db: Database, collection: string, device: string): void {
  db.run('DELETE FROM clocks WHERE collection = ? AND device = ?', collection, device);
}

/** For each identity that ended, its last number in a collection. */
export function endsOf(db: Database, collection: string): ReadonlyMap<string, number> {
  return db.once('ended', collection, () => {
    const rows = db.all('SELECT device, n FROM ended WHERE collection = ?', collection);
    return new Map(rows.map((row) => [text(row, 'device'), integer(row, 'n')]));
  });
}

export function allEnds(db: Database): Ended {
  const ends: Record<string, Record<string, number>> = {};
  for (const row of db.all('SELECT device, collection, n FROM ended')) {
    const device = text(row, 'device');
    ends[device] = { ...ends[device], [text(row, 'collection')]: integer(row, 'n') };
  }
  return ends;
}

/** Notes an end; the lowest wins. Returns whether it was news. */
export function noteEnd(db: Database, device: string, collection: string, n: number): boolean {
  const changes = db.run(
    `INSERT INTO ended (device, collection, n) VALUES (?, ?, ?)
     ON CONFLICT (device, collection) DO UPDATE SET n = excluded.n WHERE excluded.n < n`,
    device,
    collection,
    n,
  );
  return changes > 0;
}
