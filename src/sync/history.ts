/** The versions of a record, those in archives included, and where two of them part. */
import type { SegmentEntry } from '../format/head.ts';
import { archiveKey } from '../format/object-keys.ts';
import { openObject, SEAL_OVERHEAD_BYTES } from '../format/seal.ts';
import { decodeSegment, SEGMENT_MAX_BYTES } from '../format/segment.ts';
import { isBucketDamaged } from '../replica/database.ts';
import { isArchiveRead, noteArchiveRead } from '../replica/own.ts';
import { allPeers } from '../replica/peers.ts';
import { letGoOf } from '../replica/thinning.ts';
import { insertCommit, type Known, versionsOf } from '../replica/versions.ts';
import { adoptersIn } from './adopters.ts';
import type { Engine } from './engine.ts';
import type { Trouble } from './kind.ts';

/**
 * Reads archives of other devices that were not read yet, so that the history is whole. A device
 * that was there when the versions were made has them already.
 * @returns archives that could not be read.
 * @throws SatchelError `unreachable` or `refused`.
 */
export async function readArchives(engine: Engine, collection: string): Promise<Trouble[]> {
  const kept = adoptersIn(engine, collection);
  const own = allPeers(engine.db).map(({ device, head }) => {
    const archives = head?.collections[collection]?.archives ?? [];
    return { holder: device, device, archives };
  });
  const failed: Trouble[] = [];
  for (const { holder, device, archives } of [...kept, ...own]) {
    failed.push(...(await readArchivesOf(engine, holder, collection, archives, device)));
  }
  // A copy that an adopter keeps has the id of the original: one of the two is enough (rule S14).
  const idOf = ({ path }: Trouble): string => path.slice(path.lastIndexOf('/') + 1);
  return failed.filter((trouble) => !isArchiveRead(engine.db, idOf(trouble)));
}

/**
 * Reads the archives of one device that were not read yet. Returns those that cannot be.
 * @param author whose commits they hold: the device's own, or a retired one's that it keeps.
 */
export async function readArchivesOf(
  engine: Engine,
  device: string,
  collection: string,
  archives: readonly SegmentEntry[],
  author = device,
): Promise<Trouble[]> {
  const failed: Trouble[] = [];
  for (const [id] of archives) {
    if (isArchiveRead(engine.db, id)) continue;
    const error = await readArchiveOnce(engine, { collection, device, author, id });
    if (error !== undefined) failed.push({ path: archiveKey(device, id), error });
  }
  return failed;
}

/** Several files that wait for content may ask for one archive at the same time. */
const underWay = new WeakMap<Engine, Map<string, Promise<string | undefined>>>();

interface ArchiveName {
  readonly collection: string;
  /** Whose object it is. */
  readonly device: string;
  /** Whose commits it holds. */
  readonly author: string;
  readonly id: string;
}

function readArchiveOnce(engine: Engine, archive: ArchiveName): Promise<string | undefined> {
  const objectKey = archiveKey(archive.device, archive.id);
  const readings = underWay.get(engine) ?? new Map<string, Promise<string | undefined>>();
  underWay.set(engine, readings);
  const begun = readings.get(objectKey);
  if (begun !== undefined) return begun;
  const reading = readArchive(engine, archive).finally(() => {
    readings.delete(objectKey);
  });
  readings.set(objectKey, reading);
  return reading;
}

/** Returns why it cannot be read, or undefined. */
async function readArchive(
  { db, store, key }: Engine,
  { collection, device, author, id }: ArchiveName,
): Promise<string | undefined> {
  const objectKey = archiveKey(device, id);
  try {
    const maxBytes = SEGMENT_MAX_BYTES + SEAL_OVERHEAD_BYTES;
    const result = await store.get(objectKey, { maxBytes });
    if (result.kind !== 'found') return 'it is missing from the bucket';
    const body = openObject(key, objectKey, result.body, SEGMENT_MAX_BYTES);
    const archive = decodeSegment(objectKey, body);
    if (archive.author !== author || archive.collection !== collection) {
      return 'it is not what its head names';
    }
    db.transaction(() => {
      for (const commit of archive.commits) insertCommit(db, collection, author, commit, true);
      noteArchiveRead(db, id);
    });
    return undefined;
  } catch (error) {
    if (!isBucketDamaged(error)) throw error;
    return error.message;
  }
}

/**
 * Every known version of a record, newest first; a version in two commits counts once. What was let
 * go (rule S12) is left out.
 */
export function historyOf(engine: Engine, collection: string, record: string): Known[] {
  const byId = new Map<string, Known>();
  const letGo = letGoOf(engine.db, collection, record);
  for (const known of versionsOf(engine.db, collection, record)) {
    if (letGo.has(known.version.id)) continue;
    const before = byId.get(known.version.id);
    if (before === undefined || known.isCurrent) byId.set(known.version.id, known);
  }
  return [...byId.values()].sort((a, b) => b.version.stamp[0] - a.version.stamp[0]);
}

/**
 * The newest version that both came from, by the parents each names; undefined where none is
 * known. For showing only: no rule depends on it.
 */
export function commonAncestor(
  history: readonly Known[],
  a: readonly string[],
  b: readonly string[],
): Known | undefined {
  const fromA = ancestorsOf(history, a);
  const fromB = ancestorsOf(history, b);
  return history.find(
    ({ version }) => fromA.has(version.id) && fromB.has(version.id) && version.gone !== true,
  );
}

function ancestorsOf(history: readonly Known[], start: readonly string[]): ReadonlySet<string> {
  const parents = new Map(history.map(({ version }) => [version.id, version.parents ?? []]));
  const found = new Set<string>();
  const open = [...start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    open.push(...(parents.get(id) ?? []));
  }
  return found;
}
