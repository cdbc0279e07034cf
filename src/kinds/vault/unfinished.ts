/**
 * Records that have to stay stale although something of them was just noted: what is on the device
 * is known, and is not yet what they show.
 */
import type { CollectionPort, RecordId, Shown } from '../../sync/kind.ts';

/** Runs `note`, after which the records are stale, all in one transaction. */
export function keepStale(
  port: CollectionPort,
  records: readonly RecordId[],
  note: () => void,
): void {
  port.transaction(() => {
    note();
    for (const record of records) port.markStale(record);
  });
}

/** Notes where a record's file is now; what the record shows is still to come. */
export function placedUnfinished(port: CollectionPort, shown: Shown): void {
  keepStale(port, [shown.record], () => port.placed(shown));
}
