/** The sides of a conflict, or the last two versions, as texts to compare. */
import { concat, utf8Text } from '../base/bytes.ts';
import { isErrorKind } from '../base/errors.ts';
import type { Version } from '../format/commit.ts';
import { commonAncestor, historyOf } from '../sync/history.ts';
import { conflictSides } from '../sync/records.ts';
import { contentOf } from './content.ts';
import { deviceNames } from './devices.ts';
import { type FoundRecord, readArchivesIfReachable } from './records.ts';
import type { Session } from './session.ts';

export interface Comparison {
  readonly collection: string;
  readonly path: string;
  /** What both came from; without a conflict, the version before. Null where none is known. */
  readonly base: ComparedSide | null;
  /** What this device shows. */
  readonly local: ComparedSide | null;
  /** The other sides of a conflict; empty without one. */
  readonly remotes: readonly ComparedSide[];
}

export interface ComparedSide {
  readonly version: string;
  readonly device: string;
  /** ISO 8601. */
  readonly time: string;
  readonly size: number | null;
  /** Why there is no text to compare, where there is none. */
  readonly content: 'text' | 'binary' | 'large' | 'folder' | 'deleted' | 'missing';
  readonly text: string | null;
}

/** Longer sides are not compared line by line. */
const COMPARED_MAX_BYTES = 4 * 1024 * 1024;

/** The sides of a conflict and what they came from; else the version before and the present. */
export async function compareSides(session: Session, found: FoundRecord): Promise<Comparison> {
  const { engine } = session;
  const { id, name } = found.collection;
  await readArchivesIfReachable(session, id);
  const { sides } = conflictSides(engine, id, found.record);
  const [local, ...remotes] = sides.map((side) => side.lead.version);
  const base = baseOf(session, found, local, remotes[0]);
  const inWords = async (version: Version | undefined): Promise<ComparedSide | null> =>
    version === undefined ? null : await compared(session, found, version);
  return {
    collection: name,
    path: found.path,
    base: await inWords(base),
    local: await inWords(local),
    remotes: await Promise.all(remotes.map((version) => compared(session, found, version))),
  };
}

function baseOf(
  session: Session,
  found: FoundRecord,
  local: Version | undefined,
  remote: Version | undefined,
): Version | undefined {
  const history = historyOf(session.engine, found.collection.id, found.record);
  if (local === undefined || remote === undefined) {
    const earlier = history.map((known) => known.version).filter(({ id }) => id !== local?.id);
    return earlier.find((version) => version.gone !== true && version.hash !== local?.hash);
  }
  const startOf = (version: Version): string[] => [version.id, ...(version.parents ?? [])];
  return commonAncestor(history, startOf(local), startOf(remote))?.version;
}

async function compared(
  session: Session,
  found: FoundRecord,
  version: Version,
): Promise<ComparedSide> {
  const [timeMs, author] = version.stamp;
  return {
    version: version.id,
    device: deviceNames(session)(author),
    time: new Date(timeMs).toISOString(),
    size: version.size ?? null,
    ...(await textOf(session, found, version)),
  };
}

type Text = Pick<ComparedSide, 'content' | 'text'>;

async function textOf(session: Session, found: FoundRecord, version: Version): Promise<Text> {
  if (version.gone === true) return { content: 'deleted', text: null };
  if (version.hash === undefined) return { content: 'folder', text: null };
  if ((version.size ?? 0) > COMPARED_MAX_BYTES) return { content: 'large', text: null };
  const parts: Uint8Array[] = [];
  try {
    for await (const part of contentOf(session, found, version)) parts.push(part);
  } catch (error) {
    if (!isErrorKind(error, 'damaged') && !isErrorKind(error, 'attention')) throw error;
    session.context.notice(error.message);
    return { content: 'missing', text: null };
  }
  const bytes = concat(parts);
  const text = bytes.includes(0) ? undefined : utf8Text(bytes);
  return text === undefined ? { content: 'binary', text: null } : { content: 'text', text };
}
