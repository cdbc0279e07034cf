/** Detailed traces of the collections for which a person asks: names and numbers for the text log. */
import type { SyncResult } from '../api/status.ts';
import { nameOf } from '../app/collection-list.ts';
import { tracedCollections } from '../app/preferences.ts';
import type { Session } from '../app/session.ts';
import type { Due } from '../app/watch-due.ts';
import type { TextLog } from './log.ts';

type Part = SyncResult['collections'][number];

const DUE_WORDS: Readonly<Record<Due, string>> = {
  poll: 'a poll',
  publish: 'a round that sends',
  look: 'a look at the folder',
};

/** What the loop did: a round, which has no result where it failed, or a look at a folder. */
interface Turn {
  readonly due: Due;
  readonly tookMs: number;
  readonly result: SyncResult | undefined;
}

export function traceTurn(log: TextLog, session: Session, { due, tookMs, result }: Turn): void {
  const ids = tracedCollections(session.live());
  if (ids.size === 0) return;
  const traced = new Set([...ids].map((id) => nameOf(session, id)));
  const lines =
    result === undefined ? turnTrace(due, tookMs, traced) : roundTrace(due, result, traced);
  for (const line of lines) log.write('trace', line);
}

export function traceNotice(log: TextLog, session: Session, collection: string): void {
  if (!tracedCollections(session.live()).has(collection)) return;
  log.write('trace', `${nameOf(session, collection)}: something changed in the folder`);
}

/** One line for each traced collection that a round was about, and for each problem in it. */
function roundTrace(due: Due, result: SyncResult, traced: ReadonlySet<string>): string[] {
  const parts = result.collections.filter(({ name }) => traced.has(name));
  const { get, put, list, delete: removed, bytesUp, bytesDown } = result.requests;
  const requests = `${get} get, ${put} put, ${list} list, ${removed} delete`;
  const traffic = `${requests}; ${bytesUp} bytes up, ${bytesDown} down`;
  return parts.flatMap((part) => [
    `${part.name}: ${DUE_WORDS[due]} took ${result.durationMs} ms: ${partWords(part)}; ${traffic}`,
    ...part.failed.map(({ path, error }) => `${part.name}: not carried: ${path}: ${error}`),
    ...part.leftOut.map(({ path, error }) => `${part.name}: left out: ${path}: ${error}`),
  ]);
}

/** What there is to tell without a result: a failed round, or a look at a folder. */
function turnTrace(due: Due, tookMs: number, traced: ReadonlySet<string>): string[] {
  return [...traced].map((name) => `${name}: ${DUE_WORDS[due]} took ${Math.round(tookMs)} ms`);
}

function partWords({ published, applied, conflicts, held }: Part): string {
  return (
    `${published.versions} sent (${published.bytes} bytes), ` +
    `${applied.versions} brought (${applied.bytes} bytes), ${conflicts} conflicts, ${held} held`
  );
}
