/** A collection at any moment: what was there, what became of a file, and bringing it back. */

import type { CheckedInputOf } from '../../api/route.ts';
import type {
  compareRoute,
  momentsRoute,
  restoreRoute,
  treeRoute,
  undoRestoreRoute,
  versionsRoute,
} from '../../api/time.ts';
import { findCollection } from '../../app/collection-list.ts';
import { compareVersions, fileVersions, readHistory, restoreFile } from '../../app/file-history.ts';
import { readMoments } from '../../app/moments.ts';
import { type RestoreAnswer, restoreMoment } from '../../app/restore-folder.ts';
import { undoRestore as undoInHome } from '../../app/restore-undo.ts';
import type { Session } from '../../app/session.ts';
import { SatchelError } from '../../base/errors.ts';
import type { Handler } from '../ports.ts';
import { changeBetweenRounds } from './change.ts';

const MINUTE_MS = 60_000;

// All that only looks goes on beside a round: nobody waits for an upload to see the past.

const tree: Handler<typeof treeRoute> = async (daemon, { home, at, collection, ...query }) => {
  const host = daemon.host(home);
  const session = host.session();
  const { trouble } = await readHistory(session, collection);
  const atMs = at === undefined ? undefined : Date.parse(at);
  const apart = host.exclusive.bind(host);
  const page = await host.collections.look(session, apart, collection, { ...query, atMs });
  return { entries: page.entries, next: page.next, total: page.total, trouble };
};

const moments: Handler<typeof momentsRoute> = async (daemon, input) => {
  const session = daemon.host(input.home).session();
  const { collection } = await readHistory(session, input.collection);
  return await readMoments(session.engine, collection.id, input.utcOffset * MINUTE_MS);
};

const versions: Handler<typeof versionsRoute> = (daemon, { home, ...target }) =>
  fileVersions(daemon.host(home).session(), target);

const compare: Handler<typeof compareRoute> = (daemon, { home, collection, path, from, to }) =>
  compareVersions(daemon.host(home).session(), { collection, path, version: to }, from);

const restore: Handler<typeof restoreRoute> = async (daemon, { home, ...wish }) => {
  const work = (session: Session) => restoreWished(session, wish);
  if (wish.dryRun) return await daemon.host(home).exclusive(work);
  return await changeBetweenRounds(daemon, home, async (session) => ({
    answer: await work(session),
    id: findCollection(session, wish.collection).id,
  }));
};

const undoRestore: Handler<typeof undoRestoreRoute> = (daemon, input) =>
  changeBetweenRounds(daemon, input.home, async (session) => {
    const collection = findCollection(session, input.collection);
    return { id: collection.id, answer: await undoInHome(session, collection, input.restored) };
  });

/** @throws SatchelError `usage` where it is not clear what to bring back; as what does it. */
async function restoreWished(
  session: Session,
  { collection, path, version, at, exact, dryRun }: CheckedInputOf<typeof restoreRoute>,
): Promise<RestoreAnswer> {
  if (version !== undefined && at === undefined) {
    return await restoreFile(session, { collection, path, version }, { dryRun });
  }
  if (version === undefined && at !== undefined) {
    const scope = { path, exact, dryRun, atMs: Date.parse(at) };
    return await restoreMoment(session, findCollection(session, collection), scope);
  }
  throw new SatchelError('usage', 'Either a version or a moment is brought back.', {
    hint: 'Pass one of "version" and "at".',
  });
}

export const timeHandlers = { tree, moments, versions, compare, restore, undoRestore } as const;
