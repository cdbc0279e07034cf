/** Copying a whole repository to another bucket, as it is: objects are sealed under their keys alone. */
import { forEachConcurrently } from '../base/concurrency.ts';
import { SatchelError } from '../base/errors.ts';
import { contentHash } from '../base/hash.ts';
import { decodeCommits } from '../format/commit.ts';
import { HEAD_MAX_BYTES, type Head } from '../format/head.ts';
import {
  archiveKey,
  BLOBS_PREFIX,
  blobKey,
  HEADS_PREFIX,
  LINKS_PREFIX,
  MANIFEST_KEY,
  SLOTS_PREFIX,
  segmentKey,
} from '../format/object-keys.ts';
import { SEAL_OVERHEAD_BYTES } from '../format/seal.ts';
import type { ObjectStore } from '../store/store.ts';
import type { Engine } from './engine.ts';
import { openHead } from './head.ts';

export interface Copied {
  readonly objects: number;
  readonly bytes: number;
}

/** Bounds memory: a segment may have tens of megabytes. */
const AT_ONCE = 4;
/** Other devices go on publishing; each pass takes in what came during the one before. */
const PASSES_MAX = 20;

/**
 * Copies all that the bucket holds, but for links, to `target`, reads back what it wrote, and looks
 * again until nothing was new. Key slots that are gone by then go there too. `satchel.json` comes
 * last, so that nobody takes half a copy for a repository.
 * Whoever is stopped goes on where that was. Heads are compared by their bodies, the rest, which
 * never changes, by size.
 * @throws SatchelError `damaged` where something does not arrive as it was; what the stores throw.
 */
export async function copyRepository(engine: Engine, target: ObjectStore): Promise<Copied> {
  const total = { objects: 0, bytes: 0 };
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const copied = await copyOnce(engine, target);
    total.objects += copied.objects;
    total.bytes += copied.bytes;
    if (copied.objects === 0) break;
  }
  await deleteFormerSlots(engine.store, target);
  await copyObject(engine.store, target, MANIFEST_KEY, total);
  return total;
}

async function copyOnce(engine: Engine, target: ObjectStore): Promise<Copied> {
  const copied = { objects: 0, bytes: 0 };
  const present = new Map((await target.list('')).objects.map((o) => [o.key, o.sizeBytes]));
  const { objects } = await engine.store.list('');
  const missing = objects
    .filter(({ key }) => key !== MANIFEST_KEY && !key.startsWith(LINKS_PREFIX))
    .filter(({ key, sizeBytes }) => key.startsWith(HEADS_PREFIX) || present.get(key) !== sizeBytes)
    .map(({ key }) => key)
    .sort(byTurn);
  let done = 0;
  const copy = async (key: string): Promise<void> => {
    await copyObject(engine.store, target, key, copied);
    present.set(key, 0);
    done += 1;
    engine.progress('Copying', done, missing.length, 'files');
  };
  await forEachConcurrently(missing, AT_ONCE, copy);
  // A list may be late to show what a head names already.
  const named = (await namedByHeads(engine)).filter((key) => !present.has(key));
  await forEachConcurrently([...new Set(named)], AT_ONCE, copy);
  return copied;
}

/**
 * Brings the key slots of a copy in step, as long as nobody uses it: a move that was cut off may go
 * on after weeks.
 * @throws as `copyRepository`.
 */
export async function copySlots(source: ObjectStore, target: ObjectStore): Promise<void> {
  const copied = { objects: 0, bytes: 0 };
  for (const { key } of (await source.list(SLOTS_PREFIX)).objects) {
    await copyObject(source, target, key, copied);
  }
  await deleteFormerSlots(source, target);
}

/** A passphrase that was replaced since the copy began must not open it: copying may take days. */
async function deleteFormerSlots(source: ObjectStore, target: ObjectStore): Promise<void> {
  const slots = (await target.list(SLOTS_PREFIX)).objects.map(({ key }) => key);
  const former: string[] = [];
  for (const key of slots) if ((await source.get(key)).kind === 'missing') former.push(key);
  // A bucket that was emptied tells nothing of what was replaced, and one slot always stays.
  if (former.length === slots.length) return;
  for (const key of former) await target.delete(key);
}

/** Content before the commits that name it, and heads at the end. */
function byTurn(a: string, b: string): number {
  return turnOf(a) - turnOf(b) || (a < b ? -1 : 1);
}

function turnOf(key: string): number {
  if (key.startsWith(BLOBS_PREFIX)) return 0;
  if (key.startsWith(SLOTS_PREFIX)) return 2;
  return key.startsWith(HEADS_PREFIX) ? 3 : 1;
}

/**
 * Copies one object unless the target has the same body, and reads it back. One that is gone
 * meanwhile was replaced: nothing names it any more.
 */
async function copyObject(
  source: ObjectStore,
  target: ObjectStore,
  key: string,
  copied: { objects: number; bytes: number },
): Promise<void> {
  const found = await source.get(key);
  if (found.kind !== 'found') return;
  const hash = contentHash(found.body);
  if ((await hashAt(target, key)) === hash) return;
  await target.put(key, found.body);
  if ((await hashAt(target, key)) !== hash) {
    throw new SatchelError(
      'damaged',
      `The object ${key} is not in ${target.name} as it was sent.`,
      {
        hint: 'Nothing has changed for your devices. Run the command again, or choose another place.',
      },
    );
  }
  copied.objects += 1;
  copied.bytes += found.body.length;
}

async function hashAt(store: ObjectStore, key: string): Promise<string | undefined> {
  const found = await store.get(key);
  return found.kind === 'found' ? contentHash(found.body) : undefined;
}

async function namedByHeads(engine: Engine): Promise<string[]> {
  const { objects } = await engine.store.list(HEADS_PREFIX);
  const named: string[] = [];
  for (const { key } of objects) {
    const device = key.slice(HEADS_PREFIX.length);
    const maxBytes = HEAD_MAX_BYTES + SEAL_OVERHEAD_BYTES;
    const found = await engine.store.get(key, { maxBytes });
    if (found.kind !== 'found') continue;
    const head = await openHead(engine, device, found.body).catch(() => undefined);
    if (head !== undefined) named.push(...objectsOf(device, head));
  }
  return named;
}

function objectsOf(device: string, head: Head): string[] {
  const lists = [
    ...Object.values(head.collections),
    ...Object.values(head.adopted ?? {}).flatMap((collections) => Object.values(collections)),
  ];
  const blobs = Object.values(head.collections)
    .flatMap(({ tail }) => decodeCommits(tail))
    .flatMap(({ versions }) => versions)
    .flatMap((version) => version.blobs ?? []);
  return [
    ...lists.flatMap(({ segments }) => segments.map(([id]) => segmentKey(device, id))),
    ...lists.flatMap(({ archives }) => archives.map(([id]) => archiveKey(device, id))),
    ...[head.index, head.condemned].flatMap((id) =>
      id === undefined ? [] : [segmentKey(device, id)],
    ),
    ...blobs.map(([id]) => blobKey(id)),
  ];
}
