/** What has changed in a folder since a cursor, for editors that follow it. */
import type { changesRoute } from '../api/files.ts';
import type { AnswerOf } from '../api/route.ts';
import { SatchelError } from '../base/errors.ts';
import { REGISTRY_ID, recordIdOf } from '../format/ids.ts';
import { type BeforeRow, goneAfter, keptAfter, newestRev, shownAtRev } from '../replica/changes.ts';
import { noteOrders, ordersAfter, type ToldOrder } from '../replica/orders.ts';
import { outboxEntry } from '../replica/outbox.ts';
import { type ShownRow, shownAfter, shownOf } from '../replica/shown.ts';
import { currentVersionsOf } from '../replica/versions.ts';
import { claimOfOrders } from '../sync/registry.ts';
import { findCollection } from './collection-list.ts';
import { deviceNames } from './devices.ts';
import type { Session } from './session.ts';

export type Changes = AnswerOf<typeof changesRoute>;
type Change = Changes['changes'][number];

/** A row of the replica that tells of a change, by its number. */
type Found =
  | { readonly kind: 'shown'; readonly row: ShownRow }
  | { readonly kind: 'gone'; readonly row: BeforeRow }
  | { readonly kind: 'order'; readonly row: ToldOrder };

/**
 * Changes after a cursor, oldest first, of each file the last one. Without a cursor none, and the
 * cursor of now.
 * @throws SatchelError `usage` where the cursor is too old to tell what went since, or of a replica
 *   that was built anew.
 */
export function changesSince(
  session: Session,
  name: string,
  cursor: number | undefined,
  limit: number,
): Changes {
  const { db } = session.engine;
  const { id } = findCollection(session, name);
  return db.transaction(() => {
    noteOrders(db, REGISTRY_ID, claimOfOrders(id), id);
    const newest = newestRev(db);
    if (cursor === undefined) return { cursor: newest, more: false, changes: [] };
    if (cursor > newest || (cursor > 0 && cursor < keptAfter(db, id))) throw unknownCursor(cursor);
    const found = [
      ...shownAfter(db, id, cursor, limit + 1).map((row): Found => ({ kind: 'shown', row })),
      ...goneAfter(db, id, cursor, limit + 1).map((row): Found => ({ kind: 'gone', row })),
      ...ordersAfter(db, id, cursor, limit + 1).map((row): Found => ({ kind: 'order', row })),
    ].sort((a, b) => a.row.rev - b.row.rev);
    const more = found.length > limit;
    const until = more ? (found[limit - 1]?.row.rev ?? newest) : newest;
    const tell = teller(session, id, cursor, until);
    return {
      cursor: until,
      more,
      changes: found.filter(({ row }) => row.rev <= until).flatMap(tell),
    };
  });
}

/** The number of the newest change on this device. */
export function newestChange({ engine }: Session): number {
  return newestRev(engine.db);
}

function unknownCursor(cursor: number): SatchelError {
  return new SatchelError(
    'usage',
    `From the cursor ${cursor} on it is not known what has changed.`,
    {
      hint: 'Look at everything once more, then go on from the cursor of now.',
    },
  );
}

/** What a row says of the range of this answer, in words of the API; nothing where another says it. */
function teller(
  session: Session,
  collection: string,
  cursor: number,
  until: number,
): (found: Found) => readonly Change[] {
  const { db } = session.engine;
  const save = saves(session);
  return (found) => {
    if (found.kind === 'order') {
      const { folder, rev } = found.row;
      const record = recordIdOf(`order/${collection}/${folder}`);
      return [{ path: folder, rev, change: 'reordered', ...save(REGISTRY_ID, record) }];
    }
    const { record, place, rev, hash } = found.row;
    // A folder of its own is no file.
    if (hash === '') return [];
    const by = save(collection, record);
    if (found.kind === 'shown') {
      const from = shownAtRev(db, collection, record, cursor)?.place ?? place;
      if (from === place) return [{ path: place, rev, change: 'written', ...by }];
      return [{ path: place, from, rev, change: 'moved', ...by }];
    }
    const now = shownOf(db, collection, record);
    if (now === undefined) return [{ path: place, rev, change: 'deleted', ...by }];
    // What came of it is told in this answer, or in a later one that no longer knows of this place.
    if (now.rev <= until || now.place === place) return [];
    return [{ path: now.place, from: place, rev: now.rev, change: 'moved', ...by }];
  };
}

/** When and where the newest version of a record was saved. */
function saves(
  session: Session,
): (collection: string, record: string) => Pick<Change, 'time' | 'device'> {
  const { engine, context, settings } = session;
  const nameOf = deviceNames(session);
  return (collection, record) => {
    const pending = outboxEntry(engine.db, collection, record);
    const versions = currentVersionsOf(engine.db, collection, record).map((one) => one.version);
    if (pending !== undefined) versions.push(pending.version);
    const [newest] = versions.map(({ stamp }) => stamp).sort((a, b) => b[0] - a[0]);
    // A file that was deleted before it was ever sent has no version: it was this device, just now.
    const [timeMs, device] = newest ?? [context.clock.now(), undefined];
    const name = device === undefined ? settings.deviceName : nameOf(device);
    return { time: new Date(timeMs).toISOString(), device: name };
  };
}
