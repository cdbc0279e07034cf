/**
 * The engine against a bucket that shows what was, holds back what is, or forgets what it took
 * (rules S9, S10, S13). What cannot be noticed stands in `docs/threats.md`.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { addNonce } from '../src/replica/own.ts';
import { countRecords } from '../src/replica/records.ts';
import { selfId } from '../src/sync/engine.ts';
import { TEST_COLLECTION } from './support/device.ts';
import { assertUnharmed, currentTexts, long, textOf, withNews } from './support/hostile-news.ts';
import { hidden, replayed, rolledBack, swallowing, unchanging } from './support/hostile-store.ts';
import { calm, createHostileWorld, heal, roundOf } from './support/hostile-world.ts';

const HOUR_MS = 60 * 60 * 1000;

suite('S10: a bucket that shows what was', () => {
  test('an older head is read and told after an hour, with its object and what to do', async () => {
    const world = await createHostileWorld();
    const { a, b, bucket, clock } = world;
    await withNews(world);
    await b.sync();
    const before = new Map(b.folder);
    b.view.attack = replayed(bucket, (key) => key === a.head, 2);
    assert.deepEqual(await roundOf(b), [], 'normal for a while');
    clock.advance(HOUR_MS + 1000);
    const told = await roundOf(b);
    assert.match(
      textOf(told),
      new RegExp(`older state of device "a" \\(${a.head}\\).*who can write`),
    );
    clock.advance(HOUR_MS + 1000);
    assert.deepEqual(await roundOf(b), [], 'once');
    assertUnharmed(world, before);
    await heal(world, [a, b]);
  });

  test('a head that is withheld is told after an hour, and no more when it is back', async () => {
    const world = await createHostileWorld();
    const { a, b, clock } = world;
    await withNews(world);
    await b.sync();
    b.view.attack = hidden((key) => key === a.head);
    assert.deepEqual(await roundOf(b), []);
    clock.advance(HOUR_MS + 1000);
    assert.match(textOf(await roundOf(b)), new RegExp(`no state of device "a" \\(${a.head}\\)`));
    b.view.attack = undefined;
    await b.sync();
    b.view.attack = hidden((key) => key === a.head);
    assert.deepEqual(await roundOf(b), [], 'it begins anew');
    await heal(world, [a, b]);
  });

  test('split view: one device is shown an old bucket; it finds its own head older, and loses nothing', async () => {
    const world = await createHostileWorld();
    const { a, b, bucket, clock } = world;
    const state = await bucket.snapshot();
    await withNews(world);
    for (const device of [b, a]) await device.sync();
    const before = new Map(b.folder);
    b.view.attack = rolledBack(state);
    b.folder.set('during', 'saved during the attack');
    assert.match(textOf(await roundOf(b)), /no head of this device; it is written again/);
    for (let hour = 0; hour < 30; hour += 1) {
      clock.advance(HOUR_MS);
      for (const device of [a, b]) await device.sync();
    }
    assertUnharmed(world, new Map([...before, ['during', 'saved during the attack']]));
    await heal(world, [a, b]);
    assert.equal(a.folder.get('during'), 'saved during the attack');
  });

  test('the whole bucket of another day, for good: who was there since puts back what is missing', async () => {
    const world = await createHostileWorld();
    const { a, b, bucket } = world;
    a.folder.set('one', 'first');
    for (const device of [a, b]) await device.sync();
    const state = await bucket.snapshot();
    await withNews(world);
    for (const device of [b, a]) await device.sync();
    const newcomer = await world.open('newcomer');
    newcomer.view.attack = rolledBack(state);
    assert.deepEqual(await roundOf(newcomer), [], 'a new device has nothing to compare with');
    assert.deepEqual([...newcomer.folder], [['one', 'first']]);
    newcomer.view.attack = undefined;
    await bucket.restore(state);
    assert.match(textOf(await roundOf(a)), /an older head of this device; it is written again/);
    await heal(world, [a, b, newcomer]);
    assert.equal(newcomer.folder.get('bigger'), long('bigger'));
  });

  test('S13: a number withheld from one device for hours is ended there, and nothing of it is lost', async () => {
    const world = await createHostileWorld();
    const { a, b, bucket, clock } = world;
    const c = await world.open('c');
    a.folder.set('one', 'first');
    for (const device of [a, b, c, a, b, c]) await device.sync();
    a.folder.set('one', 'second').set('only', 'of a');
    for (const device of [a, c]) await device.sync();
    c.folder.set('one', 'third, upon the second');
    await c.sync();
    b.view.attack = replayed(bucket, (key) => key === a.head, 1);
    for (let turn = 0; turn < 3; turn += 1) {
      await b.sync();
      clock.advance(HOUR_MS);
    }
    await calm(world, [a, b, c]);
    assert.equal(b.folder.get('one'), 'third, upon the second');
    assert.equal(b.folder.get('only'), 'of a');
    // That the third was written upon the second is not known any more: a false conflict (rule S9a).
    const texts = new Set(['second', 'third, upon the second', 'of a']);
    for (const device of [a, b, c]) assert.deepEqual(currentTexts(device), texts, device.name);
  });

  test('S9: a bucket put back to a copy of 1,001 own writes ago costs no identity and no conflict', async () => {
    const world = await createHostileWorld();
    const { a, b, bucket } = world;
    await withNews(world);
    for (const device of [b, a]) await device.sync();
    const copy = await bucket.snapshot();
    for (let write = 0; write < 1001; write += 1) addNonce(a.engine.db, `write ${write}`);
    a.folder.set('one', 'saved since the copy');
    for (const device of [a, b]) await device.sync();
    const former = selfId(a.engine);
    await bucket.restore(copy);
    assert.match(textOf(await roundOf(a)), /an older head of this device; it is written again/);
    await heal(world, [a, b]);
    assert.equal(selfId(a.engine), former);
    for (const { folder } of [a, b]) assert.equal(folder.get('one'), 'saved since the copy');
    assert.equal(countRecords(a.engine.db, TEST_COLLECTION).conflicts, 0);
  });

  test('S9: an own head of more writes ago than are remembered costs an identity, and nothing else', async () => {
    const world = await createHostileWorld();
    const { a, b, bucket } = world;
    await withNews(world);
    for (const device of [b, a]) await device.sync();
    a.engine.db.run('DELETE FROM nonces WHERE seq < (SELECT max(seq) FROM nonces)');
    const former = selfId(a.engine);
    a.folder.set('one', 'saved before it looks');
    a.view.attack = replayed(bucket, (key) => key === a.head, 3);
    assert.match(textOf(await roundOf(a)), /restored from a backup or copied/);
    assert.notEqual(selfId(a.engine), former);
    // Its last commits come back under two names: a conflict that is none, and no loss (rule S9a).
    for (let turn = 0; turn < 6; turn += 1) {
      a.view.attack = undefined;
      for (const device of [a, b]) assert.deepEqual((await device.sync()).unreadable, []);
    }
    assert.deepEqual(currentTexts(a), currentTexts(b));
    assert.ok(currentTexts(b).has('saved before it looks'));
  });

  test('an answer that nothing changed holds news back, and no longer than it is given', async () => {
    const world = await createHostileWorld();
    const { a, b } = world;
    await withNews(world);
    await b.sync();
    a.folder.set('one', 'news');
    await a.sync();
    b.view.attack = unchanging(() => true);
    assert.deepEqual(await roundOf(b), [], 'nobody can tell');
    assert.notEqual(b.folder.get('one'), 'news');
    await heal(world, [a, b]);
    assert.equal(b.folder.get('one'), 'news');
  });

  test('writes that are said to be stored and are not are found missing, and done again', async () => {
    const world = await createHostileWorld();
    const { a, b } = world;
    a.folder.set('one', 'first');
    for (const device of [a, b, a]) await device.sync();
    a.view.attack = swallowing((key) => !key.startsWith('blobs/'));
    a.folder.set('one', 'swallowed');
    await a.sync();
    assert.match(textOf(await roundOf(a)), /an older head of this device; it is written again/);
    await heal(world, [a, b]);
    assert.equal(b.folder.get('one'), 'swallowed');
  });
});
