/**
 * Records that have to stay stale although something of them was just noted: what is on the device
 * is known, and is not yet what they show. The port notes a record and marks it stale in two
 * transactions; a note of ours around them makes that one, whatever happens in between.
 */
import type { CollectionPort, RecordId, Shown } from '../../sync/kind.ts';

const NOTE = 'look-again';

/** Runs `note`, after which the records are stale: at once, or when `lookAgain` is next called. */
export function keepStale(
  port: CollectionPort,
  records: readonly RecordId[],
  note: () => void,
): void {
  if (records.length > 0) port.setNote(NOTE, JSON.stringify(records));
  note();
  if (records.length > 0) lookAgain(port);
}

/** Notes where a record's file is now; what the record shows is still to come. */
export function placedUnfinished(port: CollectionPort, shown: Shown): void {
  keepStale(port, [shown.record], () => port.placed(shown));
}

/** Ends what a crash interrupted. */
export function lookAgain(port: CollectionPort): void {
  const text = port.note(NOTE) ?? '';
  if (text === '') return;
  const records: readonly RecordId[] = JSON.parse(text);
  for (const record of records) port.markStale(record);
  port.setNote(NOTE, '');
}
