/**
 * S12: pruning. What nothing needs is announced in this device's head, looked at again when the
 * announcement is a week old, deleted, and listed for another week. Each step is noted in the
 * replica before the next, so a run that was stopped is gone on with by the next one.
 */
import { forEachConcurrently } from '../base/concurrency.ts';
import { SatchelError } from '../base/errors.ts';
import { CONDEMNED_MAX_BLOBS } from '../format/condemned.ts';
import { isObjectId } from '../format/ids.ts';
import { BLOBS_PREFIX, blobKey, segmentKey } from '../format/object-keys.ts';
import {
  condemnedBy,
  condemnedByOthers,
  forgetOwnCondemned,
  noteCondemned,
  type Pruning,
  readPruning,
  writePruning,
} from '../replica/condemned.ts';
import { addEvent } from '../replica/events.ts';
import { getMeta, markHeadChanged, setMeta } from '../replica/meta.ts';
import { blobsUploadedAfter, noteReplaced } from '../replica/own.ts';
import { putCondemned } from './condemned.ts';
import { deletionTime, type Engine, selfId } from './engine.ts';
import { isHeadChanged } from './head.ts';
import { isKeyMissing } from './missing-key.ts';
import { movedTo } from './moved.ts';
import { outdatedDevices } from './outdated.ts';
import { noteOrphans, type ThinnedHistory, thinHistory } from './prune-history.ts';
import { type Mark, markNeeded, pruneStopped } from './prune-mark.ts';
import { publishHead } from './publish.ts';
import { pull } from './pull.ts';
import { isUndecided } from './undecided.ts';
import { isFormerUnread } from './unread-former.ts';

export interface Amount {
  readonly objects: number;
  /** As stored. */
  readonly bytes: number;
}

export interface PruneReport {
  /** Announced in this run; in a dry run, what would be. */
  readonly condemned: Amount;
  /** Deleted in this run; in a dry run, what would be. */
  readonly deleted: Amount;
  /** Announced before and needed again by now: these stay. */
  readonly needed: number;
  /** What is announced and not yet deleted, and from when on it may be. */
  readonly waiting: (Amount & { readonly untilMs: number }) | undefined;
  /** What was deleted is still listed until then; before, nothing new is announced. */
  readonly listedUntilMs: number | undefined;
  readonly history: ThinnedHistory;
  /** Objects of this device that a crash had left without a name. They go a day later. */
  readonly orphans: number;
  /** Ids of collections of which nothing was let go, because they are not on this device. */
  readonly keptWhole: readonly string[];
}

const NOTHING: Amount = { objects: 0, bytes: 0 };
const DELETES_AT_ONCE = 8;

/**
 * Does what is due: announces what nothing needs, or deletes what was announced long enough ago.
 * @throws SatchelError `damaged` where the bucket cannot be read completely, `attention` where
 *   something else comes first; nothing was condemned or deleted then.
 */
export async function prune(engine: Engine): Promise<PruneReport> {
  const isOwnHeadCurrent = await bringUpToDate(engine);
  confirmAnnounced(engine);
  dropListed(engine);
  const pruning = readPruning(engine.db);
  const isDue = pruning?.phase === 'announced' && isOver(engine, pruning);
  const work = isDue
    ? await deleteCondemned(engine)
    : pruning === undefined
      ? await condemn(engine)
      : {};
  const orphans = isOwnHeadCurrent ? await noteOrphans(engine) : 0;
  if (isHeadChanged(engine)) await publishHead(engine, false);
  confirmAnnounced(engine);
  return { ...report(engine), ...work, orphans };
}

/** What `prune` would do now. Reads, and changes nothing in the bucket. */
export async function planPrune(engine: Engine): Promise<PruneReport> {
  requireFit(engine);
  const pruning = readPruning(engine.db);
  const isDue = pruning?.phase === 'announced' && isOver(engine, pruning);
  if (pruning !== undefined && !isDue) return report(engine);
  const { dead, mark } = await findDead(engine);
  const letGo = [...mark.letGo.values()].reduce((sum, ids) => sum + ids.size, 0);
  const history = { versions: letGo, archives: mark.ownArchives.length, bytes: 0 };
  const planned = { history, keptWhole: mark.keptWhole };
  if (!isDue) return { ...report(engine), ...planned, condemned: amountOf(dead) };
  const condemned = new Set(condemnedBy(engine.db, selfId(engine)));
  const needed = [...condemned].filter((id) => mark.live.has(id)).length;
  const deleted = { objects: condemned.size - needed, bytes: pruning.bytes };
  return { ...report(engine), ...planned, deleted, needed, waiting: undefined };
}

/** When `prune` has its next step to do, milliseconds since the Unix epoch; undefined for none. */
export function pruneStepDueMs(engine: Engine): number | undefined {
  const pruning = readPruning(engine.db);
  if (pruning === undefined) return undefined;
  // An announcement that is not certain is looked at soon: only then does its time run.
  return pruning.sinceMs === undefined ? engine.clock.now() : endOf(engine, pruning);
}

function report(engine: Engine): PruneReport {
  const pruning = readPruning(engine.db);
  const endMs = pruning === undefined ? undefined : endOf(engine, pruning);
  const isWaiting = pruning?.phase === 'announced' && endMs !== undefined;
  const { objects, bytes } = pruning ?? NOTHING;
  return {
    condemned: NOTHING,
    deleted: NOTHING,
    needed: 0,
    waiting: isWaiting ? { objects, bytes, untilMs: endMs } : undefined,
    listedUntilMs: pruning?.phase === 'deleted' ? endMs : undefined,
    history: { versions: 0, archives: 0, bytes: 0 },
    orphans: 0,
    keptWhole: [],
  };
}

/** Until the head is known to be in the bucket, the time is counted from now. */
function endOf(engine: Engine, { sinceMs }: Pruning): number {
  return (sinceMs ?? engine.clock.now()) + engine.limits.condemnedMs;
}

function isOver(engine: Engine, pruning: Pruning): boolean {
  return pruning.sinceMs !== undefined && deletionTime(engine) >= endOf(engine, pruning);
}

/** A poll of everything, and the own head as this device knows it. Returns whether it was so. */
async function bringUpToDate(engine: Engine): Promise<boolean> {
  const pulled = await pull(engine, { list: true, everyHead: true });
  requireFit(engine);
  if (pulled.unreadable.length > 0) throw pruneStopped(pulled.unreadable.map((t) => t.error));
  if (isHeadChanged(engine)) await publishHead(engine, pulled.isOwnHeadCurrent);
  return pulled.isOwnHeadCurrent;
}

/**
 * @throws SatchelError `attention` where pruning would work on what is about to change, or a device
 *   does not know of it.
 */
function requireFit(engine: Engine): void {
  const [outdated] = outdatedDevices(engine);
  if (outdated !== undefined) {
    const { name, app } = outdated;
    throw new SatchelError(
      'attention',
      `Nothing was pruned: "${name}" runs ${app}, which does not know of pruning.`,
      {
        hint:
          `Install the newest Satchel there and let it sync once. If "${name}" is not used any ` +
          'more, "satchel devices remove" it.',
      },
    );
  }
  const isPastUnread = isUndecided(engine) || isFormerUnread(engine);
  const reason = isPastUnread
    ? 'what this device had published before it was restored is not all read back yet'
    : isKeyMissing(engine)
      ? "this device lacks the repository's newest key"
      : movedTo(engine) !== undefined
        ? 'the repository is moving to another bucket'
        : getMeta(engine.db, 'put-back') === 'lost'
          ? 'the bucket lost objects that this device still has to look for and put back'
          : undefined;
  if (reason === undefined) return;
  throw new SatchelError('attention', `Nothing was pruned: ${reason}.`, {
    hint: 'Run "satchel sync", then prune again.',
  });
}

/** An announcement counts from the moment at which the head with it is known to be there. */
function confirmAnnounced(engine: Engine): void {
  const pruning = readPruning(engine.db);
  if (pruning === undefined || pruning.sinceMs !== undefined || isHeadChanged(engine)) return;
  writePruning(engine.db, { ...pruning, sinceMs: engine.clock.now() });
}

/** Takes what was deleted long enough ago off the list. */
function dropListed(engine: Engine): void {
  const pruning = readPruning(engine.db);
  if (pruning?.phase !== 'deleted' || !isOver(engine, pruning)) return;
  engine.db.transaction(() => nameList(engine, undefined, []));
}

interface Dead extends Amount {
  readonly id: string;
}

/** Blobs that nothing needs, and that nobody sees to yet. */
async function findDead(
  engine: Engine,
): Promise<{ readonly dead: readonly Dead[]; readonly mark: Mark }> {
  const { db, store, limits } = engine;
  // Listed before the heads are read: what is uploaded and published meanwhile is not in it.
  const { objects } = await store.list(BLOBS_PREFIX);
  const mark = await markNeeded(engine);
  const now = deletionTime(engine);
  const spared = new Set([
    ...condemnedByOthers(db, selfId(engine), now - 2 * limits.condemnedMs),
    // Perhaps parts of an upload that goes on.
    ...blobsUploadedAfter(db, now - limits.condemnedMs),
  ]);
  const dead = objects
    .filter(({ key }) => key === blobKey(idOf(key)) && isObjectId(idOf(key)))
    .map(({ key, sizeBytes }) => ({ id: idOf(key), objects: 1, bytes: sizeBytes }))
    .filter(({ id }) => !mark.live.has(id) && !spared.has(id))
    .slice(0, CONDEMNED_MAX_BLOBS);
  return { dead, mark };
}

function idOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

function amountOf(amounts: readonly Amount[]): Amount {
  return {
    objects: amounts.reduce((sum, { objects }) => sum + objects, 0),
    bytes: amounts.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Announces what nothing needs, and lets history go. */
async function condemn(engine: Engine): Promise<Partial<PruneReport>> {
  const { dead, mark } = await findDead(engine);
  const condemned = amountOf(dead);
  if (dead.length > 0) {
    const ids = dead.map(({ id }) => id);
    const list = await putCondemned(engine, ids);
    engine.db.transaction(() => {
      nameList(engine, list, ids);
      writePruning(engine.db, { phase: 'announced', ...condemned });
    });
    tell(engine, `${dead.length} objects that nothing needs are condemned: deleted in a week.`);
  }
  const history = await thinHistory(engine, mark);
  if (isHeadChanged(engine)) await publishHead(engine, false);
  confirmAnnounced(engine);
  const { waiting } = report(engine);
  return { condemned, history, keptWhole: mark.keptWhole, waiting };
}

/**
 * Deletes what was announced long enough ago and is still not needed by fresh reads. Only the
 * device that announced it does.
 */
async function deleteCondemned(engine: Engine): Promise<Partial<PruneReport>> {
  const { db, store } = engine;
  const sizes = new Map(
    (await store.list(BLOBS_PREFIX)).objects.map(({ key, sizeBytes }) => [idOf(key), sizeBytes]),
  );
  const mark = await markNeeded(engine);
  const listed = condemnedBy(db, selfId(engine));
  const dead = listed.filter((id) => !mark.live.has(id));
  const deleted = amountOf(
    dead.filter((id) => sizes.has(id)).map((id) => ({ objects: 1, bytes: sizes.get(id) ?? 0 })),
  );
  let done = 0;
  await forEachConcurrently(dead, DELETES_AT_ONCE, async (id) => {
    await store.delete(blobKey(id));
    done += 1;
    engine.progress('Deleting', done, dead.length, 'files');
  });
  const needed = listed.length - dead.length;
  // What is needed again is taken off the list, so that everybody may rely on it as before.
  const list = needed === 0 ? getMeta(db, 'condemned') : await shorterList(engine, dead);
  db.transaction(() => {
    nameList(engine, list, dead);
    if (list !== undefined) writePruning(db, { phase: 'deleted', ...deleted });
  });
  if (dead.length > 0) tell(engine, `${dead.length} condemned objects are deleted.`);
  const history = await thinHistory(engine, mark);
  return { deleted, needed, history, keptWhole: mark.keptWhole, waiting: undefined };
}

async function shorterList(engine: Engine, blobs: readonly string[]): Promise<string | undefined> {
  return blobs.length === 0 ? undefined : await putCondemned(engine, blobs);
}

/** Makes the next head name this list, or none. To be called in a transaction. */
function nameList(engine: Engine, list: string | undefined, blobs: readonly string[]): void {
  const { db, clock } = engine;
  const self = selfId(engine);
  const former = getMeta(db, 'condemned');
  if (former !== undefined && former !== list) noteReplaced(db, segmentKey(self, former));
  if (list === undefined) forgetOwnCondemned(db, self);
  else {
    setMeta(db, 'condemned', list);
    noteCondemned(db, self, { since: clock.now(), blobs }, { isWhole: true });
  }
  markHeadChanged(db);
}

function tell(engine: Engine, message: string): void {
  addEvent(engine.db, { time: engine.clock.now(), kind: 'pruned', message });
}
