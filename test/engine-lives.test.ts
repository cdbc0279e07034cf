/** S9: what a device that is put back to a backup finds of the lives that it does not remember. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { headKey } from '../src/format/object-keys.ts';
import { keptAfter, newestRev } from '../src/replica/changes.ts';
import { isReady, markUnready } from '../src/replica/meta.ts';
import { outboxCount } from '../src/replica/outbox.ts';
import { conflictsOf } from '../src/replica/records.ts';
import { commitsOf, recordsOnceCalled } from '../src/replica/versions.ts';
import { createMemoryStore } from '../src/store/memory.ts';
import type { ObjectStore } from '../src/store/store.ts';
import { endIdentity } from '../src/sync/ends.ts';
import { type Engine, selfId } from '../src/sync/engine.ts';
import { historyOf, readArchives } from '../src/sync/history.ts';
import { LIMITS } from '../src/sync/limits.ts';
import { openDevice, TEST_COLLECTION, type TestDevice } from './support/device.ts';
import { createManualClock, createSeededRandom, type ManualClock } from './support/ports.ts';
import { temporaryFolder } from './support/temporary.ts';

const HOUR_MS = 60 * 60 * 1000;
/** Two segments are merged, and what was replaced goes to an archive. */
const SOON_ARCHIVED = { ...LIMITS, tailBytes: 700, fanIn: 2 };

interface World {
  readonly store: ObjectStore;
  readonly clock: ManualClock;
  readonly a: TestDevice;
  readonly b: TestDevice;
  /** Copies the device; what it returns puts that copy back, as a device of its own. */
  backUp(device: TestDevice): () => Promise<TestDevice>;
}

async function openWorld(context: TestContext): Promise<World> {
  const ports = {
    store: createMemoryStore(),
    clock: createManualClock(1_800_000_000_000),
    random: createSeededRandom(1),
    limits: SOON_ARCHIVED,
  };
  const a = await openDevice({ ...ports, name: 'a', isFirst: true });
  const b = await openDevice({ ...ports, name: 'b' });
  const places = temporaryFolder('lives');
  context.after(() => rmSync(places, { recursive: true }));
  const backUp = (device: TestDevice): (() => Promise<TestDevice>) => {
    device.engine.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const copy = join(mkdtempSync(join(places, 'copy-')), 'replica.sqlite');
    cpSync(device.path, copy);
    const files = new Map(device.folder);
    return async () => {
      const path = join(mkdtempSync(join(places, 'life-')), 'replica.sqlite');
      cpSync(copy, path);
      return openDevice({ ...ports, name: 'a', path, folder: new Map(files) });
    };
  };
  return { store: ports.store, clock: ports.clock, a, b, backUp };
}

/** Takes in what changed in the folder, as a device without a network does. */
async function takeIn(device: TestDevice): Promise<void> {
  await device.open.get(TEST_COLLECTION)?.takeIn();
}

/** Saves until what was replaced before is merged with the rest, and so in an archive. */
async function writeMuch(device: TestDevice): Promise<void> {
  for (let count = 0; count < 12; count += 1) {
    device.folder.set(`busy ${count % 4}`, `line ${count}`);
    await device.sync();
  }
}

/** Removes objects as if they had not arrived yet. */
async function takeAway(store: ObjectStore, prefix: string): Promise<Map<string, Uint8Array>> {
  const taken = new Map<string, Uint8Array>();
  for (const { key } of (await store.list(prefix)).objects) {
    const result = await store.get(key);
    if (result.kind === 'found') taken.set(key, result.body);
    await store.delete(key);
  }
  assert.ok(taken.size > 0);
  return taken;
}

function recordCalled({ db }: Engine, name: string): string {
  const [record] = recordsOnceCalled(db, TEST_COLLECTION, 'path', name);
  assert.ok(record);
  return record;
}

function contentsOf(device: TestDevice): Record<string, string> {
  return Object.fromEntries(device.folder);
}

suite('S9: an outbox from a backup', () => {
  test('its changes have numbers beyond those of the life that is forgotten', async (context) => {
    const { clock, a, backUp } = await openWorld(context);
    await a.sync();
    const putBack = backUp(a);
    await writeMuch(a);
    const told = newestRev(a.engine.db);
    clock.advance(60_000);
    const restored = await putBack();
    await restored.sync();
    const { db } = restored.engine;
    assert.notEqual(selfId(restored.engine), selfId(a.engine));
    assert.ok(newestRev(db) > told);
    assert.ok(keptAfter(db, TEST_COLLECTION) > told, 'nobody goes on from a number of that life');
  });

  test('what it holds was published and deleted since: it goes from the disk as well', async (context) => {
    const { a, b, backUp } = await openWorld(context);
    a.folder.set('kept', 'text');
    a.folder.set('note', 'draft');
    await takeIn(a);
    const putBack = backUp(a);
    await a.sync();
    a.folder.delete('note');
    await a.sync();
    const again = await putBack();
    for (const device of [again, b]) await device.sync();
    for (const device of [again, b]) assert.deepEqual(contentsOf(device), { kept: 'text' });
  });

  test('what it holds was published and replaced since: the newer text stands, and no conflict', async (context) => {
    const { a, b, backUp } = await openWorld(context);
    a.folder.set('note', 'draft');
    await takeIn(a);
    const putBack = backUp(a);
    await a.sync();
    await b.sync();
    b.folder.set('note', 'finished');
    for (const device of [b, a]) await device.sync();
    a.folder.set('other', 'text');
    await a.sync();
    const again = await putBack();
    for (const device of [again, b]) await device.sync();
    for (const device of [again, b]) {
      assert.deepEqual(contentsOf(device), { note: 'finished', other: 'text' });
      assert.deepEqual(conflictsOf(device.engine.db, TEST_COLLECTION), []);
    }
  });

  test('what it holds is in an archive that is late: nothing is published before that is read', async (context) => {
    const { store, a, b, backUp } = await openWorld(context);
    a.folder.set('note', 'draft');
    await takeIn(a);
    const putBack = backUp(a);
    await a.sync();
    a.folder.delete('note');
    await a.sync();
    await writeMuch(a);
    const late = await takeAway(store, `archive/${selfId(a.engine)}/`);
    const again = await putBack();
    assert.notDeepEqual((await again.sync()).unreadable, []);
    for (const [key, body] of late) await store.put(key, body);
    for (const device of [again, b, again]) await device.sync();
    for (const { folder } of [again, b]) assert.ok(!folder.has('note'));
  });

  test('an archive is gone for good: after an hour nothing waits for it, nor is it an error', async (context) => {
    const { store, clock, a, b, backUp } = await openWorld(context);
    const putBack = backUp(a);
    a.folder.set('note', 'draft');
    await a.sync();
    a.folder.delete('note');
    await a.sync();
    await writeMuch(a);
    await takeAway(store, `archive/${selfId(a.engine)}/`);
    const again = await putBack();
    again.folder.set('mine', 'text');
    assert.notDeepEqual((await again.sync()).unreadable, []);
    clock.advance(HOUR_MS + 1);
    await again.sync();
    assert.deepEqual((await again.sync()).unreadable, []);
    await b.sync();
    assert.equal(b.folder.get('mine'), 'text');
    // What is read for the first time is complete without it.
    markUnready(again.engine.db, TEST_COLLECTION);
    await again.sync();
    assert.ok(isReady(again.engine.db, TEST_COLLECTION));
  });
});

suite('S9: a backup, and a head that is older than what another device read', () => {
  for (const isTold of [true, false]) {
    const how = isTold ? 'that device’s head tells of it' : 'that device finds other commits';
    test(`${how}: no number stands for two commits, and everybody has both`, async (context) => {
      await liveTwice(await openWorld(context), isTold);
    });
  }

  async function liveTwice({ store, a, b, backUp }: World, isTold: boolean): Promise<void> {
    a.folder.set('one', 'text');
    for (const device of [a, b]) await device.sync();
    const key = headKey(selfId(a.engine));
    const older = await store.get(key);
    assert.ok(older.kind === 'found');
    const putBack = backUp(a);
    a.folder.set('two', 'of the first life');
    for (const device of [a, b]) await device.sync();
    if (isTold) b.folder.set('by another', 'who has read it');
    await b.sync();
    // A write that was late: of the second number only the other device knows now.
    await store.put(key, older.body);
    const again = await putBack();
    // Where it is replaced and archived, no reader meets the other commit of that number.
    for (const text of [...(isTold ? ['a draft'] : []), 'of the second life']) {
      again.folder.set('other two', text);
      await again.sync();
    }
    await writeMuch(again);
    for (const device of [b, again, again, b]) await device.sync();
    for (const { folder } of [again, b]) {
      assert.equal(folder.get('two'), 'of the first life');
      assert.equal(folder.get('other two'), 'of the second life');
    }
  }
});

test('S9: a device that heard of its end commits nothing before it has its new identity', async (context) => {
  const { a, b } = await openWorld(context);
  a.folder.set('note', 'text');
  for (const device of [a, b]) await device.sync();
  const former = selfId(a.engine);
  endIdentity(a.engine, former, TEST_COLLECTION, 1);
  a.folder.set('note', 'edited');
  await a.sync({ list: false, publishOnly: true });
  assert.equal(commitsUnder(a, former), 1);
  assert.equal(outboxCount(a.engine.db, TEST_COLLECTION), 1);
  for (const device of [a, b, a, b]) await device.sync();
  assert.notEqual(selfId(a.engine), former);
  assert.equal(b.folder.get('note'), 'edited');
  assert.equal(outboxCount(a.engine.db, TEST_COLLECTION), 0);
});

test('S9: of what others had applied beyond its end, a device counts nothing as seen', async (context) => {
  const { a, b } = await openWorld(context);
  a.folder.set('other', 'text');
  for (const device of [a, b]) await device.sync();
  a.folder.set('note', 'of a');
  for (const device of [a, b]) await device.sync();
  b.folder.set('note', 'of b');
  for (const device of [b, a]) await device.sync();
  const inConflict = ({ engine }: TestDevice): unknown[] =>
    conflictsOf(engine.db, TEST_COLLECTION).map(({ fields }) => fields.path);
  assert.deepEqual(inConflict(a), []);
  endIdentity(a.engine, selfId(a.engine), TEST_COLLECTION, 1);
  assert.deepEqual(inConflict(a), ['note']);
  for (const device of [a, b, a, b]) await device.sync();
  for (const device of [a, b]) assert.deepEqual(inConflict(device), ['note']);
});

function commitsUnder({ engine }: TestDevice, device: string): number {
  return [...commitsOf(engine.db, TEST_COLLECTION, device, 1, Number.MAX_SAFE_INTEGER)].length;
}

suite('S9: a device that was put back twice to the same day', () => {
  test('what the life in between replaced is found in its archive', async (context) => {
    const { a, b, backUp } = await openWorld(context);
    const putBack = backUp(a);
    a.folder.set('first', 'life');
    await a.sync();
    const between = await putBack();
    for (const text of ['one', 'two', 'three']) {
      between.folder.set('note', text);
      await between.sync();
      // The other device reads the first and the last: the second goes to the archive unseen.
      if (text === 'one') await b.sync();
    }
    await writeMuch(between);
    const again = await putBack();
    for (const device of [again, b]) await device.sync();
    for (const { engine, folder } of [again, b]) {
      assert.equal(folder.get('note'), 'three');
      const history = (): number =>
        historyOf(engine, TEST_COLLECTION, recordCalled(engine, 'note')).length;
      assert.ok(history() < 3, 'the life in between alone knew of all three');
      assert.deepEqual(await readArchives(engine, TEST_COLLECTION), []);
      assert.equal(history(), 3);
    }
  });

  test('what the life in between published and deleted does not come back', async (context) => {
    const { a, b, backUp } = await openWorld(context);
    a.folder.set('note', 'draft');
    await takeIn(a);
    const putBack = backUp(a);
    // The first life never publishes it.
    a.folder.delete('note');
    a.folder.set('first', 'life');
    await a.sync();
    const between = await putBack();
    await between.sync();
    assert.ok(between.folder.has('note'));
    between.folder.delete('note');
    await between.sync();
    await writeMuch(between);
    const again = await putBack();
    for (const device of [again, b, again]) await device.sync();
    for (const { folder } of [again, b]) {
      assert.ok(!folder.has('note'));
      assert.equal(folder.get('first'), 'life');
    }
  });
});

suite('S9: a device that was put back to a day on which all it had was sent', () => {
  for (const [where, later] of [
    ['in the tail', async () => undefined],
    ['in a segment, and what was replaced in an archive', writeMuch],
  ] as const) {
    test(`finds its past ${where}: nothing comes back, nobody is asked`, async (context) => {
      const { a, b, backUp } = await openWorld(context);
      const saveOnA = async (name: string, text: string | undefined): Promise<void> => {
        if (text === undefined) a.folder.delete(name);
        else a.folder.set(name, text);
        await a.sync();
        await b.sync();
      };
      await saveOnA('note', 'zero');
      await saveOnA('note', 'one');
      const putBack = backUp(a);
      const former = selfId(a.engine);
      await saveOnA('note', 'two');
      await saveOnA('temp', 'for a day');
      await saveOnA('note', 'three');
      await saveOnA('temp', undefined);
      await later(a);
      await b.sync();
      const again = await putBack();
      for (const device of [again, b, again, b]) await device.sync();
      assert.notEqual(selfId(again.engine), former);
      for (const device of [again, b]) {
        assert.equal(device.folder.get('note'), 'three');
        assert.ok(!device.folder.has('temp'));
        assert.deepEqual(conflictsOf(device.engine.db, TEST_COLLECTION), []);
        assert.equal(commitsUnder(device, selfId(device.engine)), 0, 'nothing is written again');
      }
    });
  }
});
