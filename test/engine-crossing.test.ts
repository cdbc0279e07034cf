/** S9a: segments that their author merged across the end of its identity. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { headKey } from '../src/format/object-keys.ts';
import { appliedUpTo } from '../src/replica/clocks.ts';
import { isReady, markHeadChanged } from '../src/replica/meta.ts';
import { peerOf, waitingUnits } from '../src/replica/peers.ts';
import { retireDevice } from '../src/sync/adopt.ts';
import { endIdentity } from '../src/sync/ends.ts';
import { type Engine, selfId } from '../src/sync/engine.ts';
import { TEST_COLLECTION, type TestDevice } from './support/device.ts';
import { filesOf, HOUR_MS, makeWorld, syncAll, type World } from './support/retiring.ts';

interface Crossed {
  readonly world: World;
  /** Has read up to the end, and nothing beyond. */
  readonly reader: TestDevice;
  readonly author: string;
  readonly end: number;
}

/**
 * A clone that never heard of its end has replaced a text that counts again, merged its segments and
 * is gone. What it wrote beyond the end counts for nobody.
 */
async function makeCrossed(): Promise<Crossed> {
  const world = makeWorld();
  const clone = await world.open('clone', { isFirst: true });
  const author = selfId(clone.engine);
  clone.folder.set('diary', 'before').set('gone', 'before');
  await clone.sync();
  const reader = await world.open('reader');
  await syncAll(reader);
  reader.folder.set('other', 'of the reader');
  await syncAll(reader, clone);
  clone.folder.set('diary', 'as all have read it');
  await syncAll(clone, reader);
  const end = appliedUpTo(reader.engine.db, TEST_COLLECTION, author);
  clone.folder.set('diary', 'beyond the end').delete('gone');
  for (let turn = 0; turn < 8; turn += 1) {
    clone.folder.set('busy', `turn ${turn}`);
    await clone.sync();
  }
  for (let turn = 0; turn < 4; turn += 1) {
    markHeadChanged(clone.engine.db);
    await clone.sync();
  }
  endIdentity(reader.engine, author, TEST_COLLECTION, end);
  await syncAll(reader);
  const kept = { diary: 'as all have read it', gone: 'before', other: 'of the reader' };
  assert.deepEqual(filesOf(reader), kept);
  assert.ok(crossing(reader.engine, author, end), 'no segment reaches beyond the end');
  return { world, reader, author, end };
}

function crossing({ db }: Engine, author: string, end: number): boolean {
  const { segments = [] } = peerOf(db, author)?.head?.collections[TEST_COLLECTION] ?? {};
  return segments.some(([, from, to]) => from <= end && to > end);
}

async function takeArchives({ world, author }: Crossed): Promise<Map<string, Uint8Array>> {
  const taken = new Map<string, Uint8Array>();
  for (const { key } of (await world.store.list(`archive/${author}/`)).objects) {
    const found = await world.store.get(key);
    if (found.kind === 'found') taken.set(key, found.body);
    await world.store.delete(key);
  }
  assert.ok(taken.size > 0);
  return taken;
}

suite('S9a: a segment that its author merged across its end', () => {
  test('is read with what the merge left out: a newcomer has what the others have', async () => {
    const { world, reader } = await makeCrossed();
    const late = await world.open('late');
    await syncAll(late);
    assert.ok(isReady(late.engine.db, TEST_COLLECTION));
    assert.deepEqual(filesOf(late), filesOf(reader));
    await syncAll(late, reader, late);
    assert.deepEqual(filesOf(late), filesOf(reader));
  });

  test('waits where the archive cannot be read, and is whole once it can', async () => {
    const crossed = await makeCrossed();
    const { world, reader, author, end } = crossed;
    const taken = await takeArchives(crossed);
    const late = await world.open('late');
    const { unreadable } = await late.sync({ list: true });
    assert.ok(unreadable.some(({ path }) => taken.has(path)));
    assert.equal(isReady(late.engine.db, TEST_COLLECTION), false);
    assert.ok(appliedUpTo(late.engine.db, TEST_COLLECTION, author) < end);
    for (const [key, body] of taken) await world.store.put(key, body);
    await syncAll(late);
    assert.deepEqual(filesOf(late), filesOf(reader));
  });

  test('counts for what it says once the archive stays away for an hour', async () => {
    const crossed = await makeCrossed();
    const { world, author, end } = crossed;
    await takeArchives(crossed);
    const late = await world.open('late');
    await syncAll(late);
    world.clock.advance(HOUR_MS - 1);
    await syncAll(late);
    assert.equal(isReady(late.engine.db, TEST_COLLECTION), false);
    world.clock.advance(1);
    await syncAll(late);
    assert.ok(isReady(late.engine.db, TEST_COLLECTION));
    assert.equal(appliedUpTo(late.engine.db, TEST_COLLECTION, author), end);
    assert.deepEqual(waitingUnits(late.engine.db, TEST_COLLECTION), []);
  });

  test('is not waited for until a clock is back that was ahead', async () => {
    const crossed = await makeCrossed();
    const { world } = crossed;
    await takeArchives(crossed);
    const late = await world.open('late');
    world.clock.advance(48 * HOUR_MS);
    await syncAll(late);
    world.clock.advance(-48 * HOUR_MS);
    await syncAll(late);
    world.clock.advance(HOUR_MS);
    await syncAll(late);
    assert.ok(isReady(late.engine.db, TEST_COLLECTION));
  });

  test('is left where an adopter keeps all up to the end', async () => {
    const crossed = await makeCrossed();
    const { world, reader, author } = crossed;
    const retired = world.clock.now();
    retireDevice(reader.engine, { device: author, name: 'clone', retired, isLost: false });
    await syncAll(reader);
    await takeArchives(crossed);
    const late = await world.open('late');
    await syncAll(late);
    assert.ok(isReady(late.engine.db, TEST_COLLECTION));
    assert.deepEqual(filesOf(late), filesOf(reader));
  });

  test('is completed, too, where it had arrived before the end was heard of', async () => {
    const { world, reader, author, end } = await makeCrossed();
    const key = headKey(selfId(reader.engine));
    const head = await world.store.get(key);
    assert.ok(head.kind === 'found');
    await world.store.delete(key);
    const late = await world.open('late');
    await syncAll(late);
    const waiting = waitingUnits(late.engine.db, TEST_COLLECTION);
    assert.ok(waiting.some(({ device, to }) => device === author && to > end));
    await world.store.put(key, head.body);
    await syncAll(late);
    assert.deepEqual(filesOf(late), filesOf(reader));
  });
});
