/** The sides of a conflict, or the last two versions, as texts to compare. */
import type { ComparedSide, Comparison } from '../api/conflicts.ts';
import { concat, utf8Text } from '../base/bytes.ts';
import { type ErrorKind, SatchelError } from '../base/errors.ts';
import type { Version } from '../format/commit.ts';
import { commonAncestor, historyOf } from '../sync/history.ts';
import { conflictSides } from '../sync/records.ts';
import { contentOf } from './content.ts';
import { deviceNames } from './devices.ts';
import { type FoundRecord, readArchivesIfReachable } from './records.ts';
import type { Session } from './session.ts';

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

export function baseOf(
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

/**
 * One version, as text where it is.
 * @param tolerated errors for which the content counts as missing, and nothing more.
 */
export async function compared(
  session: Session,
  found: FoundRecord,
  version: Version,
  tolerated: readonly ErrorKind[] = ['damaged', 'attention'],
): Promise<ComparedSide> {
  const [timeMs, author] = version.stamp;
  return {
    version: version.id,
    device: deviceNames(session)(author),
    time: new Date(timeMs).toISOString(),
    size: version.size ?? null,
    ...(await textOf(session, found, version, tolerated)),
  };
}

type Text = Pick<ComparedSide, 'content' | 'text'>;

async function textOf(
  session: Session,
  found: FoundRecord,
  version: Version,
  tolerated: readonly ErrorKind[],
): Promise<Text> {
  if (version.gone === true) return { content: 'deleted', text: null };
  if (version.hash === undefined) return { content: 'folder', text: null };
  if ((version.size ?? 0) > COMPARED_MAX_BYTES) return { content: 'large', text: null };
  const parts: Uint8Array[] = [];
  try {
    for await (const part of contentOf(session, found, version)) parts.push(part);
  } catch (error) {
    if (!(error instanceof SatchelError) || !tolerated.includes(error.kind)) throw error;
    session.context.notice(error.message);
    return { content: 'missing', text: null };
  }
  const bytes = concat(parts);
  const text = bytes.includes(0) ? undefined : utf8Text(bytes);
  return text === undefined ? { content: 'binary', text: null } : { content: 'text', text };
}
