/** The content of versions, as a person asks for it. */
import { SatchelError } from '../base/errors.ts';
import type { Version } from '../format/commit.ts';
import { outboxEntry } from '../replica/outbox.ts';
import { readContent } from '../sync/contents.ts';
import { openPort } from '../sync/port.ts';
import type { FoundRecord } from './records.ts';
import type { Session } from './session.ts';

/**
 * The bytes of a version: from the folder while they are only there.
 * @throws SatchelError `unreachable`, `refused` or `damaged`.
 */
export async function* contentOf(
  session: Session,
  found: FoundRecord,
  version: Version,
): AsyncGenerator<Uint8Array, void, undefined> {
  const pending = outboxEntry(session.engine.db, found.collection.id, found.record);
  const isOnlyHere = pending?.version.id === version.id && pending.isLocal;
  if (!isOnlyHere) yield* readContent(session.engine, found.collection.id, version);
  else yield* await localContent(session, found);
}

async function localContent(
  session: Session,
  { collection, kind, record, path, folder }: FoundRecord,
): Promise<AsyncIterable<Uint8Array>> {
  const open =
    session.open.get(collection.id) ??
    (await kind.open(openPort(session.engine, collection.id), folder));
  const pieces = await open.readLocal(record);
  if (pieces !== undefined) return pieces;
  throw new SatchelError('attention', `"${path}" was not sent yet, and is gone from its folder.`, {
    hint: 'Run "satchel sync": it takes in what happened to the file.',
  });
}

/** Longer content is tried by its beginning only: it would be fetched twice. */
const READ_WHOLE_MAX_BYTES = 16 * 1024 * 1024;

/**
 * Makes sure that the content of a version can be had, so that the folder is not left with a
 * promise.
 * @throws SatchelError `unreachable`, `refused` or `damaged`.
 */
export async function requireReadable(
  session: Session,
  collection: string,
  version: Version,
): Promise<void> {
  for await (const _piece of readContent(session.engine, collection, version)) {
    if ((version.size ?? 0) > READ_WHOLE_MAX_BYTES) return;
  }
}
