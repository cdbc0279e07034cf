/** S12: what pruning deletes and when, and content that comes back meanwhile. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { utf8 } from '../src/base/bytes.ts';
import { contentHash } from '../src/base/hash.ts';
import { newInnerId } from '../src/format/ids.ts';
import { headKey } from '../src/format/object-keys.ts';
import { outboxCount } from '../src/replica/outbox.ts';
import { currentVersionsOf } from '../src/replica/versions.ts';
import { StoreError } from '../src/store/store.ts';
import { chooseFor } from '../src/sync/choose.ts';
import { appendCommit } from '../src/sync/commit.ts';
import { selfId } from '../src/sync/engine.ts';
import { historyOf } from '../src/sync/history.ts';
import { planPrune, prune } from '../src/sync/prune.ts';
import { publishHead } from '../src/sync/publish.ts';
import { syncRound } from '../src/sync/round.ts';
import { TEST_COLLECTION } from './support/device.ts';
import {
  beforeEachPut,
  condemnedId,
  createPruneWorld,
  DAY_MS,
  HOUR_MS,
  keyOf,
  long,
  type PruneWorld,
  pruneWeekly,
  recordOf,
  replaced,
  syncAll,
} from './support/prune-world.ts';

suite('S12: what nothing needs', () => {
  test('is announced, deleted a week later, and listed for another week', async () => {
    const world = await replaced();
    const { a, clock } = world;
    const before = await world.blobs();
    const first = await prune(a.engine);
    assert.deepEqual([first.condemned.objects, first.deleted.objects], [1, 0]);
    assert.deepEqual(await world.blobs(), before, 'announced is not deleted');
    clock.advance(7 * DAY_MS - HOUR_MS);
    await a.sync();
    const early = await prune(a.engine);
    assert.equal(early.waiting?.objects, 1);
    assert.deepEqual(await world.blobs(), before, 'an hour too early');
    clock.advance(2 * HOUR_MS);
    assert.equal((await prune(a.engine)).deleted.objects, 1);
    assert.deepEqual(await world.blobs(), [keyOf(long('present'))]);
    clock.advance(6 * DAY_MS);
    await prune(a.engine);
    assert.notEqual(await condemnedId(world, a), undefined, 'still listed');
    clock.advance(2 * DAY_MS);
    await prune(a.engine);
    assert.equal(await condemnedId(world, a), undefined);
    await world.assertReadable(a);
  });

  test('is kept while history wants it, and content that came back is kept for good', async () => {
    const world = createPruneWorld();
    const a = await world.open('a', { isFirst: true });
    a.folder.set('file', long('former'));
    await a.sync();
    world.clock.advance(DAY_MS);
    a.folder.set('file', long('present'));
    await a.sync();
    world.clock.advance(80 * DAY_MS);
    assert.equal((await prune(a.engine)).condemned.objects, 0, '80 days');
    world.clock.advance(300 * DAY_MS);
    assert.equal((await prune(a.engine)).condemned.objects, 0, 'one a day, for a year');
    world.clock.advance(100 * DAY_MS);
    assert.equal((await prune(a.engine)).condemned.objects, 1);
  });

  test('an upload that never came to its commit goes as well; a recent one of its own does not', async () => {
    const world = await replaced();
    const { a, b } = world;
    await world.upload(long('of a device that crashed'));
    assert.equal((await prune(b.engine)).condemned.objects, 2);
    // An upload of several chunks that is cut off and will go on.
    a.folder.set('film', 'a scene of a film '.repeat(600_000));
    let uploads = 0;
    const failing = beforeEachPut(world, (key) => {
      if (key.startsWith('blobs/')) uploads += 1;
      if (uploads === 2) throw new StoreError('unreachable', 'cut off', 'soon');
    });
    const before = await world.blobs();
    await assert.rejects(syncRound({ ...a.engine, store: failing }, a.open, { list: true }));
    assert.equal((await world.blobs()).length, before.length + 1);
    assert.equal((await planPrune(a.engine)).condemned.objects, 0);
  });

  test('stays where it is needed again by the time of the second look', async () => {
    const world = await replaced();
    const { a, b, clock } = world;
    await prune(a.engine);
    // A commit that was made before the announcement and came out after it.
    const content = long('former');
    const version = {
      id: newInnerId(b.engine.random),
      record: newInnerId(b.engine.random),
      stamp: [clock.now(), selfId(b.engine)] as [number, string],
      fields: { path: 'late' },
      hash: contentHash(utf8(content)),
      size: content.length,
      blobs: [[keyOf(content).slice(-52), content.length] as [string, number]],
    };
    b.engine.db.transaction(() => appendCommit(b.engine, TEST_COLLECTION, [version]));
    await publishHead(b.engine, false);
    clock.advance(8 * DAY_MS);
    const report = await prune(a.engine);
    assert.deepEqual([report.deleted.objects, report.needed], [0, 1]);
    assert.equal(await condemnedId(world, a), undefined);
    await a.sync();
    await world.assertReadable(a);
  });

  test('a dry run changes nothing', async () => {
    const world = await replaced();
    const keys = async () => (await world.store.list('')).objects;
    const before = await keys();
    assert.equal((await planPrune(world.a.engine)).condemned.objects, 1);
    assert.deepEqual(await keys(), before);
    assert.equal(await condemnedId(world, world.a), undefined);
  });

  test('two devices that prune take nothing from each other', async () => {
    const world = await replaced();
    const { a, b, clock } = world;
    await prune(a.engine);
    assert.equal((await prune(b.engine)).condemned.objects, 0, 'a sees to it');
    await world.upload(long('lost'));
    assert.equal((await prune(b.engine)).condemned.objects, 1);
    for (let week = 0; week < 3; week += 1) {
      clock.advance(7 * DAY_MS + HOUR_MS);
      await prune(a.engine);
      await prune(b.engine);
    }
    assert.deepEqual(await world.blobs(), [keyOf(long('present'))]);
    await world.assertReadable(b);
  });
});

suite('S12: condemned content met again', () => {
  test('goes under the next generation, and is readable everywhere after the deletion', async () => {
    const world = await replaced();
    const { a, b, clock } = world;
    await prune(a.engine);
    await b.sync();
    b.folder.set('copy', long('former'));
    await b.sync();
    assert.ok((await world.blobs()).includes(keyOf(long('former'), 1)));
    clock.advance(8 * DAY_MS);
    const { deleted } = await prune(a.engine);
    assert.equal(deleted.objects, 1);
    assert.ok(!(await world.blobs()).includes(keyOf(long('former'))));
    await syncAll(a, b);
    assert.equal(a.folder.get('copy'), long('former'));
    await world.assertReadable(b);
  });

  test('by bringing an old version back, too', async () => {
    const world = await replaced();
    const { a, b, clock } = world;
    const record = recordOf(b, 'file');
    const old = historyOf(b.engine, TEST_COLLECTION, record).at(-1);
    assert.ok(old);
    await prune(a.engine);
    await b.sync();
    const choice = { kind: 'version', id: old.version.id } as const;
    chooseFor(b.engine, TEST_COLLECTION, record, choice, () => 'b');
    await syncAll(b, a);
    assert.equal(b.folder.get('file'), long('former'));
    const [current] = currentVersionsOf(b.engine.db, TEST_COLLECTION, record);
    assert.deepEqual(
      current?.version.blobs?.map(([id]) => id),
      [keyOf(long('former'), 1).slice(-52)],
    );
    clock.advance(8 * DAY_MS);
    await prune(a.engine);
    await world.assertReadable(b);
  });

  test('content that was condemned and deleted long ago starts anew', async () => {
    const world = await replaced();
    const { a, b } = world;
    await pruneWeekly(world, a, 3);
    b.folder.set('copy', long('former'));
    await b.sync();
    assert.ok((await world.blobs()).includes(keyOf(long('former'))));
    await world.assertReadable(b);
  });

  test('is not taken for there by a device that reads of it later', async () => {
    const world = await replaced();
    const { a } = world;
    await pruneWeekly(world, a, 3);
    const late = await world.open('late');
    await late.sync();
    late.folder.set('copy', long('former'));
    await syncAll(late, a);
    assert.equal(a.folder.get('copy'), long('former'));
  });

  test('S10: an older head takes nothing back that a newer one condemned', async () => {
    const world = await replaced();
    const { a, b } = world;
    const key = headKey(selfId(a.engine));
    const older = await world.store.get(key);
    assert.ok(older.kind === 'found');
    world.clock.advance(HOUR_MS);
    await prune(a.engine);
    await b.sync();
    await world.store.put(key, older.body);
    await b.sync();
    b.folder.set('copy', long('former'));
    await b.sync();
    assert.ok((await world.blobs()).includes(keyOf(long('former'), 1)));
  });

  test('an upload between the second look and the deletion is not hit', async () => {
    const world = await replaced();
    const { a, b, clock } = world;
    await prune(a.engine);
    clock.advance(8 * DAY_MS);
    // The other device saves the very content at the moment of the first deletion.
    let isDone = false;
    const store: PruneWorld['store'] = {
      ...world.store,
      async delete(key) {
        if (!isDone) {
          isDone = true;
          b.folder.set('copy', long('former'));
          await b.sync();
        }
        await world.store.delete(key);
      },
    };
    await prune({ ...a.engine, store });
    assert.ok(isDone);
    assert.ok(!(await world.blobs()).includes(keyOf(long('former'))));
    await a.sync();
    assert.equal(a.folder.get('copy'), long('former'));
    await world.assertReadable(b);
  });

  test('without a full poll long files wait, and short ones go on', async () => {
    const world = await replaced();
    const { a, b, clock } = world;
    await prune(a.engine);
    const key = headKey(selfId(a.engine));
    const whole = await world.store.get(key);
    assert.ok(whole.kind === 'found');
    await b.sync();
    await world.store.put(key, whole.body.subarray(0, 60));
    clock.advance(4 * DAY_MS);
    b.folder.set('copy', long('former')).set('another', 'short as well');
    b.folder.delete('file');
    b.folder.set('renamed', long('present'));
    const report = await b.sync();
    assert.match(report.collections[0]?.failed[0]?.error ?? '', /2 long files wait/);
    assert.equal(outboxCount(b.engine.db, TEST_COLLECTION), 2);
    await world.store.put(key, whole.body);
    await syncAll(b, a);
    assert.equal(outboxCount(b.engine.db, TEST_COLLECTION), 0);
    assert.equal(a.folder.get('another'), 'short as well');
    assert.equal(a.folder.get('copy'), long('former'));
  });
});
