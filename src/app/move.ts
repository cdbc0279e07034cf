/** `satchel move`: taking the whole repository to another bucket. */

import type { SyncResult } from '../api/status.ts';
import { SatchelError } from '../base/errors.ts';
import { deleteMeta, getMeta, setMeta } from '../replica/meta.ts';
import type { BucketSettings } from '../store/bucket-settings.ts';
import type { ObjectStore } from '../store/store.ts';
import { formatBucketUrl, parseBucketUrl } from '../store/url.ts';
import { type Copied, copyRepository } from '../sync/copy.ts';
import { announceMove, isOwnMove, type Moved, movedTo } from '../sync/moved.ts';
import { pull } from '../sync/pull.ts';
import { readManifest, repositoryExists } from '../sync/repository.ts';
import { syncRound } from '../sync/round.ts';
import { isUndecided } from '../sync/undecided.ts';
import type { AppContext } from './context.ts';
import { isNested, refuseSatchelsOwn } from './folders.ts';
import {
  credentialsFor,
  type Destination,
  goTo,
  nameOf,
  openDestination,
  tellOthers,
} from './follow.ts';
import { portableBucket } from './portable-bucket.ts';
import { type Session, withSession } from './session.ts';
import { ensureFolder } from './store.ts';
import { runSync, syncInPlace } from './sync.ts';

export interface MoveResult extends Copied {
  readonly from: string;
  readonly to: string;
}

/**
 * Copies the repository to an empty place, tells the other devices in the former one, and goes
 * there. Before they are told nothing has changed for anybody; stopped anywhere, it goes on when it
 * is run again.
 * @throws SatchelError `usage` for a place that does not do; what `runSync` and the stores throw.
 */
export async function moveRepository(
  context: AppContext,
  destination: Destination,
): Promise<MoveResult> {
  const result = await withSession(context, 'move', (session) => moveTo(session, destination));
  try {
    await withSession(context, 'move', (session) => runSync(session, undefined));
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    context.notice(`The repository has moved, but the first sync there failed: ${error.message}`);
  }
  return result;
}

/**
 * The same in a session that is open for work. It is outdated afterwards: the first sync in the new
 * place takes another one.
 */
export async function moveTo(session: Session, destination: Destination): Promise<MoveResult> {
  const { engine, settings } = session;
  const from = settings.bucket;
  const to = formatBucketUrl(destination.settings);
  await refuseOverlap(session, destination.settings);
  const isAnnounced = getMeta(engine.db, 'moved') !== undefined;
  let copied: Copied = { objects: 0, bytes: 0 };
  if (isAnnounced && getMeta(engine.db, 'moving') !== to) throw announcedAlready(engine.db);
  if (!isAnnounced) {
    await syncInPlace(session);
    requireDecided(session);
    copied = await copyThere(session, destination, to);
    announceMove(engine, formatBucketUrl(portableBucket(destination.settings)));
  }
  await tellOthers(session, destination);
  // Two devices that move it at the same time: at least the later one sees the other's word.
  requireFirst(session, (await pull(engine, { list: true, everyHead: true })).moved);
  await goTo(session, destination);
  return { from, to, ...copied };
}

async function copyThere(session: Session, destination: Destination, to: string): Promise<Copied> {
  const { context, engine, settings } = session;
  const credentials = await credentialsFor(context, settings, destination);
  const { clock, random } = context;
  const { insecureTls } = destination;
  await ensureFolder(to, { clock, random, insecureTls, credentials: async () => credentials });
  const { store } = openDestination(session, destination, credentials);
  try {
    await requireEmpty(session, store, to);
    setMeta(engine.db, 'moving', to);
    const copied = await copyRepository(engine, store);
    requireFirst(session, (await pull(engine, { list: true, everyHead: true })).moved);
    return copied;
  } finally {
    store.close();
  }
}

/** A place where this very move was cut off is not empty, and does. */
async function requireEmpty(session: Session, store: ObjectStore, to: string): Promise<void> {
  const { engine } = session;
  const found = await readManifest(store);
  if (found !== undefined && found.repository !== engine.repository) throw repositoryExists(store);
  if (getMeta(engine.db, 'moving') === to) return;
  const { objects, strange } = await store.list('');
  if (objects.length + strange.length === 0) return;
  throw new SatchelError('usage', `There is something in ${store.name} already.`, {
    hint: 'Name an empty place: another prefix, or a new folder.',
  });
}

/** The word of the move goes into this device's head, which may not be written over yet (rule S9). */
function requireDecided({ engine }: Session): void {
  if (!isUndecided(engine)) return;
  const why = 'This device was restored or copied, and what it wrote since cannot be read yet.';
  throw new SatchelError('attention', `Nothing was moved. ${why}`, {
    hint: 'Run "satchel sync" until all can be read, for an hour at most, or move it from another device.',
  });
}

function requireFirst({ engine }: Session, moved: Moved | undefined): void {
  if (moved === undefined || isOwnMove(engine, moved)) return;
  deleteMeta(engine.db, 'moving');
  const there = nameOf(moved.to);
  throw new SatchelError('attention', `Another device has moved the repository to ${there}.`, {
    hint: 'Run "satchel sync" to follow it. What was copied by this command is not used.',
  });
}

/** Old and new must be apart: a copy inside would be copied itself, and be carried by others. */
async function refuseOverlap(session: Session, there: BucketSettings): Promise<void> {
  const here = parseBucketUrl(session.settings.bucket);
  if (there.kind === 'file') {
    if (here.kind === 'file' && (await isNested(there.root, here.root))) throw overlaps();
    await refuseSatchelsOwn(session, there.root);
    for (const { folder } of Object.values(session.settings.collections)) {
      if (!(await isNested(there.root, folder))) continue;
      throw new SatchelError('usage', `${there.root} and the folder ${folder} are not apart.`, {
        hint: 'Choose a place outside: Satchel would carry its own bucket.',
      });
    }
    return;
  }
  if (isOverlap(here, there)) throw overlaps();
}

function overlaps(): SatchelError {
  return new SatchelError(
    'usage',
    'The repository is there already, or above or below that place.',
    { hint: 'Name another bucket, or a place beside the present one.' },
  );
}

function isOverlap(a: BucketSettings, b: BucketSettings): boolean {
  if (a.kind === 's3' && b.kind === 's3') {
    const isSame = a.bucket === b.bucket && a.endpoint === b.endpoint;
    return isSame && isPathNested(a.prefix, b.prefix);
  }
  if (a.kind === 'dav' && b.kind === 'dav') {
    return a.host === b.host && isPathNested(a.path, b.path);
  }
  return false;
}

function isPathNested(a: string, b: string): boolean {
  const [outer, inner] = a.length <= b.length ? [a, b] : [b, a];
  return outer === '' || inner === outer || inner.startsWith(`${outer}/`);
}

function announcedAlready(db: Session['engine']['db']): SatchelError {
  const to = nameOf(getMeta(db, 'moving') ?? '');
  return new SatchelError('usage', `The other devices were told to go to ${to} already.`, {
    hint: `Run "satchel move" with that address to finish; it can be moved on from there.`,
  });
}

/**
 * Reads what the former bucket still has, if it is there, and goes to the new one.
 * @param destinationOf what a person says, with what the former bucket tells, if it does.
 * @throws SatchelError `usage` where nobody said where to.
 */
export async function followRepository(
  context: AppContext,
  destinationOf: (told: string | undefined) => Promise<Destination>,
): Promise<SyncResult> {
  await withSession(context, 'move', async (session) => {
    const { engine } = session;
    const told = await lastRound(session);
    const destination = await destinationOf(told?.to ?? movedTo(engine)?.to);
    await goTo(session, destination);
  });
  return await withSession(context, 'move', (session) => runSync(session, undefined));
}

/** The former bucket may be gone by now. */
async function lastRound({ engine, open, context }: Session): Promise<Moved | undefined> {
  try {
    return (await syncRound(engine, open, { list: true, everyHead: true })).moved;
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    context.notice(`The former bucket could not be read once more: ${error.message}`);
    return undefined;
  }
}
