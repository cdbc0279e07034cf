/** Orders of folders as they were last told to programs that follow changes (see changes.ts). */
import { nextRev } from './changes.ts';
import { type Database, integer, type Row, text } from './database.ts';

export interface ToldOrder {
  readonly folder: string;
  /** The number of the change. */
  readonly rev: number;
}

/**
 * Gives a number to each order that is another than when it was last told. They are records of the
 * registry, which nothing shows on the device.
 * @param claim below it stand their claims.
 */
export function noteOrders(
  db: Database,
  registry: string,
  claim: string,
  collection: string,
): void {
  db.transaction(() => {
    const changed = db.all(
      `SELECT r.fields ->> '$.folder' AS folder, r.fields FROM records r INDEXED BY records_by_claim
       LEFT JOIN orders o ON o.collection = ? AND o.folder = r.fields ->> '$.folder'
       WHERE r.collection = ? AND r.claim > ? AND r.claim < ? AND r.is_live = 1
       AND o.fields IS NOT r.fields`,
      collection,
      registry,
      `${claim}/`,
      `${claim}0`,
    );
    for (const row of changed) {
      db.run(
        'INSERT OR REPLACE INTO orders (collection, folder, rev, fields) VALUES (?, ?, ?, ?)',
        collection,
        text(row, 'folder'),
        nextRev(db),
        text(row, 'fields'),
      );
    }
  });
}

/** The orders that changed after a number, in that order. */
export function ordersAfter(
  db: Database,
  collection: string,
  rev: number,
  limit: number,
): ToldOrder[] {
  return db
    .all(
      'SELECT folder, rev FROM orders WHERE collection = ? AND rev > ? ORDER BY rev LIMIT ?',
      collection,
      rev,
      limit,
    )
    .map(toTold);
}

function toTold(row: Row): ToldOrder {
  return { folder: text(row, 'folder'), rev: integer(row, 'rev') };
}
