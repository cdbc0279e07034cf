/**
 * Two devices at a bucket on a real line: the engine, the retries and the S3 store together, over
 * HTTP, while connections break before and after the work is done, answers come late, lists lag
 * behind and the service asks to slow down. A seed repeats the edits and the draws; which of several
 * requests under way draws first is up to the line.
 */
import assert from 'node:assert/strict';
import { before, suite, type TestContext, test } from 'node:test';
import { MANIFEST_KEY } from '../src/format/object-keys.ts';
import { withRetry } from '../src/store/retry.ts';
import { openS3Store } from '../src/store/s3.ts';
import { type ObjectStore, StoreError } from '../src/store/store.ts';
import { manifestOf, openDevice, type TestDevice } from './support/device.ts';
import { createDice, type Dice } from './support/dice.ts';
import { befallsSometimes, type FakeS3, startFakeS3 } from './support/fake-s3.ts';
import type { QuirkName } from './support/fake-s3-quirks.ts';
import {
  chooseSeed,
  createManualClock,
  createSeededRandom,
  type ManualClock,
} from './support/ports.ts';

const ROUNDS = 24;
const MINUTE_MS = 60_000;
/** Long enough for a blob of its own. */
const LONG = 'long '.repeat(5_000);

const BAD_LINE: readonly QuirkName[] = [
  'dropped-before',
  'dropped-after',
  'dropped-within',
  'slow-down',
  'slow-down-wait',
  'contention',
];
/** Lines and services, each with what goes wrong there now and then. */
const SERVICES: Readonly<Record<string, readonly QuirkName[]>> = {
  'a bad line': BAD_LINE,
  'a service whose lists and reads are late, by two to a page': [
    ...BAD_LINE,
    'lists-late',
    'reads-late',
    'pages-of-2',
  ],
  'a service that takes one write per second and key, in chunks, with weak ETags': [
    ...BAD_LINE,
    'write-per-second',
    'chunked',
    'etag-weak',
  ],
};

const seed = chooseSeed();

before(() => {
  process.env.AWS_ACCESS_KEY_ID = 'test-access-key';
  process.env.AWS_SECRET_ACCESS_KEY = 'test-secret';
});

interface World {
  readonly server: FakeS3;
  readonly clock: ManualClock;
  readonly dice: Dice;
  readonly devices: readonly [TestDevice, TestDevice];
}

async function createWorld(context: TestContext): Promise<World> {
  const clock = createManualClock(1_800_000_000_000);
  const { monotonicMs } = clock;
  const server = await startFakeS3(context, undefined, { monotonicMs });
  const random = createSeededRandom(seed);
  const dice = createDice(createSeededRandom(seed + 1));
  const open = async (name: string, isFirst: boolean): Promise<TestDevice> => {
    const store = withRetry(await openBucket(context, server), { clock, random });
    const device = await openDevice({ store, clock, random, name, isFirst });
    context.after(() => device.close());
    return device;
  };
  const first = await open('laptop', true);
  await first.engine.store.put(MANIFEST_KEY, manifestOf());
  await first.sync();
  return { server, clock, dice, devices: [first, await open('desktop', false)] };
}

async function openBucket(context: TestContext, { endpoint }: FakeS3): Promise<ObjectStore> {
  const bucket = { kind: 's3', bucket: 'test-bucket', prefix: 'notes', endpoint } as const;
  const store = await openS3Store(bucket);
  context.after(() => store.close());
  return store;
}

/** Edits what is this device's alone, so that what has to be there in the end is known. */
function edit({ folder, name }: TestDevice, expected: Map<string, string>, dice: Dice): void {
  const path = `${name} ${dice.below(8)}`;
  if (expected.has(path) && dice.chance(0.2)) {
    folder.delete(path);
    expected.delete(path);
    return;
  }
  const text = `${dice.chance(0.2) ? LONG : ''}${dice.below(1_000_000)}`;
  folder.set(path, text);
  expected.set(path, text);
}

/** A round that may fail, but only for want of the bucket. */
async function tryRound(device: TestDevice): Promise<boolean> {
  try {
    await device.sync();
    return true;
  } catch (error) {
    if (!(error instanceof StoreError && error.kind === 'unreachable')) throw error;
    return false;
  }
}

suite(`a life over HTTP (TEST_SEED=${seed})`, () => {
  for (const [name, quirks] of Object.entries(SERVICES)) {
    test(`S10: at ${name}, all that was saved arrives`, async (context) => {
      const { server, clock, dice, devices } = await createWorld(context);
      const expected = new Map<string, string>();
      for (const quirk of quirks) server.quirks.add(quirk);
      server.befalls = befallsSometimes(dice, 0.4);
      let failed = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const device = dice.pick(devices);
        for (let edits = dice.below(3); edits > 0; edits -= 1) edit(device, expected, dice);
        if (!(await tryRound(device))) failed += 1;
        clock.advance(dice.below(MINUTE_MS));
      }
      assert.ok(failed < ROUNDS, 'some rounds get through');
      server.quirks.clear();
      for (const device of [...devices, ...devices, ...devices]) await device.sync();
      for (const { folder } of devices) {
        assert.deepEqual(new Map([...folder].sort()), new Map([...expected].sort()));
      }
    });
  }
});
