/**
 * Mending what was found damaged in the bucket. A device mends what it alone may write, from its
 * replica, and content of any device of which it has the bytes.
 */
import type { SegmentEntry } from '../format/head.ts';
import { tagOf } from '../format/ids.ts';
import { archiveKey, segmentKey } from '../format/object-keys.ts';
import { forgetAdoptedFrom } from '../replica/adopted.ts';
import { condemnedBy, isCondemned, restartPruning } from '../replica/condemned.ts';
import { isBucketDamaged } from '../replica/database.ts';
import { deleteMeta, getMeta, markHeadChanged, setMeta } from '../replica/meta.ts';
import { addOwnSegment, forgetBlob, noteReplaced, removeOwnSegment } from '../replica/own.ts';
import type { KeptVersion } from '../replica/thinning.ts';
import { commitsOf, versionsById } from '../replica/versions.ts';
import { adoptRetired } from './adopt.ts';
import { copyAgain } from './adopt-copies.ts';
import type { NamedUnit } from './bucket-heads.ts';
import { batchesOf, mergeSegments, putSegment } from './compact.ts';
import { putCondemned } from './condemned.ts';
import { type Engine, selfId, workedOn } from './engine.ts';
import type { OpenCollection } from './kind.ts';
import { publishCollection, publishHead } from './publish.ts';
import { pull } from './pull.ts';
import { saveAgain, uploadAgain } from './reliance.ts';
import type { Finding } from './verify-look.ts';
import type { BlobUsers } from './verify-users.ts';

type Open = ReadonlyMap<string, OpenCollection>;

/**
 * Mends what this device can. Whether it did shows only when it is read again.
 * @returns the objects whose content is in the bucket again under other names.
 * @throws SatchelError `unreachable` or `refused`.
 */
export async function mendFindings(
  engine: Engine,
  open: Open,
  findings: readonly Finding[],
  users: BlobUsers,
): Promise<ReadonlySet<string>> {
  // Also looks at the own head: a device that was put back to a backup mends under its new name.
  await pull(engine, { list: true, everyHead: true });
  for (const { what } of findings) {
    if (what.kind === 'head' && what.device === selfId(engine)) rewriteHead(engine);
    if (what.kind === 'condemned' && what.device === selfId(engine)) await rewriteList(engine);
    if (what.kind === 'unit' && what.unit.holder === selfId(engine)) {
      await rewriteUnit(engine, what.unit);
    }
  }
  await adoptRetired(engine);
  const moved = new Set<string>();
  for (const { object, what } of findings) {
    if (what.kind !== 'blob') continue;
    if (await mendBlob(engine, open, what.id, users.get(what.id) ?? [])) moved.add(object);
  }
  for (const [collection, opened] of open) await publishCollection(engine, collection, opened);
  await publishHead(engine, false);
  return moved;
}

/** The next head stands alone, with no index object that might be the damaged one. */
function rewriteHead({ db }: Engine): void {
  db.transaction(() => {
    deleteMeta(db, 'index');
    restartPruning(db);
    markHeadChanged(db);
  });
}

async function rewriteList(engine: Engine): Promise<void> {
  const { db } = engine;
  const self = selfId(engine);
  const former = getMeta(db, 'condemned');
  const list = await putCondemned(engine, condemnedBy(db, self));
  db.transaction(() => {
    if (former !== undefined) noteReplaced(db, segmentKey(self, former));
    setMeta(db, 'condemned', list);
    restartPruning(db);
    markHeadChanged(db);
  });
}

async function rewriteUnit(engine: Engine, unit: NamedUnit): Promise<void> {
  const { author, collection, entry, isArchive } = unit;
  if (author !== selfId(engine)) await rewriteAdopted(engine, unit);
  else if (isArchive) await rewriteArchive(engine, unit);
  else await mergeSegments(engine, collection, [entry]);
}

/**
 * S14: what is kept of a retired device is kept anew, from the replica, or copied from wherever
 * else it is. Where it is nowhere else it stays as it is.
 */
async function rewriteAdopted(engine: Engine, unit: NamedUnit): Promise<void> {
  const { db } = engine;
  const { author, collection, entry, isArchive } = unit;
  if (!isArchive && workedOn(engine).includes(collection)) {
    db.transaction(() => {
      forgetAdoptedFrom(db, author, collection, entry[1]);
      markHeadChanged(db);
    });
    return;
  }
  try {
    await copyAgain(engine, unit);
  } catch (error) {
    if (!isBucketDamaged(error)) throw error;
  }
}

/**
 * Which archive held which version is not noted: all archived ones of its range are written, in as
 * many archives as that takes.
 */
async function rewriteArchive(engine: Engine, { collection, entry }: NamedUnit): Promise<void> {
  const { db } = engine;
  const self = selfId(engine);
  const [id, from, to] = entry;
  const archived = Iterator.from(commitsOf(db, collection, self, from, to, true)).filter(
    ({ versions }) => versions.length > 0,
  );
  const written: SegmentEntry[] = [];
  for (const commits of batchesOf(archived, engine.limits.segmentBytes)) {
    const last = commits.at(-1);
    const archive = await putSegment(engine, {
      author: self,
      collection,
      from: commits[0]?.n ?? from,
      to: last?.n ?? to,
      tag: tagOf(last?.id ?? ''),
      commits,
      isCompacted: true,
      isArchive: true,
    });
    written.push(archive);
  }
  db.transaction(() => {
    removeOwnSegment(db, collection, id);
    noteReplaced(db, archiveKey(self, id));
    for (const archive of written) addOwnSegment(db, collection, archive, true);
    markHeadChanged(db);
  });
}

/**
 * Puts a blob back under its name. One that is condemned has to stay away: then each current
 * version that needs it is saved again with other blobs.
 * @returns true in the latter case, if it succeeded.
 */
async function mendBlob(
  engine: Engine,
  open: Open,
  id: string,
  users: readonly KeptVersion[],
): Promise<boolean> {
  forgetBlob(engine.db, id);
  let isMoved = false;
  for (const { collection, version, isCurrent } of users) {
    const opened = open.get(collection);
    if (!isCondemned(engine.db, id)) {
      const { blobs } = version;
      if ((await uploadAgain(engine, collection, opened, version, blobs)) !== undefined)
        return false;
    } else if (isCurrent) {
      const [known] = versionsById(engine.db, collection, version.id).filter((k) => k.isCurrent);
      if (known === undefined) continue;
      if (!(await saveAgain(engine, collection, opened, known))) return false;
      isMoved = true;
    }
  }
  return isMoved;
}
