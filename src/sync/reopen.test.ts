import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { suite, test } from 'node:test';
import { openDevice, TEST_COLLECTION, type TestDevice } from '../../test/support/device.ts';
import { createDice } from '../../test/support/dice.ts';
import { createManualClock, createSeededRandom } from '../../test/support/ports.ts';
import { utf8Text } from '../base/bytes.ts';
import { isErrorKind } from '../base/errors.ts';
import { getContent } from '../replica/contents.ts';
import { outboxEntry } from '../replica/outbox.ts';
import { conflictsOf } from '../replica/records.ts';
import { currentVersionsOf, hasVersion } from '../replica/versions.ts';
import { createMemoryStore } from '../store/memory.ts';
import { chooseFor } from './choose.ts';
import { commitEntries } from './commit.ts';
import { commonAncestor, historyOf } from './history.ts';
import { conflictSides } from './records.ts';
import { reopenConflict } from './reopen.ts';

interface World {
  readonly devices: readonly TestDevice[];
  readonly record: string;
  /** Rounds on all until nothing can change any more. */
  settle(): Promise<void>;
  /** Another device, which was not there until now. */
  join(): Promise<TestDevice>;
}

/** Devices of which each has another text of one note. */
async function openConflict(count: number): Promise<World> {
  const store = createMemoryStore();
  const clock = createManualClock(1_800_000_000_000);
  const random = createSeededRandom(7);
  const devices: TestDevice[] = [];
  const join = async (): Promise<TestDevice> => {
    const name = 'abcdef'[devices.length] ?? 'z';
    const isFirst = devices.length === 0;
    const device = await openDevice({ store, clock, random, name, isFirst });
    devices.push(device);
    await device.sync();
    return device;
  };
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 3; turn += 1) {
      for (const device of devices) {
        clock.advance(5_000);
        await device.sync();
      }
    }
  };
  (await join()).folder.set('note', 'base');
  for (let index = 1; index < count; index += 1) await join();
  await settle();
  for (const { folder, name } of devices) folder.set('note', `text of ${name}`);
  await settle();
  const [first] = devices;
  assert.ok(first !== undefined);
  const [row] = conflictsOf(first.engine.db, TEST_COLLECTION);
  assert.ok(row !== undefined);
  return { devices, record: row.record, settle, join };
}

function sidesOn({ engine }: TestDevice, record: string) {
  return conflictSides(engine, TEST_COLLECTION, record).sides;
}

function textsOn(device: TestDevice, record: string): readonly (string | undefined)[] {
  return sidesOn(device, record)
    .map(({ hash }) => utf8Text(getContent(device.engine.db, hash) ?? new Uint8Array()))
    .sort();
}

/** Chooses this device's side, lets that reach the others, and returns what takes it back. */
async function chosen({ devices, record, settle }: World): Promise<() => void> {
  const [{ engine } = assert.fail('no device')] = devices;
  const sides = sidesOn(devices[0] ?? assert.fail('no device'), record);
  const ids = sides.map(({ lead }) => lead.version.id);
  chooseFor(engine, TEST_COLLECTION, record, { kind: 'local' }, (device) => device);
  const version = outboxEntry(engine.db, TEST_COLLECTION, record)?.version.id ?? '';
  await settle();
  return () => reopenConflict(engine, TEST_COLLECTION, record, version, ids);
}

/** Chooses this device's side, where there is a conflict. */
function chooseOn(device: TestDevice, record: string): (() => void)[] {
  const { engine } = device;
  const sides = sidesOn(device, record).map(({ lead }) => lead.version.id);
  if (sides.length < 2) return [];
  chooseFor(engine, TEST_COLLECTION, record, { kind: 'local' }, (author) => author);
  const pending = outboxEntry(engine.db, TEST_COLLECTION, record);
  assert.ok(pending !== undefined);
  const { id } = pending.version;
  const known = sides.map((side) => (hasVersion(engine.db, TEST_COLLECTION, side) ? side : id));
  commitEntries(engine, TEST_COLLECTION, [pending]);
  return [() => reopenConflict(engine, TEST_COLLECTION, record, id, known)];
}

/** It may come too late. */
function undoQuietly(undo: (() => void) | undefined): void {
  try {
    undo?.();
  } catch (error) {
    if (!isErrorKind(error, 'attention')) throw error;
  }
}

function currentOn({ engine }: TestDevice, record: string): readonly string[] {
  return currentVersionsOf(engine.db, TEST_COLLECTION, record)
    .map(({ version }) => version.id)
    .sort();
}

suite('taking a choice back', () => {
  for (const count of [2, 4]) {
    test(`S1: ${count} sides are in conflict again, on devices that come later as well`, async () => {
      const world = await openConflict(count);
      const { devices, record, settle } = world;
      const texts = devices.map(({ name }) => `text of ${name}`);
      const undo = await chosen(world);
      for (const device of devices) {
        assert.deepEqual(textsOn(device, record), ['text of a'], 'the choice is with all');
      }
      undo();
      await settle();
      await world.join();
      await settle();
      for (const device of world.devices) {
        assert.deepEqual(textsOn(device, record), texts, device.name);
      }
      const [first] = devices;
      assert.equal(first?.folder.get('note'), 'text of a', 'it shows what it showed before');
    });
  }

  test('each side is of the device that wrote it, and both still come from the same text', async () => {
    const world = await openConflict(2);
    const { devices, record, settle } = world;
    const [a] = devices;
    assert.ok(a !== undefined);
    const authors = sidesOn(a, record).map(({ lead }) => lead.version.stamp[1]);
    const undo = await chosen(world);
    undo();
    await settle();
    const again = sidesOn(a, record).map(({ lead }) => lead.version);
    assert.deepEqual(
      again.map(({ stamp }) => stamp[1]),
      authors,
    );
    const [mine, theirs] = again.map(({ id, parents = [] }) => [id, ...parents]);
    const history = historyOf(a.engine, TEST_COLLECTION, record);
    const base = commonAncestor(history, mine ?? [], theirs ?? []);
    assert.equal(
      utf8Text(getContent(a.engine.db, base?.version.hash ?? '') ?? new Uint8Array()),
      'base',
    );
  });

  test('S1: what somebody made of the choice meanwhile stands beside the sides', async () => {
    const world = await openConflict(2);
    const { devices, record, settle } = world;
    const undo = await chosen(world);
    devices[1]?.folder.set('note', 'made of the choice');
    undo();
    await settle();
    const texts = ['made of the choice', 'text of a', 'text of b'];
    for (const device of devices) assert.deepEqual(textsOn(device, record), texts, device.name);
  });

  test('S3: two devices that take it back at once have one conflict', async () => {
    const world = await openConflict(2);
    const { devices, record, settle } = world;
    const [a, b] = devices;
    assert.ok(a !== undefined && b !== undefined);
    const ids = sidesOn(a, record).map(({ lead }) => lead.version.id);
    const undo = await chosen(world);
    const version = sidesOn(b, record)[0]?.lead.version.id ?? '';
    undo();
    reopenConflict(b.engine, TEST_COLLECTION, record, version, ids);
    await settle();
    for (const device of devices) {
      assert.deepEqual(textsOn(device, record), ['text of a', 'text of b'], device.name);
    }
  });

  const seed = Number(process.env.SATCHEL_TEST_SEED ?? randomInt(2 ** 31));
  test(`S1: whoever chooses, takes back and types in what order, all devices agree (seed ${seed})`, async () => {
    const dice = createDice(createSeededRandom(seed));
    for (let run = 0; run < 6; run += 1) {
      const world = await openConflict(3);
      const undos: (() => void)[] = [];
      for (let step = 0; step < 12; step += 1) {
        const device = dice.pick(world.devices);
        const act = dice.pick(['type', 'sync', 'sync', 'choose', 'undo', 'undo'] as const);
        if (act === 'type') device.folder.set('note', `typed ${run} ${step}`);
        if (act === 'sync') await device.sync();
        if (act === 'choose') undos.push(...chooseOn(device, world.record));
        if (act === 'undo') undoQuietly(undos.pop());
      }
      await world.settle();
      const [first, ...others] = world.devices.map((device) => currentOn(device, world.record));
      assert.ok(first !== undefined && first.length > 0);
      for (const other of others) assert.deepEqual(other, first);
    }
  });

  test('is refused where the record shows something else by now', async () => {
    const world = await openConflict(2);
    const { devices, record, settle } = world;
    const undo = await chosen(world);
    devices[1]?.folder.set('note', 'typed since');
    await settle();
    assert.throws(undo, { kind: 'attention' });
    for (const device of devices) assert.deepEqual(textsOn(device, record), ['typed since']);
  });
});
