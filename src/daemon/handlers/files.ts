/** For editors and note apps: files, the order of what is in a folder, and what has changed. */
import type {
  attachFilesRoute,
  changesRoute,
  deleteFileRoute,
  moveFileRoute,
  orderRoute,
  readFileRoute,
  reorderRoute,
  writeRoute,
} from '../../api/files.ts';
import { findCollection } from '../../app/collection-list.ts';
import { changesSince, newestChange } from '../../app/editor-changes.ts';
import { parseExpected } from '../../app/editor-door.ts';
import {
  attachFiles as attachInFolder,
  deleteFile as deleteInFolder,
  moveFile as moveInFolder,
  type Outcome,
  readFile as readInFolder,
  writeFile as writeInFolder,
} from '../../app/editor-files.ts';
import { orderOf, reorder } from '../../app/editor-order.ts';
import type { Session } from '../../app/session.ts';
import { type Asker, ConflictAnswer, type Daemon, type Handler } from '../ports.ts';

const writeFile: Handler<typeof writeRoute> = (daemon, { home, collection, ...file }, asker) =>
  change(daemon, { home, collection }, asker, (session, expected) =>
    writeInFolder(session, collection, file, expected),
  );

const attachFiles: Handler<typeof attachFilesRoute> = (daemon, input, asker) =>
  change(daemon, input, asker, (session, expected) =>
    attachInFolder(session, input.collection, input.page, input.files, expected),
  );

const moveFile: Handler<typeof moveFileRoute> = (daemon, input, asker) =>
  change(daemon, input, asker, (session, expected) =>
    moveInFolder(session, input.collection, input.from, input.to, expected),
  );

const deleteFile: Handler<typeof deleteFileRoute> = (daemon, input, asker) =>
  change(daemon, input, asker, (session, expected) =>
    deleteInFolder(session, input.collection, input.path, expected),
  );

const reorderFiles: Handler<typeof reorderRoute> = (daemon, input, asker) =>
  change(daemon, input, asker, async (session) => {
    const order = reorder(session, input.collection, input.folder, input.order);
    return { kind: 'done', answer: { order } };
  });

const readFile: Handler<typeof readFileRoute> = (daemon, { home, collection, path }) =>
  readInFolder(daemon.host(home).session(), collection, path);

const fileOrder: Handler<typeof orderRoute> = async (daemon, { home, collection, folder }) => ({
  order: orderOf(daemon.host(home).session(), collection, folder),
});

const changes: Handler<typeof changesRoute> = async (daemon, { home, collection, cursor, limit }) =>
  changesSince(daemon.host(home).session(), collection, cursor, limit);

export const fileHandlers = {
  writeFile,
  readFile,
  attachFiles,
  moveFile,
  deleteFile,
  fileOrder,
  reorderFiles,
  changes,
} as const;

/** What changes something is told to all who listen, and leaves for the bucket soon. */
async function change<T>(
  daemon: Daemon,
  { home, collection }: { readonly home?: string | undefined; readonly collection: string },
  asker: Asker,
  work: (session: Session, expected: ReturnType<typeof parseExpected>) => Promise<Outcome<T>>,
): Promise<T> {
  const expected = parseExpected(asker.header('if-match'));
  const host = daemon.host(home);
  const session = host.session();
  const outcome = await work(session, expected);
  // Also where it was refused: what stood in the way was taken in.
  host.wake();
  if (outcome.kind === 'changed') throw new ConflictAnswer(outcome.answer);
  const { id } = findCollection(session, collection);
  daemon.news.tell({ type: 'changed', home: host.id, collection: id, rev: newestChange(session) });
  return outcome.answer;
}
