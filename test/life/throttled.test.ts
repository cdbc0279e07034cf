/** A service that asks to slow down: for a moment, and for an hour. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { withSession } from '../../src/app/session.ts';
import { runWatch } from '../../src/app/watch.ts';
import { reply } from '../support/canned-server.ts';
import { startFakeS3 } from '../support/fake-s3.ts';
import { startLittleDav } from '../support/little-dav.ts';
import { createPair, type Pair } from '../support/pair.ts';
import { systemRandom } from '../support/ports.ts';
import { createPumpedClock } from '../support/pumped-clock.ts';
import { bucketAt } from '../support/tamper.ts';
import { assertSameTree, save, treeOf } from '../support/trees.ts';
import { useBucket } from '../support/use-bucket.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test-access-key', AWS_SECRET_ACCESS_KEY: 'test-secret' };
const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;

const tooMany = reply(429, '', { 'retry-after': '1' });

for (const [name, start] of [
  ['S3', startFakeS3],
  ['WebDAV', startLittleDav],
] as const) {
  test(`429 for a moment: a watch on ${name} goes on without a word`, async (context) => {
    const pair = await createPair(context, { env: CREDENTIALS });
    await pair.settle();
    const server = await start(context, bucketAt(pair.place.bucket));
    useBucket(pair, 'laptop', server.url);
    let refused = 0;
    server.trouble = () => {
      refused += 1;
      return refused <= 2 ? tooMany : undefined;
    };
    save(pair.here, 'new.md', 'saved while it is asked to slow down\n');
    const watch = pair.place.start('laptop', ['watch']);
    context.after(() => watch.process.kill('SIGKILL'));
    await watch.waitFor('1 change sent');
    watch.process.kill('SIGINT');
    const { err } = await watch.ended;
    assert.doesNotMatch(err, /slow down/);
    assert.ok(refused > 2);
    await pair.sync('desktop');
    assertSameTree(treeOf(pair.there), treeOf(pair.here));
  });
}

test('S11: 429 for an hour: a watch goes on, asks ever less often, and then sends', async (context) => {
  const pair = await createPair(context, { env: CREDENTIALS });
  await pair.settle();
  const server = await startFakeS3(context, bucketAt(pair.place.bucket));
  useBucket(pair, 'laptop', server.url);
  const hour = await liveThroughAnHour(context, pair, server);
  assert.ok(hour.failures > 10 && hour.failures < 40, `${hour.failures} rounds`);
  assert.ok(hour.requests < 300, `${hour.requests} requests`);
  for (const message of hour.messages) assert.match(message, /asks to slow down/);
  assert.ok(hour.lastPauseMs >= 2 * MINUTE_MS, `${hour.lastPauseMs} ms`);
  await pair.sync('desktop');
  for (const name of ['before.md', 'during.md']) assert.ok(existsSync(join(pair.there, name)));
  assertSameTree(treeOf(pair.there), treeOf(pair.here));
});

/** Watches on the laptop, in this process, while the service refuses for an hour of its clock. */
async function liveThroughAnHour(
  context: TestContext,
  pair: Pair,
  server: Awaited<ReturnType<typeof startFakeS3>>,
) {
  Object.assign(process.env, CREDENTIALS);
  const startMs = Date.now();
  // The loop looks for jumps of the clock all the time.
  const clock = createPumpedClock(startMs, 1);
  context.after(() => clock.stop());
  const seen = { failures: 0, requests: 0, lastPauseMs: 0, messages: new Set<string>() };
  server.trouble = () => {
    server.aheadMs = clock.now() - Date.now();
    if (clock.now() - startMs > HOUR_MS) return undefined;
    seen.requests += 1;
    return tooMany;
  };
  save(pair.here, 'before.md', 'saved before the hour\n');
  const done = new AbortController();
  const app = {
    home: join(pair.place.root, 'laptop'),
    clock,
    random: systemRandom,
    progress: () => undefined,
    notice: (message: string) => assert.fail(message),
  };
  await withSession(app, 'watch', (session) =>
    runWatch(
      session,
      {
        round({ collections }) {
          if (collections.some(({ published }) => published.versions > 0)) done.abort();
        },
        failed(error, nextTryMs) {
          seen.failures += 1;
          seen.lastPauseMs = nextTryMs;
          seen.messages.add(String(error));
          if (seen.failures === 5) save(pair.here, 'during.md', 'saved within the hour\n');
        },
        pruned: () => assert.fail('nothing is old enough to be pruned'),
      },
      done.signal,
    ),
  );
  return seen;
}
