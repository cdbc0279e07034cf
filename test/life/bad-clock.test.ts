/**
 * A computer whose clock is two days off, at a service that tells the time: it is told once, and
 * what is saved there is dated as if the clock were right.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import type { Status } from '../../src/api/status.ts';
import { type FakeS3, startFakeS3 } from '../support/fake-s3.ts';
import { startLittleDav } from '../support/little-dav.ts';
import { assertTells, createPair, type Pair } from '../support/pair.ts';
import type { Ran } from '../support/satchel.ts';
import { clockShiftedBy } from '../support/shifted-clock.ts';
import { bucketAt } from '../support/tamper.ts';
import { assertSameTree, save, treeOf } from '../support/trees.ts';
import { useBucket } from '../support/use-bucket.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test-access-key', AWS_SECRET_ACCESS_KEY: 'test-secret' };
const DAY_MS = 24 * 60 * 60 * 1000;
const MINUTE_MS = 60 * 1000;

interface WrongClock {
  readonly pair: Pair;
  readonly server: FakeS3;
  /** Runs on the laptop, whose clock is wrong. */
  run(...args: readonly string[]): Promise<Ran>;
  /** The same, to end well. */
  must(...args: readonly string[]): Promise<Ran>;
}

for (const [words, direction, shiftMs] of [
  ['two days behind', 'behind', -2 * DAY_MS],
  ['two days ahead', 'ahead', 2 * DAY_MS],
] as const) {
  const warning = new RegExp(`warning: The clock of this computer is 2 days ${direction}; `);

  suite(`a clock that is ${words}`, () => {
    test('is told once, then by status, and again when it is right; nothing is refused', async (context) => {
      const { pair, run, must } = await withWrongClock(context, shiftMs);
      save(pair.here, 'new.md', 'saved by a wrong clock\n');
      assertTells(await run('sync'), 0, warning);
      save(pair.here, 'newer.md', 'saved by a wrong clock, again\n');
      assert.doesNotMatch((await must('sync')).err, /clock/);
      assert.match((await must('status')).err, warning);
      const status = (await must('status', '--json')).json<Status>();
      assert.ok(Math.abs(status.clockOffsetMs + shiftMs) < MINUTE_MS, `${status.clockOffsetMs}`);
      await pair.sync('desktop');
      assertSameTree(treeOf(pair.there), treeOf(pair.here));

      await pair.sync('laptop');
      assert.match((await pair.must('laptop', 'log')).out, /agrees with the bucket again/);
      assert.doesNotMatch((await pair.must('laptop', 'status')).err, /clock/);
    });

    test('S3: dates saves as they were: of two new names the later one stays', async (context) => {
      const { pair, server } = await withWrongClock(context, shiftMs);
      // Time goes on by minutes for everybody: the service tells it in whole seconds only.
      const folders = { laptop: pair.here, desktop: pair.there };
      const sync = async (device: keyof typeof folders): Promise<void> => {
        server.aheadMs += 5 * MINUTE_MS;
        const wrongMs = device === 'laptop' ? shiftMs : 0;
        const ran = await pair.run(device, ['sync'], clockShiftedBy(server.aheadMs + wrongMs));
        assert.equal(ran.exitCode, 0, ran.err);
      };
      await sync('laptop');
      for (const [first, later] of [
        ['laptop', 'desktop'],
        ['desktop', 'laptop'],
      ] as const) {
        // Each renames before it hears of the other: a round takes in, and then reads.
        for (const device of [first, later]) {
          const journal = join(folders[device], 'Journal');
          renameSync(join(journal, `of the ${first}.md`), join(journal, `by the ${device}.md`));
          await sync(device);
        }
        for (const device of [first, later, first] as const) await sync(device);
        for (const folder of Object.values(folders)) {
          const names = readdirSync(join(folder, 'Journal'));
          assert.deepEqual(
            names.filter((name) => name !== `of the ${later}.md`),
            [`by the ${later}.md`],
          );
        }
        renameSync(join(pair.here, `Journal/by the ${later}.md`), join(pair.here, 'done.md'));
        for (const device of ['laptop', 'desktop'] as const) await sync(device);
      }
    });
  });
}

test('a clock that is two days behind a WebDAV server is told', async (context) => {
  const pair = await createPair(context);
  const server = await startLittleDav(context, bucketAt(pair.place.bucket));
  useBucket(pair, 'laptop', server.url);
  server.aheadMs = 2 * DAY_MS;
  save(pair.here, 'new.md', 'saved by a wrong clock\n');
  assertTells(await pair.run('laptop', ['sync']), 0, /warning: The clock .* is 2 days behind; /);
  await pair.sync('desktop');
  assert.ok(existsSync(join(pair.there, 'new.md')));
});

function saveTwo(root: string): void {
  save(root, 'Journal/of the laptop.md', 'a note\n', { age: 1 });
  save(root, 'Journal/of the desktop.md', 'another note\n', { age: 2 });
}

async function withWrongClock(context: TestContext, shiftMs: number): Promise<WrongClock> {
  const pair = await createPair(context, { env: CREDENTIALS, fill: saveTwo });
  await pair.settle();
  const server = await startFakeS3(context, bucketAt(pair.place.bucket));
  useBucket(pair, 'laptop', server.url);
  const run = (...args: readonly string[]): Promise<Ran> =>
    pair.run('laptop', args, clockShiftedBy(shiftMs));
  return {
    pair,
    server,
    run,
    async must(...args) {
      const ran = await run(...args);
      assert.equal(ran.exitCode, 0, `satchel ${args.join(' ')}\n${ran.out}${ran.err}`);
      return ran;
    },
  };
}
