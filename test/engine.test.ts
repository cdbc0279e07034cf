/** The engine with the smallest kind: what two or three devices make of each other's work. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { outboxCount } from '../src/replica/outbox.ts';
import { conflictsOf } from '../src/replica/records.ts';
import { chooseFor } from '../src/sync/choose.ts';
import { pull } from '../src/sync/pull.ts';
import {
  openDevice,
  openTwoDevices,
  TEST_COLLECTION,
  type TestDevice,
  type TwoDevices,
} from './support/device.ts';
import { createSeededRandom } from './support/ports.ts';

async function exchange({ a, b }: TwoDevices): Promise<void> {
  for (const device of [a, b, a, b]) await device.sync();
}

const conflictIn = (device: TestDevice): string[] =>
  conflictsOf(device.engine.db, TEST_COLLECTION).map((row) => row.record);

suite('two devices', () => {
  test('edits, deletions and new files arrive', async () => {
    const devices = await openTwoDevices();
    const { a, b } = devices;
    a.folder.set('one', 'first').set('two', 'second').set('big', 'x'.repeat(20_000));
    await exchange(devices);
    assert.deepEqual(b.folder, a.folder);
    b.folder.set('one', 'edited').delete('two');
    await exchange(devices);
    assert.deepEqual(a.folder, b.folder);
    assert.equal(a.folder.get('one'), 'edited');
  });

  test('S5: an edit follows a rename made elsewhere', async () => {
    const devices = await openTwoDevices();
    const { a, b } = devices;
    a.folder.set('one', 'first');
    await exchange(devices);
    b.folder.set('one', 'edited');
    a.folder.delete('one');
    a.folder.set('uno', 'first');
    await exchange(devices);
    assert.deepEqual([...a.folder], [['uno', 'edited']]);
    assert.deepEqual([...b.folder], [['uno', 'edited']]);
    assert.deepEqual(conflictIn(a), []);
  });

  test('S5: devices that start with the same files meet in the same records', async () => {
    const devices = await openTwoDevices();
    const { a, b } = devices;
    a.folder.set('same', 'text').set('other', 'of a');
    b.folder.set('same', 'text').set('other', 'of b');
    await exchange(devices);
    assert.equal(conflictIn(a).length, 1);
    assert.deepEqual([a.folder.get('other'), b.folder.get('other')], ['of a', 'of b']);
    assert.equal(outboxCount(b.engine.db, TEST_COLLECTION), 0);
  });

  test('S5: an edit does not keep a name that is another record’s by now', async () => {
    const devices = await openTwoDevices();
    const { a, b, clock } = devices;
    await exchange(devices);
    a.folder.set('one', 'text');
    await a.open.get(TEST_COLLECTION)?.takeIn();
    a.folder.delete('one');
    a.folder.set('uno', 'text');
    await a.sync();
    clock.advance(1000);
    b.folder.set('uno', 'of b');
    await b.open.get(TEST_COLLECTION)?.takeIn();
    // Applied, and edited before it was put out.
    await pull(b.engine, { list: true });
    b.folder.set('uno', 'of b, edited');
    await exchange(devices);
    for (const { folder } of [a, b]) {
      assert.deepEqual([...folder.values()].sort(), ['of b, edited', 'text']);
      assert.equal(folder.get('uno'), 'text');
    }
  });

  test('S7: an edit beats a deletion made elsewhere', async () => {
    const devices = await openTwoDevices();
    const { a, b } = devices;
    a.folder.set('one', 'first');
    await exchange(devices);
    a.folder.delete('one');
    b.folder.set('one', 'edited');
    await exchange(devices);
    assert.deepEqual([...a.folder], [['one', 'edited']]);
    assert.deepEqual([...b.folder], [['one', 'edited']]);
  });
});

suite('a held conflict', () => {
  async function conflicting(): Promise<TwoDevices & { readonly record: string }> {
    const devices = await openTwoDevices();
    const { a, b } = devices;
    a.folder.set('note', 'base');
    await exchange(devices);
    a.folder.set('note', 'of a');
    b.folder.set('note', 'of b');
    await exchange(devices);
    const [record] = conflictIn(a);
    assert.ok(record);
    assert.deepEqual(conflictIn(b), [record]);
    return { ...devices, record };
  }
  const nameOf = (): string => 'elsewhere';

  test('each device keeps the side it showed; edits stay on their side', async () => {
    const devices = await conflicting();
    const { a, b } = devices;
    assert.deepEqual([a.folder.get('note'), b.folder.get('note')], ['of a', 'of b']);
    a.folder.set('note', 'of a, more');
    await exchange(devices);
    assert.deepEqual([a.folder.get('note'), b.folder.get('note')], ['of a, more', 'of b']);
    assert.equal(conflictIn(b).length, 1);
  });

  for (const [kind, expected] of [
    ['local', 'of a'],
    ['remote', 'of b'],
  ] as const) {
    test(`keep ${kind} settles it on both`, async () => {
      const devices = await conflicting();
      const { a, b, record } = devices;
      chooseFor(a.engine, TEST_COLLECTION, record, { kind }, nameOf);
      await exchange(devices);
      assert.deepEqual([a.folder.get('note'), b.folder.get('note')], [expected, expected]);
      assert.deepEqual([conflictIn(a), conflictIn(b)], [[], []]);
    });
  }

  test('a new name that came with the side that is not shown reaches the disk', async () => {
    const devices = await conflicting();
    const { a, b } = devices;
    a.folder.delete('note');
    a.folder.set('memo', 'of a');
    await exchange(devices);
    assert.deepEqual([...b.folder], [['memo', 'of b']]);
  });

  test('an edit does not keep the disk from such a name that is still to be given', async () => {
    const devices = await conflicting();
    const { a, b } = devices;
    a.folder.delete('note');
    a.folder.set('memo', 'of a');
    await a.sync();
    // Applied, and edited before it was put out.
    await pull(b.engine, { list: true });
    b.folder.set('note', 'of b, edited');
    await exchange(devices);
    assert.deepEqual([...b.folder], [['memo', 'of b, edited']]);
  });

  test('keep both gives the other side a name of its own', async () => {
    const devices = await conflicting();
    const { a, b, record } = devices;
    chooseFor(a.engine, TEST_COLLECTION, record, { kind: 'both' }, nameOf);
    await exchange(devices);
    const both = { note: 'of a', 'note (elsewhere)': 'of b' };
    assert.deepEqual(Object.fromEntries(a.folder), both);
    assert.deepEqual(Object.fromEntries(b.folder), both);
  });

  test('opposite choices at the same time open it again, and lose nothing', async () => {
    const devices = await conflicting();
    const { a, b, record } = devices;
    chooseFor(a.engine, TEST_COLLECTION, record, { kind: 'local' }, nameOf);
    chooseFor(b.engine, TEST_COLLECTION, record, { kind: 'local' }, nameOf);
    await exchange(devices);
    assert.deepEqual([a.folder.get('note'), b.folder.get('note')], ['of a', 'of b']);
    assert.deepEqual(conflictIn(a), [record]);
  });

  test('S6: text that was not sent yet and is changed to that of the other side settles it', async () => {
    const devices = await conflicting();
    const { a } = devices;
    a.folder.set('note', 'of a, more');
    await a.open.get(TEST_COLLECTION)?.takeIn();
    a.folder.set('note', 'of b');
    await exchange(devices);
    assert.deepEqual([a.folder.get('note'), devices.b.folder.get('note')], ['of b', 'of b']);
    assert.equal(outboxCount(a.engine.db, TEST_COLLECTION), 0);
  });

  test('a third device that comes later shows the newest side', async () => {
    const devices = await conflicting();
    const random = createSeededRandom(2);
    const { clock } = devices.a.engine;
    const c = await openDevice({ store: devices.store, clock, random, name: 'c' });
    await c.sync();
    assert.equal(conflictIn(c).length, 1);
    assert.ok(['of a', 'of b'].includes(c.folder.get('note') ?? ''));
  });
});
