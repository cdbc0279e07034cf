/** S9a: what an author merged after it had gone on beyond the end of its identity. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { headKey, segmentKey } from '../src/format/object-keys.ts';
import { openObject, sealObject } from '../src/format/seal.ts';
import { decodeSegment, encodeSegment, SEGMENT_MAX_BYTES } from '../src/format/segment.ts';
import { appliedUpTo } from '../src/replica/clocks.ts';
import { isReady, markHeadChanged } from '../src/replica/meta.ts';
import { forgetReadings, peerOf, waitingUnits } from '../src/replica/peers.ts';
import { retireDevice } from '../src/sync/adopt.ts';
import { endIdentity } from '../src/sync/ends.ts';
import { selfId } from '../src/sync/engine.ts';
import { readArchives } from '../src/sync/history.ts';
import { LIMITS, type Limits } from '../src/sync/limits.ts';
import { TEST_COLLECTION, TEST_KEY, type TestDevice } from './support/device.ts';
import { createSeededRandom } from './support/ports.ts';
import { filesOf, HOUR_MS, makeWorld, SMALL, syncAll, type World } from './support/retiring.ts';

interface Overrun {
  readonly world: World;
  /** Has read up to the end, and nothing beyond. */
  readonly reader: TestDevice;
  readonly author: string;
  readonly end: number;
}

const KEPT = { diary: 'as all have read it', gone: 'before' };

/** Segments are merged in rounds that write none. */
async function mergeAll(device: TestDevice): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) {
    markHeadChanged(device.engine.db);
    await device.sync();
  }
}

/**
 * A clone that never heard of its end has replaced what counts again, merged its segments and is
 * gone. What it wrote beyond the end counts for nobody.
 */
async function overrun(): Promise<Overrun> {
  const world = makeWorld();
  const clone = await world.open('clone', { isFirst: true });
  const author = selfId(clone.engine);
  clone.folder.set('diary', 'before').set('gone', 'before');
  await clone.sync();
  const reader = await world.open('reader');
  await syncAll(reader);
  reader.folder.set('other', 'of the reader');
  await syncAll(reader, clone);
  clone.folder.set('diary', KEPT.diary);
  await syncAll(clone, reader);
  const end = appliedUpTo(reader.engine.db, TEST_COLLECTION, author);
  clone.folder.set('diary', 'beyond the end').delete('gone');
  for (let turn = 0; turn < 8; turn += 1) {
    clone.folder.set('busy', `turn ${turn}`);
    await clone.sync();
  }
  await mergeAll(clone);
  await announce(reader, author, end);
  assert.deepEqual(filesOf(reader), { ...KEPT, other: 'of the reader' });
  assert.ok(rangesOf(reader, author).some(([from, to]) => from <= end && to > end));
  return { world, reader, author, end };
}

async function announce(reader: TestDevice, author: string, end: number): Promise<void> {
  endIdentity(reader.engine, author, TEST_COLLECTION, end);
  await syncAll(reader);
}

/** The segments that the author's head names. */
function rangesOf(reader: TestDevice, author: string): (readonly [from: number, to: number])[] {
  const { segments = [] } =
    peerOf(reader.engine.db, author)?.head?.collections[TEST_COLLECTION] ?? {};
  return segments.map(([, from, to]) => [from, to]);
}

function segmentKeys(reader: TestDevice, author: string): string[] {
  const { segments = [] } =
    peerOf(reader.engine.db, author)?.head?.collections[TEST_COLLECTION] ?? {};
  return segments.map(([id]) => segmentKey(author, id));
}

async function takeAway({ store }: World, keys: readonly string[]): Promise<() => Promise<void>> {
  assert.ok(keys.length > 0);
  const bodies: (readonly [string, Uint8Array])[] = [];
  for (const key of keys) {
    const found = await store.get(key);
    assert.ok(found.kind === 'found');
    bodies.push([key, found.body]);
    await store.delete(key);
  }
  return async () => {
    for (const [key, body] of bodies) await store.put(key, body);
  };
}

async function archivesOf(world: World, author: string): Promise<string[]> {
  return (await world.store.list(`archive/${author}/`)).objects.map(({ key }) => key);
}

async function retireIn(device: TestDevice, author: string, world: World): Promise<void> {
  const retired = world.clock.now();
  retireDevice(device.engine, { device: author, name: 'clone', retired, isLost: false });
  await syncAll(device, device);
}

const isReadyAt = ({ engine }: TestDevice): boolean => isReady(engine.db, TEST_COLLECTION);

suite('S9a: what its author merged beyond its end', () => {
  test('is read with what the merge left out: a newcomer has what the others have', async () => {
    const { world, reader } = await overrun();
    const late = await world.open('late');
    await syncAll(late);
    assert.ok(isReadyAt(late));
    assert.deepEqual(filesOf(late), filesOf(reader));
    await syncAll(late, reader, late);
    assert.deepEqual(filesOf(late), filesOf(reader));
  });

  for (const isCrossing of [false, true]) {
    const where = isCrossing ? 'the next one crosses it' : 'no segment crosses it';
    test(`so is a segment that ends before the end, where ${where}`, async () => {
      const world = makeWorld();
      const limits: { -readonly [Name in keyof Limits]: Limits[Name] } = { ...SMALL, fanIn: 99 };
      const clone = await world.open('clone', { isFirst: true, limits });
      const author = selfId(clone.engine);
      clone.folder.set('diary', 'before').set('gone', 'before');
      await clone.sync();
      const reader = await world.open('reader');
      await syncAll(reader);
      clone.folder.set('a', 'a');
      await clone.sync();
      clone.folder.set('diary', KEPT.diary);
      await clone.sync();
      limits.tailBytes = LIMITS.tailBytes;
      clone.folder.set('b', 'in the tail');
      if (isCrossing) await clone.sync();
      await syncAll(reader);
      const end = appliedUpTo(reader.engine.db, TEST_COLLECTION, author);
      clone.folder.set('diary', 'beyond the end').delete('gone');
      if (isCrossing) {
        limits.tailBytes = 1;
        // Segments are merged with those of their size.
        clone.folder.set('long', [...Array(3_000).keys()].join());
      }
      await clone.sync();
      limits.fanIn = 3;
      await mergeAll(clone);
      await announce(reader, author, end);
      const [first, second] = rangesOf(reader, author);
      assert.deepEqual([first, second], [[1, 3], isCrossing ? [4, 5] : undefined]);
      const late = await world.open('late');
      await syncAll(late);
      assert.deepEqual(filesOf(late), filesOf(reader));
      assert.equal(late.folder.get('diary'), KEPT.diary);
      const putBackArchives = await takeAway(world, await archivesOf(world, author));
      const next = await world.open('next');
      await syncAll(next);
      // After a move, the head that names the archives comes later than what it named before.
      forgetReadings(next.engine.db);
      const putBackHead = await takeAway(world, [headKey(author)]);
      await syncAll(next);
      await putBackArchives();
      await putBackHead();
      await syncAll(next);
      assert.deepEqual(filesOf(next), filesOf(reader));
    });
  }

  test('waits where the archive cannot be read, and is whole once it can', async () => {
    const { world, reader, author, end } = await overrun();
    const archives = await archivesOf(world, author);
    const putBack = await takeAway(world, archives);
    const late = await world.open('late');
    const { unreadable } = await late.sync({ list: true });
    assert.ok(unreadable.some(({ path }) => archives.includes(path)));
    assert.equal(isReadyAt(late), false);
    assert.ok(appliedUpTo(late.engine.db, TEST_COLLECTION, author) < end);
    await putBack();
    await syncAll(late);
    assert.deepEqual(filesOf(late), filesOf(reader));
  });

  test('counts for what it says once the archive stays away for an hour', async () => {
    const { world, author, end } = await overrun();
    await takeAway(world, await archivesOf(world, author));
    const late = await world.open('late');
    await syncAll(late);
    world.clock.advance(HOUR_MS - 1);
    await syncAll(late);
    assert.equal(isReadyAt(late), false);
    world.clock.advance(1);
    await syncAll(late);
    assert.ok(isReadyAt(late));
    assert.equal(appliedUpTo(late.engine.db, TEST_COLLECTION, author), end);
    assert.deepEqual(waitingUnits(late.engine.db, TEST_COLLECTION), []);
  });

  test('is not waited for until a clock is back that was ahead', async () => {
    const { world, author } = await overrun();
    await takeAway(world, await archivesOf(world, author));
    const late = await world.open('late');
    world.clock.advance(48 * HOUR_MS);
    await syncAll(late);
    world.clock.advance(-48 * HOUR_MS);
    await syncAll(late);
    assert.equal(isReadyAt(late), false);
    world.clock.advance(HOUR_MS);
    await syncAll(late);
    assert.ok(isReadyAt(late));
  });

  test('an archive with content that is not its hash is like one that is away', async () => {
    const { world, author } = await overrun();
    for (const key of await archivesOf(world, author)) {
      const found = await world.store.get(key);
      assert.ok(found.kind === 'found');
      const archive = decodeSegment(key, openObject(TEST_KEY, key, found.body, SEGMENT_MAX_BYTES));
      const commits = archive.commits.map((commit) => ({
        ...commit,
        versions: commit.versions.map((version) =>
          version.text === undefined ? version : { ...version, text: `${version.text}!` },
        ),
      }));
      const body = encodeSegment({ ...archive, commits });
      await world.store.put(key, sealObject(TEST_KEY, key, body, createSeededRandom(2)));
    }
    const late = await world.open('late');
    const { unreadable } = await late.sync({ list: true });
    assert.ok(unreadable.some(({ path }) => path.startsWith('archive/')));
    world.clock.advance(HOUR_MS);
    await syncAll(late);
    assert.ok(isReadyAt(late));
  });

  test('is taken from an adopter that keeps all up to the end, where the archive is gone', async () => {
    const { world, reader, author } = await overrun();
    await retireIn(reader, author, world);
    await takeAway(world, await archivesOf(world, author));
    const late = await world.open('late');
    await syncAll(late);
    assert.ok(isReadyAt(late));
    assert.deepEqual(filesOf(late), filesOf(reader));
  });

  test('is read with the archives, though an adopter had gone on without them', async () => {
    const { world, reader, author } = await overrun();
    const putBack = await takeAway(world, await archivesOf(world, author));
    const hasty = await world.open('hasty');
    await syncAll(hasty);
    world.clock.advance(HOUR_MS);
    await syncAll(hasty);
    await retireIn(hasty, author, world);
    await putBack();
    const late = await world.open('late');
    await syncAll(late);
    assert.equal(late.folder.get('diary'), reader.folder.get('diary'));
  });

  test('is completed, too, where it had arrived before the end was heard of', async () => {
    const { world, reader, author, end } = await overrun();
    // It tells of the end, and the clone's segments need what it names.
    const putBack = await takeAway(world, [headKey(selfId(reader.engine))]);
    const late = await world.open('late');
    await syncAll(late);
    const waiting = waitingUnits(late.engine.db, TEST_COLLECTION);
    assert.ok(waiting.some(({ device, to }) => device === author && to > end));
    // What a person looks at in the history meanwhile counts like the rest later.
    assert.deepEqual(await readArchives(late.engine, TEST_COLLECTION), []);
    await putBack();
    await syncAll(late);
    assert.deepEqual(filesOf(late), filesOf(reader));
    await retireIn(late, author, world);
    const own = [
      headKey(author),
      ...segmentKeys(reader, author),
      ...(await archivesOf(world, author)),
    ];
    await takeAway(world, own);
    const next = await world.open('next');
    await syncAll(next);
    assert.deepEqual(filesOf(next), filesOf(reader));
  });

  test('the hour begins when an archive is first asked for in vain', async () => {
    const { world, reader, author } = await overrun();
    const [first = ''] = segmentKeys(reader, author);
    const putBackFirst = await takeAway(world, [first]);
    const late = await world.open('late');
    await syncAll(late);
    world.clock.advance(2 * HOUR_MS);
    const putBackArchives = await takeAway(world, await archivesOf(world, author));
    await putBackFirst();
    await syncAll(late);
    assert.equal(isReadyAt(late), false);
    await putBackArchives();
    await syncAll(late);
    assert.deepEqual(filesOf(late), filesOf(reader));
  });

  test('is applied in units that are no longer than segments', async () => {
    const { world, reader } = await overrun();
    const late = await world.open('late', { limits: { ...SMALL, segmentBytes: 1 } });
    await syncAll(late);
    assert.deepEqual(filesOf(late), filesOf(reader));
  });

  test('is fetched once, also where an earlier segment is gone for good', async () => {
    const { world, reader, author } = await overrun();
    const [first = '', second = ''] = segmentKeys(reader, author);
    await takeAway(world, [first]);
    const late = await world.open('late');
    await syncAll(late);
    world.clock.advance(3 * HOUR_MS);
    await syncAll(late);
    world.asked(second);
    for (let poll = 0; poll < 3; poll += 1) await late.sync({ list: false });
    assert.equal(world.asked(second), 0);
  });
});
