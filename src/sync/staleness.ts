/**
 * S6: what is put out was planned before, and files may have been on their way for minutes since. A
 * decision of a person, at the page or in another process, or new ignore rules may have come in
 * between: then the record stays stale, and has another turn.
 */
import { nextSequence } from '../replica/meta.ts';
import { markStale, newsOf, STALE_RANK, unmarkStale } from '../replica/shown.ts';
import type { Engine } from './engine.ts';

export interface Staleness {
  /** What is planned for these records now heeds all that marked them until now. */
  startOn(records: readonly string[]): void;
  /** The kind asks for another look at its own work: no news. */
  markStale(record: string): void;
  /** The work on a record is done: it is not stale any more, unless there was news. */
  finish(record: string): void;
}

export function stalenessIn({ db }: Engine, collection: string): Staleness {
  /** What had marked each record when work on it began. */
  let begun = new Map<string, number | undefined>();
  const hasNews = (record: string): boolean =>
    begun.has(record) && newsOf(db, collection, record) !== begun.get(record);
  return {
    startOn(records) {
      begun = new Map(records.map((record) => [record, newsOf(db, collection, record)]));
    },
    markStale(record) {
      const seq = nextSequence(db);
      const isOwn = begun.has(record) && !hasNews(record);
      markStale(db, collection, record, seq, STALE_RANK.ordinary);
      if (isOwn) begun.set(record, seq);
    },
    finish(record) {
      if (hasNews(record)) return;
      unmarkStale(db, collection, record);
      if (begun.has(record)) begun.set(record, undefined);
    },
  };
}
