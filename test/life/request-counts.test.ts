/** What sync costs, counted: the figures that the README names are guarded here. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createMemoryStore } from '../../src/store/memory.ts';
import { type MeteredStore, withMeter } from '../../src/store/meter.ts';
import { openDevice, type TestDevice } from '../support/device.ts';
import { createDice } from '../support/dice.ts';
import { createManualClock, createSeededRandom } from '../support/ports.ts';

const KIB = 1024;

interface Pair {
  readonly a: TestDevice;
  readonly b: TestDevice;
  readonly meterA: MeteredStore;
  readonly meterB: MeteredStore;
  /** Text that does not compress well: base64 of random bytes, about three quarters. */
  text(sizeBytes: number): string;
}

/** Two devices that share `notes` notes; every request of each is counted. */
async function pairWith(notes: number): Promise<Pair> {
  const bucket = createMemoryStore();
  const meterA = withMeter(bucket);
  const meterB = withMeter(bucket);
  const clock = createManualClock(1_800_000_000_000);
  const random = createSeededRandom(3);
  const text = (sizeBytes: number): string =>
    Buffer.from(random.bytes(Math.ceil((sizeBytes * 3) / 4)))
      .toString('base64')
      .slice(0, sizeBytes);
  const a = await openDevice({ store: meterA, clock, random, name: 'a', isFirst: true });
  const b = await openDevice({ store: meterB, clock, random, name: 'b' });
  for (let index = 0; index < notes; index += 1) a.folder.set(`note ${index}`, `text ${index}`);
  await a.sync();
  await b.sync();
  await a.sync();
  await b.sync();
  return { a, b, meterA, meterB, text };
}

async function cost(meter: MeteredStore, work: () => Promise<unknown>) {
  const before = meter.snapshot();
  await work();
  return meter.since(before);
}

for (const notes of [100, 10_000]) {
  suite(`with ${notes} notes`, () => {
    test('an idle sync asks once per device and lists once, under 4 KB', async () => {
      const { a, meterA } = await pairWith(notes);
      const spent = await cost(meterA, () => a.sync());
      assert.deepEqual([spent.get, spent.list, spent.put, spent.delete], [2, 1, 0, 0]);
      assert.ok(spent.bytesDown + spent.bytesUp < 4 * KIB, `${spent.bytesDown} bytes`);
    });

    test('one save is one PUT; the other device needs no more requests than idle', async () => {
      const { a, b, meterA, meterB, text } = await pairWith(notes);
      a.folder.set('note 7', text(2 * KIB));
      const saved = await cost(meterA, () => a.sync());
      assert.deepEqual([saved.get, saved.list, saved.put, saved.delete], [2, 1, 1, 0]);
      const seen = await cost(meterB, () => b.sync());
      assert.deepEqual([seen.get, seen.list, seen.put, seen.delete], [2, 1, 0, 0]);
      assert.equal(b.folder.get('note 7'), a.folder.get('note 7'));
    });
  });
}

test('F3: 1,000 saves cost 1.1 PUTs and 80 KiB each on average, never more than 3 PUTs', async () => {
  const notes = 300;
  const { a, b, meterA, text } = await pairWith(notes);
  const dice = createDice(createSeededRandom(4));
  let puts = 0;
  let bytesUp = 0;
  for (let save = 0; save < 1000; save += 1) {
    a.folder.set(`note ${dice.below(notes)}`, text(KIB + dice.below(3 * KIB)));
    const spent = await cost(meterA, () => a.sync());
    assert.ok(spent.put <= 3, `save ${save} cost ${spent.put} PUTs`);
    puts += spent.put;
    bytesUp += spent.bytesUp;
  }
  assert.ok(puts <= 1100, `${puts} PUTs for 1,000 saves`);
  assert.ok(bytesUp <= 1000 * 80 * KIB, `${Math.round(bytesUp / KIB)} KiB for 1,000 saves`);
  await b.sync();
  assert.deepEqual([...b.folder].sort(), [...a.folder].sort());
  console.log(`${puts} PUTs, ${(bytesUp / KIB / 1000).toFixed(1)} KiB each`);
});
