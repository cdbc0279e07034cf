/** Opening a repository as one of its devices does, to put things into the bucket that are wrong. */
import { openForReading, type Session } from '../../src/app/session.ts';
import type { Version } from '../../src/format/commit.ts';
import type { SegmentEntry } from '../../src/format/head.ts';
import { newInnerId } from '../../src/format/ids.ts';
import { headKey, segmentKey } from '../../src/format/object-keys.ts';
import { DirectoryStore } from '../../src/store/directory.ts';
import { appendCommit } from '../../src/sync/commit.ts';
import { selfId } from '../../src/sync/engine.ts';
import { openHead } from '../../src/sync/head.ts';
import { publishHead } from '../../src/sync/publish.ts';
import { systemClock, systemRandom } from './ports.ts';

/** Works with a device's own engine while no command runs there. */
export async function asDevice<T>(
  home: string,
  work: (session: Session) => T | Promise<T>,
): Promise<T> {
  const session = await openForReading({
    home,
    clock: systemClock,
    random: systemRandom,
    progress: () => undefined,
    notice: () => undefined,
  });
  try {
    await session.key.ring();
    return await work(session);
  } finally {
    await session.close();
  }
}

/** Publishes versions as they are, with no check on them. */
export async function publishRaw(
  { engine, settings }: Session,
  versions: readonly Partial<Version>[],
): Promise<void> {
  const [collection = ''] = Object.keys(settings.collections);
  const whole = versions.map((version): Version => {
    const id = newInnerId(engine.random);
    const stamp: Version['stamp'] = [engine.clock.now(), selfId(engine)];
    return { id, record: id, stamp, fields: {}, ...version };
  });
  engine.db.transaction(() => appendCommit(engine, collection, whole));
  await publishHead(engine, false);
}

/** The key of a device's head in the bucket. */
export function headOf({ engine }: Session): string {
  return headKey(selfId(engine));
}

/** The segments of a device's only collection, with their keys. */
export async function segmentsOf({
  engine,
  settings,
}: Session): Promise<{ readonly key: string; readonly entry: SegmentEntry }[]> {
  const self = selfId(engine);
  const found = await engine.store.get(headKey(self));
  if (found.kind !== 'found') throw new Error('the device has no head yet');
  const head = await openHead(engine, self, found.body);
  const [collection = ''] = Object.keys(settings.collections);
  const entries = head.collections[collection]?.segments ?? [];
  return entries.map((entry) => ({ key: segmentKey(self, entry[0]), entry }));
}

export function bucketAt(folder: string): DirectoryStore {
  return new DirectoryStore(folder, { clock: systemClock, random: systemRandom });
}

/** Replaces a body, and returns what puts the former one back. */
export async function spoil(
  folder: string,
  key: string,
  change: (body: Uint8Array) => Uint8Array,
): Promise<() => Promise<void>> {
  const store = bucketAt(folder);
  const found = await store.get(key);
  if (found.kind !== 'found') throw new Error(`there is no object ${key}`);
  await store.put(key, change(found.body));
  return async () => {
    await store.put(key, found.body);
  };
}

export function withFlippedBit(body: Uint8Array): Uint8Array {
  const spoiled = Uint8Array.from(body);
  const middle = Math.floor(body.length / 2);
  spoiled[middle] = (spoiled[middle] ?? 0) ^ 1;
  return spoiled;
}
