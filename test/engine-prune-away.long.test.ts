/** S12: devices that were away while others pruned, and pruning that was stopped. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { headKey } from '../src/format/object-keys.ts';
import { outboxCount } from '../src/replica/outbox.ts';
import { conflictsOf } from '../src/replica/records.ts';
import { currentVersionsOf } from '../src/replica/versions.ts';
import { selfId } from '../src/sync/engine.ts';
import { historyOf } from '../src/sync/history.ts';
import { prune } from '../src/sync/prune.ts';
import { publishCollection } from '../src/sync/publish.ts';
import { pull } from '../src/sync/pull.ts';
import { saveAgain } from '../src/sync/reliance.ts';
import { syncRound } from '../src/sync/round.ts';
import { TEST_COLLECTION } from './support/device.ts';
import {
  beforeEachPut,
  condemnedId,
  DAY_MS,
  HOUR_MS,
  keyOf,
  long,
  type PruneWorld,
  pruneWeekly,
  type ReplacedWorld,
  recordOf,
  replaced,
  syncAll,
  textOf,
} from './support/prune-world.ts';

const PHOTO = long('taken on the way');

/** The round in which `b` uploaded a photo was cut off before anybody could see its commit. */
async function withPhotoCutOff(): Promise<ReplacedWorld> {
  const world = await replaced();
  const { b } = world;
  b.folder.set('photo', PHOTO);
  const store = beforeEachPut(world, (key) => {
    if (key.startsWith('heads/')) throw new Error('cut off');
  });
  await assert.rejects(syncRound({ ...b.engine, store }, b.open, { list: true }));
  return world;
}

/** `b` renamed a long file offline; its text was replaced elsewhere, and is in no history any more. */
async function withRenameAway(): Promise<ReplacedWorld> {
  const world = await replaced();
  const { a, b } = world;
  b.folder.delete('file');
  b.folder.set('renamed', long('present'));
  await b.open.get(TEST_COLLECTION)?.takeIn();
  a.folder.set('file', long('edited by another'));
  await a.sync();
  await pruneWeekly(world, a, 5);
  return world;
}

suite('S12: devices that were away', () => {
  test('one that was offline for a month sends what it had saved, whole', async () => {
    const world = await replaced();
    const { a, b } = world;
    // Saved offline: an edit, a copy of what is condemned meanwhile, a rename of a long file.
    b.folder.set('copy', long('former'));
    b.folder.delete('file');
    b.folder.set('renamed', long('present'));
    await b.open.get(TEST_COLLECTION)?.takeIn();
    await pruneWeekly(world, a, 5);
    await syncAll(b, a, b, a);
    assert.equal(a.folder.get('copy'), long('former'));
    assert.equal(a.folder.get('renamed'), long('present'));
    await world.assertReadable(b);
  });

  test('one that renamed a file whose text was replaced and let go meanwhile: its name counts', async () => {
    const world = await withRenameAway();
    const { a, b } = world;
    await syncAll(b, a, b, a);
    for (const device of [a, b]) {
      assert.deepEqual([...device.folder.keys()].sort(), ['note', 'renamed']);
      assert.equal(device.folder.get('renamed'), long('edited by another'));
      assert.equal(outboxCount(device.engine.db, TEST_COLLECTION), 0);
    }
    await world.assertReadable(b);
  });

  test('one that renamed such a file, and saves it while its name is being sent: the save counts', async () => {
    const world = await withRenameAway();
    const { a, b } = world;
    await pull(b.engine, { list: true });
    const { store } = b.engine;
    const get: typeof store.get = async (key, options) => {
      if (key.startsWith('blobs/') && b.folder.get('renamed') === long('present')) {
        b.folder.set('renamed', 'saved in that moment');
        await b.open.get(TEST_COLLECTION)?.takeIn();
      }
      return await store.get(key, options);
    };
    await publishCollection({ ...b.engine, store: { ...store, get } }, TEST_COLLECTION, undefined);
    await syncAll(b, a, b, a);
    // Neither had seen the other's text.
    assert.equal(b.folder.get('renamed'), 'saved in that moment');
    assert.equal(conflictsOf(a.engine.db, TEST_COLLECTION).length, 1);
  });

  test('one whose commit never got out brings its content back', async () => {
    const world = await withPhotoCutOff();
    const { a, b } = world;
    assert.ok((await world.blobs()).includes(keyOf(PHOTO)));
    await pruneWeekly(world, a, 2);
    await prune(a.engine);
    assert.ok(!(await world.blobs()).includes(keyOf(PHOTO)));
    await syncAll(b, a, b, a);
    assert.equal(a.folder.get('photo'), PHOTO);
    await world.assertReadable(b);
  });

  test('one whose commit got out while its content was condemned writes it again', async () => {
    const world = await withPhotoCutOff();
    const { a, b, clock } = world;
    await prune(a.engine);
    clock.advance(6 * DAY_MS);
    await syncAll(b, a);
    assert.ok((await world.blobs()).includes(keyOf(PHOTO, 1)));
    clock.advance(2 * DAY_MS);
    await prune(a.engine);
    await syncAll(a, b);
    await world.assertReadable(b);
  });

  test('one that deletes a file right after it was written again: it is gone', async () => {
    const world = await replaced();
    const { a, b } = world;
    b.folder.set('photo', PHOTO);
    await syncAll(b, a);
    const [known] = currentVersionsOf(b.engine.db, TEST_COLLECTION, recordOf(b, 'photo'));
    assert.ok(known);
    assert.ok(await saveAgain(b.engine, TEST_COLLECTION, b.open.get(TEST_COLLECTION), known));
    b.folder.delete('photo');
    await syncAll(b, a);
    for (const { folder } of [a, b]) assert.equal(folder.get('photo'), undefined);
  });

  for (const isFirst of [true, false]) {
    const when = isFirst ? 'before' : 'after';
    test(`one that deletes a file ${when} another has sent it once more, unheard: it is gone`, async () => {
      const world = await replaced();
      const { a, b } = world;
      b.folder.set('photo', PHOTO);
      await syncAll(b, a);
      const [known] = currentVersionsOf(b.engine.db, TEST_COLLECTION, recordOf(b, 'photo'));
      assert.ok(known);
      assert.ok(await saveAgain(b.engine, TEST_COLLECTION, b.open.get(TEST_COLLECTION), known));
      a.folder.delete('photo');
      await a.open.get(TEST_COLLECTION)?.takeIn();
      await (isFirst ? syncAll(a, b, a) : syncAll(b, a, b));
      for (const { folder } of [a, b]) assert.equal(folder.get('photo'), undefined);
    });
  }

  test('one whose commit gets out after the deletion: its old version reads by the new blob', async () => {
    const world = await withPhotoCutOff();
    const { a, b, clock } = world;
    await prune(a.engine);
    clock.advance(8 * DAY_MS);
    await prune(a.engine);
    await syncAll(b, a);
    const lost = keyOf(PHOTO);
    assert.ok(!(await world.blobs()).includes(lost));
    await world.assertReadable(b);
    const record = recordOf(b, 'photo');
    const versions = historyOf(a.engine, TEST_COLLECTION, record).map(({ version }) => version);
    assert.equal(versions.length, 2);
    for (const version of versions) {
      assert.equal(await textOf(a, version), PHOTO);
    }
  });

  test('one that was away for a week uploads nothing again that is still there', async () => {
    const world = await replaced();
    const { a, b, clock } = world;
    clock.advance(7 * DAY_MS);
    const uploads: string[] = [];
    const counting = beforeEachPut(world, (key) => {
      if (key.startsWith('blobs/')) uploads.push(key);
    });
    const back = { ...b.engine, store: counting };
    await syncRound(back, b.open, { list: true });
    b.folder.delete('file');
    b.folder.set('renamed', long('present')).set('copy', long('present'));
    await syncRound(back, b.open, { list: true });
    await syncAll(b, a);
    assert.equal(a.folder.get('copy'), long('present'));
    assert.deepEqual(uploads, []);
  });

  test('one that is put back to a backup does not rely on what it knew then', async () => {
    const world = await replaced();
    const { a, b } = world;
    const putBack = world.backUp(b);
    b.folder.set('note', 'after the backup');
    await b.sync();
    await pruneWeekly(world, a, 3);
    b.close();
    const restored = await putBack();
    restored.folder.set('copy', long('former'));
    await syncAll(restored, a, restored, a);
    assert.equal(a.folder.get('copy'), long('former'));
    await world.assertReadable(a);
  });
});

suite('S12: pruning that is stopped', () => {
  test('at any request, and is gone on with', async () => {
    for (let stopAt = 1; stopAt < 60; stopAt += 1) {
      const world = await replaced();
      const { a, b, clock } = world;
      await world.upload(long('lost'));
      let calls = 0;
      const failing = stopping(world, () => {
        calls += 1;
        return calls === stopAt;
      });
      let hasStopped = false;
      const step = async (): Promise<void> => {
        try {
          await prune({ ...a.engine, store: failing });
        } catch (error) {
          assert.match(String(error), /stopped here/);
          hasStopped = true;
          await prune(a.engine);
        }
      };
      for (let week = 0; week < 4; week += 1) {
        await step();
        clock.advance(7 * DAY_MS + HOUR_MS);
        await syncAll(b, a);
      }
      assert.deepEqual(await world.blobs(), [keyOf(long('present'))], `stopped at ${stopAt}`);
      await world.assertReadable(b);
      if (!hasStopped) return assert.ok(stopAt > 20, `only ${stopAt} requests`);
    }
    assert.fail('more requests than expected');
  });

  test('by damage: nothing is condemned, and nothing deleted', async () => {
    const world = await replaced({ tailBytes: 1 });
    const { a, b, clock } = world;
    b.folder.set('of b', 'in a segment');
    await syncAll(b, a);
    const key = headKey(selfId(b.engine));
    const whole = await world.store.get(key);
    assert.ok(whole.kind === 'found');
    await world.store.put(key, whole.body.subarray(0, 60));
    await assert.rejects(prune(a.engine), { kind: 'damaged', message: /Nothing was pruned/ });
    assert.equal(await condemnedId(world, a), undefined);
    await world.store.put(key, whole.body);
    const { objects } = await world.store.list('segments/');
    const [segment] = objects.filter(({ key: at }) => at.includes(selfId(b.engine)));
    const body = await world.store.get(segment?.key ?? '');
    assert.ok(body.kind === 'found');
    await world.store.delete(segment?.key ?? '');
    await assert.rejects(prune(a.engine), { kind: 'damaged', message: /segments\/.* is missing/ });
    await world.store.put(segment?.key ?? '', body.body);
    await prune(a.engine);
    clock.advance(8 * DAY_MS);
    await world.store.delete(key);
    const before = await world.blobs();
    await assert.rejects(prune(a.engine), { kind: 'damaged', message: /is missing/ });
    assert.deepEqual(await world.blobs(), before);
  });

  test('by an own head that was not there all the time: the week begins anew', async () => {
    const world = await replaced();
    const { a, clock } = world;
    const key = headKey(selfId(a.engine));
    const earlier = await world.store.get(key);
    assert.ok(earlier.kind === 'found');
    await prune(a.engine);
    clock.advance(6 * DAY_MS);
    await world.store.put(key, earlier.body);
    await a.sync();
    clock.advance(2 * DAY_MS);
    await a.sync();
    assert.equal((await prune(a.engine)).deleted.objects, 0);
    clock.advance(6 * DAY_MS);
    assert.equal((await prune(a.engine)).deleted.objects, 0);
    clock.advance(DAY_MS);
    assert.equal((await prune(a.engine)).deleted.objects, 1);
  });
});

function stopping({ store }: PruneWorld, isHere: () => boolean): PruneWorld['store'] {
  const stop = (): void => {
    if (isHere()) throw new Error('stopped here');
  };
  return {
    ...store,
    async get(key, options) {
      stop();
      return await store.get(key, options);
    },
    async put(key, body) {
      stop();
      return await store.put(key, body);
    },
    async list(prefix) {
      stop();
      return await store.list(prefix);
    },
    async delete(key) {
      stop();
      await store.delete(key);
    },
  };
}
