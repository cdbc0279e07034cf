/**
 * A random life of two devices around a bucket that attacks them in random ways at random times,
 * each by itself or both alike. One seed decides everything.
 */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { utf8 } from '../../src/base/bytes.ts';
import { isErrorKind } from '../../src/base/errors.ts';
import { contentHash } from '../../src/base/hash.ts';
import { blobKey } from '../../src/format/object-keys.ts';
import { isReady } from '../../src/replica/meta.ts';
import { allRecords } from '../../src/replica/records.ts';
import { currentVersionsOf, type Known, versionsOf } from '../../src/replica/versions.ts';
import { LIMITS } from '../../src/sync/limits.ts';
import { approveHeld } from '../../src/sync/release.ts';
import { mendBucket } from '../../src/sync/verify.ts';
import { TEST_COLLECTION, TEST_KEY } from './device.ts';
import { createDice, type Dice } from './dice.ts';
import {
  type Attack,
  altered,
  changing,
  endless,
  hidden,
  invented,
  lyingLists,
  replayed,
  rolledBack,
  swallowing,
  swapped,
  unchanging,
  type Which,
  withByte,
  withFlippedBit,
} from './hostile-store.ts';
import {
  createHostileWorld,
  type HostileWorld,
  type Member,
  OPEN_KEY,
  unsentOf,
} from './hostile-world.ts';
import {
  type Accounts,
  checkConverged,
  checkHistory,
  checkNothingLost,
  checkShown,
  noteSaved,
} from './life-checks.ts';
import { editOne } from './life-edits.ts';
import { assertReadable } from './life-pruning.ts';
import { createSeededRandom } from './ports.ts';

/** So small that a short life goes through segments, compaction, archives and index objects. */
const SMALL_LIMITS = { ...LIMITS, tailBytes: 700, listsBytes: 350, segmentBytes: 4000, fanIn: 2 };

const MINUTE_MS = 60 * 1000;

interface Life {
  readonly dice: Dice;
  readonly world: HostileWorld;
  readonly members: readonly Member[];
  readonly accounts: Accounts;
  /** The hash of everything that a person wrote. */
  readonly written: Set<string>;
  readonly snapshots: ReadonlyMap<string, Uint8Array>[];
  counter: number;
}

/** @throws AssertionError where something is lost, made up, or does not heal. */
export async function liveHostileLife(seed: number, steps: number): Promise<void> {
  const key = seed % 4 === 3 ? OPEN_KEY : TEST_KEY;
  const world = await createHostileWorld(key, { seed, limits: SMALL_LIMITS });
  const members = [world.a, world.b];
  const life: Life = {
    dice: createDice(createSeededRandom(seed + 1)),
    world,
    members,
    accounts: { saved: new Set(), parents: new Map() },
    written: new Set(),
    snapshots: [],
    counter: 0,
  };
  try {
    for (let step = 0; step < steps; step += 1) await takeStep(life);
    await heal(life, members);
    const newcomer = await world.open('newcomer');
    members.push(newcomer);
    await heal(life, members);
    checkConverged(members);
    for (const member of members) checkShown(member);
    checkNothingLost(life.accounts, members);
    await assertReadable(newcomer);
    await checkHistory(life.accounts, newcomer);
  } finally {
    for (const member of members) {
      member.close();
      rmSync(dirname(member.path), { recursive: true, force: true });
    }
  }
}

async function takeStep(life: Life): Promise<void> {
  const { dice, world, members } = life;
  const member = dice.pick(members);
  world.clock.advance(dice.chance(0.1) ? 70 * MINUTE_MS : 1000 + dice.below(2 * MINUTE_MS));
  if (dice.chance(0.05)) life.snapshots.push(await world.bucket.snapshot());
  if (dice.chance(0.15)) {
    const attack = dice.chance(0.3) ? undefined : chooseAttack(life);
    for (const attacked of dice.chance(0.3) ? members : [dice.pick(members)]) {
      attacked.view.attack = attack;
    }
  }
  const state = life.snapshots[0];
  if (state !== undefined && dice.chance(0.01))
    await world.bucket.restore(dice.pick(life.snapshots));
  if (dice.chance(0.45)) edit(life, member);
  else await round(life, member);
}

function edit(life: Life, { folder, name }: Member): void {
  const { dice } = life;
  life.counter += 1;
  const number = life.counter;
  const text = (): string => {
    const written = `${name} wrote ${number} `.repeat(dice.chance(0.2) ? 2000 : 1);
    life.written.add(contentHash(utf8(written)));
    return written;
  };
  editOne(dice, folder, { number, text });
}

/** A round that the bucket may spoil, but only in the ways that a person can be told of. */
async function round(life: Life, member: Member): Promise<void> {
  try {
    await member.sync({ list: life.dice.chance(0.5), everyHead: life.dice.chance(0.5) });
  } catch (error) {
    if (!isErrorKind(error, 'unreachable') && !isErrorKind(error, 'damaged')) throw error;
    assert.ok(error.hint, `no remedy: ${error.message}`);
  }
  noteSaved(life.accounts, member);
  checkWritten(life, member);
}

/** Nothing is on a device that no person wrote. */
function checkWritten({ written }: Life, { engine: { db }, folder, name }: Member): void {
  for (const [path, text] of folder) {
    assert.ok(written.has(contentHash(utf8(text))), `${path} on ${name} was written by nobody`);
  }
  for (const { record } of [...allRecords(db, TEST_COLLECTION)]) {
    for (const { version } of versionsOf(db, TEST_COLLECTION, record)) {
      const { hash } = version;
      assert.ok(hash === undefined || written.has(hash), `a version on ${name} is made up`);
    }
  }
}

function chooseAttack(life: Life): Attack {
  const { dice, world } = life;
  const { bucket } = world;
  const keys = bucket.keys();
  const which = chooseObjects(dice, keys);
  const change = dice.pick([
    (body: Uint8Array) => body.subarray(0, dice.below(body.length)),
    (body: Uint8Array) => withFlippedBit(body, dice.below(body.length)),
    (body: Uint8Array) => withByte(body, 4, 2),
    (body: Uint8Array) => withByte(body, 4, 9),
    () => utf8('<html>Sign in</html>'),
    () => (keys.length > 0 ? bucket.past(dice.pick(keys))[0] : undefined) ?? new Uint8Array(0),
  ]);
  const names = Array.from({ length: 1 + dice.below(4) }, () => `heads/made${dice.below(50)}up`);
  const garbage = dice.chance(0.5) ? utf8('garbage') : (bucket.past(world.a.head)[0] ?? utf8(''));
  const attacks: readonly (() => Attack)[] = [
    () => altered('alters', bucket, which, change),
    () => swapped(bucket, keys.length > 1 ? [dice.pick(keys), dice.pick(keys)] : []),
    () => replayed(bucket, which, dice.below(40)),
    () => rolledBack(life.snapshots.length > 0 ? dice.pick(life.snapshots) : new Map()),
    () => hidden(which),
    () => endless(which),
    () => changing(bucket, which),
    () => unchanging(which),
    () => invented(names, dice.chance(0.3) ? undefined : garbage),
    () => lyingLists(),
    () => swallowing(which),
  ];
  return dice.pick(attacks)();
}

function chooseObjects(dice: Dice, keys: readonly string[]): Which {
  const one = keys.length > 0 ? dice.pick(keys) : '';
  const prefix = dice.pick(['heads/', 'segments/', 'archive/', 'blobs/', '']);
  return dice.chance(0.5) ? (key) => key === one : (key) => key.startsWith(prefix);
}

/** The bucket is honest from now on; what it lost meanwhile is mended where somebody has it. */
async function heal(life: Life, members: readonly Member[]): Promise<void> {
  for (const { view } of members) view.attack = undefined;
  await settle(life, members);
  for (const member of members) {
    await mendBucket(member.engine, member.open, { share: 1, seed: 'all' });
  }
  await putBackWhatNobodyHas(life, members);
  await settle(life, members);
  for (const member of members) {
    const { unreadable } = await member.sync({ list: true, everyHead: true });
    assert.deepEqual(unreadable, [], `${member.name} cannot read the bucket`);
    assert.ok(isReady(member.engine.db, TEST_COLLECTION), `${member.name} is not ready`);
    assert.equal(unsentOf(member), 0, `${member.name} has something left to send`);
  }
}

/**
 * A bucket that is put back to an earlier state, or swallows what it is sent, may lose content that
 * people have replaced, and so have on no disk. Where that is current once more, as after a rename
 * beside a deletion, its owner has to find it elsewhere.
 */
async function putBackWhatNobodyHas({ world }: Life, members: readonly Member[]): Promise<void> {
  const { honest, past, isTaken } = world.bucket;
  const texts = members.flatMap(({ folder }) => [...folder.values()]);
  const onDisks = new Set(texts.map((text) => contentHash(utf8(text))));
  for (const { version } of members.flatMap(currentVersions)) {
    if (version.hash === undefined || onDisks.has(version.hash)) continue;
    for (const key of (version.blobs ?? []).map(([id]) => blobKey(id))) {
      const body = past(key).at(-1);
      const isMissing = (await honest.get(key)).kind === 'missing';
      if (body !== undefined && isMissing && isTaken(key)) await honest.put(key, body);
    }
  }
}

function currentVersions({ engine: { db } }: Member): Known[] {
  return [...allRecords(db, TEST_COLLECTION)].flatMap(({ record }) =>
    currentVersionsOf(db, TEST_COLLECTION, record),
  );
}

async function settle(life: Life, members: readonly Member[]): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) {
    life.world.clock.advance(turn % 3 === 2 ? 70 * MINUTE_MS : 5000);
    for (const member of members) {
      for (const direction of ['out', 'in'] as const) {
        approveHeld(member.engine, TEST_COLLECTION, direction);
      }
      await member.sync({ list: true, everyHead: true });
      noteSaved(life.accounts, member);
      checkWritten(life, member);
    }
  }
}
