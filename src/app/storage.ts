/** What takes space: by collection and kind of content, and in the bucket by kind of object. */
import * as z from 'zod';
import type { Storage } from '../api/bucket.ts';
import { getMeta, setMeta } from '../replica/meta.ts';
import { historySize } from '../replica/moments.ts';
import type { Amount } from '../sync/prune.ts';
import { listCollections } from './collection-list.ts';
import { contentGroupOf } from './content-groups.ts';
import { reclaimable } from './prune.ts';
import type { Session } from './session.ts';
import { treeSource } from './tree-at.ts';
import { readNodes, type TreeNode } from './tree-nodes.ts';

/** A list of the whole bucket, summed up by what the objects are. */
const bucketListSchema = z.object({
  /** Milliseconds since the Unix epoch. */
  atMs: z.number(),
  byObject: z.array(z.object({ what: z.string(), objects: z.number(), bytes: z.number() })),
});
export type BucketList = z.infer<typeof bucketListSchema>;

/**
 * What is in the collections of this device, as its replica knows them, and in the bucket, as it was
 * when it was last listed.
 */
export async function readStorage(session: Session): Promise<Storage> {
  const list = lastBucketList(session);
  const collections: Storage['collections'][number][] = [];
  for (const collection of listCollections(session)) {
    const { id, name, folder } = collection;
    if (folder === undefined) continue;
    const nodes = await readNodes(treeSource(session, collection), undefined);
    const byContent = sumByContent(nodes);
    const { versions, formerBytes } = historySize(session.engine.db, id);
    const current = byContent.reduce((sum, { bytes }) => sum + bytes, 0);
    collections.push({ id, name, current, history: formerBytes, versions, byContent });
  }
  return {
    listedAt: list === undefined ? null : new Date(list.atMs).toISOString(),
    total: totalOf(list?.byObject ?? []),
    byObject: list?.byObject ?? [],
    collections,
    reclaimable: reclaimable(session) ?? null,
  };
}

/**
 * Lists the whole bucket and keeps the sums, with the time. Each thousand objects or so is a request.
 * @throws SatchelError as the store does.
 */
export async function listBucket({ engine }: Session): Promise<BucketList> {
  const { objects } = await engine.store.list('');
  const list = { atMs: engine.clock.now(), byObject: sumByObject(objects) };
  setMeta(engine.db, 'bucket-list', JSON.stringify(list));
  return list;
}

/** The newest list that was kept; undefined where there was none. */
function lastBucketList({ engine }: Session): BucketList | undefined {
  const json = getMeta(engine.db, 'bucket-list');
  return json === undefined ? undefined : bucketListSchema.safeParse(JSON.parse(json)).data;
}

/** What a provider bills for storing, bytes, by the newest list; undefined where there was none. */
export function lastStoredBytes(session: Session): number | undefined {
  const list = lastBucketList(session);
  return list && storedBytesOf(list);
}

/** The same of this list. */
export function storedBytesOf({ byObject }: BucketList): number {
  return totalOf(byObject).bytes;
}

function totalOf(amounts: readonly Amount[]): Amount {
  return {
    objects: amounts.reduce((sum, { objects }) => sum + objects, 0),
    bytes: amounts.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** By the first folder of their keys, as docs/format.md names them. */
const OBJECT_WORDS: ReadonlyMap<string, string> = new Map([
  ['heads', 'heads'],
  ['segments', 'segments'],
  ['archive', 'archives'],
  ['blobs', 'blobs'],
  ['keys', 'keys'],
  ['satchel.json', 'keys'],
]);

/** Sums by what the objects are, the largest first. Pure. */
export function sumByObject(
  objects: readonly { readonly key: string; readonly sizeBytes: number }[],
): BucketList['byObject'] {
  const sums = new Map<string, Amount>();
  for (const { key, sizeBytes } of objects) {
    const what = OBJECT_WORDS.get(key.split('/', 1)[0] ?? '') ?? 'other';
    const { objects: count, bytes } = sums.get(what) ?? { objects: 0, bytes: 0 };
    sums.set(what, { objects: count + 1, bytes: bytes + sizeBytes });
  }
  return [...sums].map(([what, sum]) => ({ what, ...sum })).sort((a, b) => b.bytes - a.bytes);
}

/** Sums by what the files are, the largest first. Pure. */
export function sumByContent(
  nodes: readonly TreeNode[],
): Storage['collections'][number]['byContent'] {
  const sums = new Map<string, { readonly files: number; readonly bytes: number }>();
  for (const { kind, path, size, isGone } of nodes) {
    if (isGone || kind === 'folder') continue;
    const what = kind === 'link' ? 'other' : contentGroupOf(path);
    const { files, bytes } = sums.get(what) ?? { files: 0, bytes: 0 };
    sums.set(what, { files: files + 1, bytes: bytes + size });
  }
  return [...sums].map(([what, sum]) => ({ what, ...sum })).sort((a, b) => b.bytes - a.bytes);
}
