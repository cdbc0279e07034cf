/** Two devices of one repository, each with its own view of a bucket that may turn hostile. */
import assert from 'node:assert/strict';
import { utf8 } from '../../src/base/bytes.ts';
import { SatchelError } from '../../src/base/errors.ts';
import { headKey, MANIFEST_KEY, slotKey } from '../../src/format/object-keys.ts';
import { openRepositoryKey, type RepositoryKey } from '../../src/format/repository-key.ts';
import { eventsAfter } from '../../src/replica/events.ts';
import { outboxCount } from '../../src/replica/outbox.ts';
import { allRecords } from '../../src/replica/records.ts';
import { versionsOf } from '../../src/replica/versions.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { readContent } from '../../src/sync/contents.ts';
import { selfId } from '../../src/sync/engine.ts';
import { LIMITS, type Limits } from '../../src/sync/limits.ts';
import {
  manifestOf,
  openDevice,
  TEST_COLLECTION,
  TEST_KEY,
  TEST_REPOSITORY,
  type TestDevice,
} from './device.ts';
import { createHostileBucket, type HostileBucket, type HostileView } from './hostile-store.ts';
import { createManualClock, createSeededRandom, type ManualClock } from './ports.ts';

export const OPEN_KEY: RepositoryKey = openRepositoryKey('none', TEST_REPOSITORY, undefined);

/** So small that a few notes fill segments and an index object. */
const FEW_SEGMENTS: Limits = {
  ...LIMITS,
  tailBytes: 700,
  listsBytes: 200,
  segmentBytes: 4000,
  commitBytes: 2000,
};

export interface Member extends TestDevice {
  readonly view: HostileView;
  /** The key of its head. */
  readonly head: string;
}

export interface HostileWorld {
  readonly bucket: HostileBucket;
  readonly clock: ManualClock;
  readonly a: Member;
  readonly b: Member;
  open(name: string, isFirst?: boolean): Promise<Member>;
}

export async function createHostileWorld(
  key: RepositoryKey = TEST_KEY,
  { seed = 1, limits = FEW_SEGMENTS }: { readonly seed?: number; readonly limits?: Limits } = {},
): Promise<HostileWorld> {
  const bucket = createHostileBucket(createMemoryStore());
  const clock = createManualClock(1_800_000_000_000);
  const random = createSeededRandom(seed);
  const open = async (name: string, isFirst = false): Promise<Member> => {
    const view = bucket.view();
    const inputs = { store: view, clock, random, name, isFirst, key, limits };
    const device = await openDevice(inputs);
    return { ...device, view, head: headKey(selfId(device.engine)) };
  };
  await bucket.honest.put(MANIFEST_KEY, manifestOf());
  await bucket.honest.put(slotKey('slot'), slotWith());
  return { bucket, clock, a: await open('a', true), b: await open('b'), open };
}

/** A key slot. @param tags those of later keys that it says to hold. */
export function slotWith(tags?: readonly string[]): Uint8Array {
  const kdf = { name: 'hkdf-sha256', salt: 'AAAA' };
  const slot = { format: 1, kind: 'recovery', created: 1, kdf, nonce: 'AAAA', wrapped: 'AAAA' };
  return utf8(JSON.stringify({ ...slot, ...(tags === undefined ? {} : { tags }) }));
}

/** What a round told a person, in all the ways there are. */
export interface Told {
  readonly kind: string;
  readonly text: string;
}

/** One round, and everything that it told; it throws only what is no `SatchelError`. */
export async function roundOf(member: Member): Promise<readonly Told[]> {
  const { db } = member.engine;
  const [last] = eventsAfter(db, 0, 100_000).slice(-1);
  const told: Told[] = [];
  try {
    const { unreadable } = await member.sync({ list: true, everyHead: true });
    for (const { path, error } of unreadable)
      told.push({ kind: 'unreadable', text: `${path}: ${error}` });
  } catch (error) {
    assert.ok(error instanceof SatchelError, `no word for a person: ${error}`);
    told.push({ kind: error.kind, text: `${error.message} ${error.hint}` });
  }
  for (const { kind, message } of eventsAfter(db, last?.id ?? 0, 100_000)) {
    if (kind === 'warning' || kind === 'device') told.push({ kind, text: message });
  }
  told.push(...(await contentsMissing(member)));
  return told;
}

/** Why contents of current versions cannot be read. */
async function contentsMissing({ engine }: Member): Promise<Told[]> {
  const told: Told[] = [];
  for (const { record } of [...allRecords(engine.db, TEST_COLLECTION)]) {
    for (const { version, isCurrent } of versionsOf(engine.db, TEST_COLLECTION, record)) {
      if (!isCurrent || version.blobs === undefined) continue;
      try {
        for await (const piece of readContent(engine, TEST_COLLECTION, version)) void piece;
      } catch (error) {
        assert.ok(error instanceof SatchelError, `no word for a person: ${error}`);
        told.push({ kind: error.kind, text: `${error.message} ${error.hint}` });
      }
    }
  }
  return told;
}

/** All versions in a device's replica, by id, each with the name of the device that saved it. */
export function versionIdsOf({ engine, name }: TestDevice): ReadonlyMap<string, string> {
  const { db } = engine;
  const versions = [...allRecords(db, TEST_COLLECTION)].flatMap(({ record }) =>
    versionsOf(db, TEST_COLLECTION, record).map(({ version }) => version),
  );
  return new Map(
    versions.map(({ id, stamp }) => [id, stamp[1] === selfId(engine) ? name : 'another']),
  );
}

export function unsentOf({ engine }: TestDevice): number {
  return outboxCount(engine.db, TEST_COLLECTION);
}

/** All talk until nothing changes any more, and have the same. */
export async function heal(world: HostileWorld, members: readonly Member[]): Promise<void> {
  await calm(world, members);
  const [first] = members;
  assert.ok(first);
  for (const member of members) {
    assert.deepEqual([...member.folder].sort(), [...first.folder].sort(), member.name);
  }
}

/** All talk until nothing changes any more, and are well. In a conflict, each may show a side of its own. */
export async function calm({ clock }: HostileWorld, members: readonly Member[]): Promise<void> {
  for (const { view } of members) view.attack = undefined;
  for (let turn = 0; turn < 6; turn += 1) {
    clock.advance(turn === 3 ? 2 * 60 * 60 * 1000 : 5000);
    for (const member of members) await member.sync({ list: true, everyHead: true });
  }
  for (const member of members) {
    const told = (await roundOf(member)).filter(({ kind }) => kind !== 'warning');
    assert.deepEqual(told, [], `${member.name} is not well`);
    assert.equal(unsentOf(member), 0, `${member.name} has something left to send`);
  }
}
