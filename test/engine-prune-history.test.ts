/** S12: what pruning takes out of history, and what it leaves because something needs it. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { utf8 } from '../src/base/bytes.ts';
import { contentHash } from '../src/base/hash.ts';
import type { Version } from '../src/format/commit.ts';
import { newInnerId } from '../src/format/ids.ts';
import { segmentKey } from '../src/format/object-keys.ts';
import { DamagedReplicaError, integer } from '../src/replica/database.ts';
import { addCollection } from '../src/replica/meta.ts';
import { ownSegments } from '../src/replica/own.ts';
import { appendCommit } from '../src/sync/commit.ts';
import { selfId } from '../src/sync/engine.ts';
import { historyOf, readArchives } from '../src/sync/history.ts';
import { prune } from '../src/sync/prune.ts';
import { publishHead } from '../src/sync/publish.ts';
import { manifestOf, TEST_COLLECTION, type TestDevice } from './support/device.ts';
import {
  createPruneWorld,
  DAY_MS,
  HOUR_MS,
  keepOneDay,
  keyOf,
  long,
  type PruneWorld,
  recordOf,
  syncAll,
  textOf,
} from './support/prune-world.ts';

/** Every save goes to a segment of its own, and neighbours are merged at once. */
const SMALL = { tailBytes: 1, fanIn: 2, segmentBytes: 1 };

function count(device: TestDevice, table: 'versions' | 'contents'): number {
  const where = table === 'versions' ? `WHERE collection = '${TEST_COLLECTION}'` : '';
  const row = device.engine.db.get(`SELECT count(*) AS count FROM ${table} ${where}`);
  assert.ok(row);
  return integer(row, 'count');
}

function versionsOf(device: TestDevice, path: string): number {
  return historyOf(device.engine, TEST_COLLECTION, recordOf(device, path)).length;
}

/** So many saves that former ones are merged and archived, and three months in which it prunes. */
async function growOld({ clock }: PruneWorld, device: TestDevice): Promise<void> {
  for (let save = 0; save < 6; save += 1) {
    device.folder.set('noise', `save ${save}`);
    await device.sync();
  }
  for (let month = 0; month < 3; month += 1) {
    clock.advance(30 * DAY_MS);
    await prune(device.engine);
  }
}

suite('S12: history beyond the window', () => {
  test('leaves the archives of its author and every replica; the present stays whole', async () => {
    const world = createPruneWorld();
    const { clock } = world;
    const a = await world.open('a', { isFirst: true, limits: SMALL });
    const b = await world.open('b', { limits: SMALL });
    for (let save = 0; save < 12; save += 1) {
      a.folder.set('note', `save ${save}`).set(`other ${save % 3}`, `of save ${save}`);
      await a.sync();
      clock.advance(HOUR_MS);
    }
    keepOneDay(a);
    await syncAll(a, b);
    clock.advance(10 * DAY_MS);
    await syncAll(a, b);
    assert.ok(ownSegments(a.engine.db, TEST_COLLECTION, true).length > 0, 'there are archives');
    const before = [count(a, 'versions'), count(a, 'contents')];
    const { history } = await prune(a.engine);
    assert.ok(history.versions > 5 && history.archives > 0 && history.bytes > 0);
    assert.equal(versionsOf(a, 'note') < 12, true);
    // What no object holds any more leaves the replica with the next look at everything.
    clock.advance(30 * DAY_MS);
    await prune(a.engine);
    const after = [count(a, 'versions'), count(a, 'contents')];
    assert.ok((after[0] ?? 0) < (before[0] ?? 0) && (after[1] ?? 0) < (before[1] ?? 0));
    await prune(b.engine);
    assert.ok(versionsOf(b, 'note') < 12);
    await world.assertReadable(a);
    a.folder.set('note', 'after all that');
    await syncAll(a, b);
    assert.deepEqual(b.folder, a.folder);
  });

  test('an archive that a damaged replica cannot take is not told as damage of the bucket', async (context) => {
    const world = createPruneWorld();
    const a = await world.open('a', { isFirst: true, limits: SMALL });
    await growOld(world, a);
    const late = await world.open('late', { limits: SMALL });
    await late.sync();
    const { db } = late.engine;
    const damage = new DamagedReplicaError('damaged', 'The replica is damaged.');
    context.mock.method(db, 'transaction', () => {
      throw damage;
    });
    await assert.rejects(readArchives(late.engine, TEST_COLLECTION), damage);
  });

  test('S10: a head that has to be written from the replica does not bring it back', async () => {
    const world = createPruneWorld();
    const { clock, store } = world;
    const a = await world.open('a', { isFirst: true, limits: SMALL });
    for (let save = 0; save < 8; save += 1) {
      a.folder.set('note', `save ${save}`);
      await a.sync();
    }
    keepOneDay(a);
    await a.sync();
    clock.advance(10 * DAY_MS);
    await a.sync();
    await prune(a.engine);
    const left = versionsOf(a, 'note');
    const self = selfId(a.engine);
    for (const { key } of (await store.list(`segments/${self}/`)).objects) await store.delete(key);
    await store.delete(`heads/${self}`);
    await store.put('satchel.json', manifestOf());
    await a.sync();
    assert.equal(versionsOf(a, 'note'), left);
    await world.assertReadable(a);
  });

  test('stays where a version that is kept takes its content from it', async () => {
    const world = createPruneWorld();
    const a = await world.open('a', { isFirst: true, limits: SMALL });
    a.folder.set('old name', 'the content').set('big old name', long('content'));
    await a.sync();
    keepOneDay(a);
    a.folder.delete('old name');
    a.folder.delete('big old name');
    a.folder.set('new name', 'the content').set('big new name', long('content'));
    await growOld(world, a);
    assert.ok((await world.blobs()).includes(keyOf(long('content'))));
    await world.assertReadable(a);
  });

  test('stays where an old version that is kept takes its content from it', async () => {
    const world = createPruneWorld();
    const { clock } = world;
    const a = await world.open('a', { isFirst: true, limits: SMALL });
    a.folder.set('old name', 'the content');
    await a.sync();
    keepOneDay(a);
    a.folder.delete('old name');
    a.folder.set('new name', 'the content');
    await a.sync();
    clock.advance(10 * DAY_MS);
    for (let save = 0; save < 6; save += 1) {
      a.folder.set('new name', `edit ${save}`);
      await a.sync();
    }
    assert.ok(ownSegments(a.engine.db, TEST_COLLECTION, true).length > 0);
    clock.advance(HOUR_MS);
    await prune(a.engine);
    const late = await world.open('late');
    await late.sync();
    for (const device of [a, late]) {
      await readArchives(device.engine, TEST_COLLECTION);
      const renamed = device.engine.db.get(
        'SELECT body FROM versions WHERE of_version IS NOT NULL LIMIT 1',
      );
      const version: Version = JSON.parse(String(renamed?.body));
      assert.equal(await textOf(device, version), 'the content');
    }
  });

  test('is brought along by a rename that was saved offline for longer than that', async () => {
    const world = createPruneWorld();
    const a = await world.open('a', { isFirst: true, limits: SMALL });
    const b = await world.open('b', { limits: SMALL });
    a.folder.set('note', 'the content');
    keepOneDay(a);
    await syncAll(a, b);
    b.folder.delete('note');
    b.folder.set('renamed', 'the content');
    await b.open.get(TEST_COLLECTION)?.takeIn();
    a.folder.delete('note');
    await growOld(world, a);
    await syncAll(b, a);
    assert.equal(a.folder.get('renamed'), 'the content');
    await world.assertReadable(b);
  });

  for (const limits of [{}, SMALL]) {
    const where = limits === SMALL ? 'a segment or an archive' : 'the head';
    test(`is read once more from ${where} where a late rename needs it`, async () => {
      const world = createPruneWorld();
      const { clock } = world;
      const a = await world.open('a', { isFirst: true, limits });
      const b = await world.open('b', { limits });
      a.folder.set('note', 'the content');
      keepOneDay(a);
      await syncAll(a, b);
      a.folder.delete('note');
      a.folder.set('renamed', 'the content');
      await a.open.get(TEST_COLLECTION)?.takeIn();
      b.folder.delete('note');
      await b.sync();
      clock.advance(10 * DAY_MS);
      await prune(b.engine);
      await syncAll(a, b);
      assert.equal(b.folder.get('renamed'), 'the content');
      await world.assertReadable(a);
    });
  }

  test('is kept whole in collections that are not on this device', async () => {
    const world = createPruneWorld();
    const { clock } = world;
    const a = await world.open('a', { isFirst: true });
    const b = await world.open('b');
    await syncAll(a, b);
    addCollection(a.engine.db, 'elsewhere', true);
    const record = newInnerId(a.engine.random);
    for (const words of ['former', 'present']) {
      const key = await world.upload(long(words));
      const bytes = utf8(long(words));
      const version: Version = {
        id: newInnerId(a.engine.random),
        record,
        stamp: [clock.now(), selfId(a.engine)],
        fields: {},
        hash: contentHash(bytes),
        size: bytes.length,
        blobs: [[key.slice(-52), bytes.length]],
      };
      a.engine.db.transaction(() => appendCommit(a.engine, 'elsewhere', [version]));
    }
    await publishHead(a.engine, false);
    clock.advance(1000 * DAY_MS);
    await b.sync();
    const report = await prune(b.engine);
    assert.deepEqual([report.condemned.objects, report.keptWhole], [0, ['elsewhere']]);
  });
});

test('F3: objects that a crash left without a name go a day after they were noticed', async () => {
  const world = createPruneWorld();
  const { store, clock } = world;
  const a = await world.open('a', { isFirst: true, limits: SMALL });
  for (const words of ['one', 'two', 'three']) {
    a.folder.set('note', words);
    await a.sync();
  }
  const stray = segmentKey(selfId(a.engine), 'stray');
  await store.put(stray, new Uint8Array(100));
  const has = async (): Promise<boolean> => (await store.get(stray)).kind === 'found';
  assert.equal((await prune(a.engine)).orphans, 1);
  await a.sync();
  assert.ok(await has());
  clock.advance(DAY_MS + HOUR_MS);
  await a.sync();
  assert.equal(await has(), false);
  await world.assertReadable(a);
});
