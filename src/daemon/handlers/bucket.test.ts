/** The bucket as the page asks about it: on a real home with a folder for a bucket. */
import assert from 'node:assert/strict';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { checkAnswers } from '../../../test/support/checked-handlers.ts';
import { ASKER, type DaemonBench, openDaemonBench } from '../../../test/support/daemon-bench.ts';
import { HANDLERS } from '../handlers.ts';

const { storage, cost, doctor, prune, performance } = checkAnswers(HANDLERS);

function openBench(context: TestContext): Promise<DaemonBench> {
  return openDaemonBench(context, { files: { 'a.md': 'x'.repeat(100) } });
}

suite('the bucket', () => {
  test('is listed when that is asked for, and only then', async (context) => {
    const { daemon } = await openBench(context);
    const lists = async () => (await cost(daemon, {}, ASKER)).months[0]?.counts.list ?? 0;
    const before = await storage(daemon, { refresh: false }, ASKER);
    assert.equal(before.listedAt, null);
    assert.deepEqual(
      before.collections.map(({ name, current }) => [name, current]),
      [['Notes', 100]],
    );
    // A round that runs meanwhile must not list: rounds do that at the start and every ten minutes.
    await daemon.host().sync();
    const listsBefore = await lists();
    const counted = await storage(daemon, { refresh: true }, ASKER);
    assert.ok(counted.listedAt !== null && counted.total.objects > 0);
    assert.equal((await lists()) - listsBefore, 1);
    assert.deepEqual(await storage(daemon, { refresh: false }, ASKER), counted);
    assert.equal((await lists()) - listsBefore, 1);
  });

  test('costs nothing in a folder; requests are told by day all the same', async (context) => {
    const { daemon } = await openBench(context);
    const report = await cost(daemon, {}, ASKER);
    assert.equal(report.provider?.isOwn, true);
    assert.deepEqual(
      [report.currency, report.forecast, report.cap, report.slowedBy],
      [null, null, null, 1],
    );
    const putsOf = (counted: typeof report.days | typeof report.months): number =>
      counted.reduce((sum, { counts }) => sum + counts.put, 0);
    assert.ok(putsOf(report.days) > 0);
    assert.equal(putsOf(report.days), putsOf(report.months));
  });

  test('the doctor finds a bucket that works fine, and leaves nothing in it', async (context) => {
    const { daemon, bucket } = await openBench(context);
    const there = readdirSync(bucket).toSorted();
    const checks = await doctor(daemon, {}, ASKER);
    assert.ok(checks.length > 5);
    assert.ok(!checks.some(({ outcome }) => outcome === 'problem'));
    assert.deepEqual(readdirSync(bucket).toSorted(), there);
  });

  test('the doctor tells what is wrong, and it is no failure of the page', async (context) => {
    const { daemon, bucket } = await openBench(context);
    rmSync(join(bucket, 'satchel.json'));
    const checks = await doctor(daemon, {}, ASKER);
    const problem = checks.find(({ outcome }) => outcome === 'problem');
    assert.ok(problem?.message !== undefined, JSON.stringify(checks));
  });

  test('the examination ends when nobody waits for it any more', async (context) => {
    const { daemon } = await openBench(context);
    const gone = { ...ASKER, signal: AbortSignal.abort() };
    await assert.rejects(doctor(daemon, {}, gone), { kind: 'usage' });
  });

  test('S12: pruning shows what it would do and does nothing then', async (context) => {
    const { daemon } = await openBench(context);
    assert.equal((await storage(daemon, { refresh: false }, ASKER)).reclaimable, null);
    const looked = await prune(daemon, { dryRun: true }, ASKER);
    assert.equal(looked.dryRun, true);
    assert.deepEqual(looked.condemned, { objects: 0, bytes: 0 });
    const { reclaimable } = await storage(daemon, { refresh: false }, ASKER);
    assert.deepEqual(reclaimable, { objects: 0, bytes: 0 }, 'somebody looked');
    const done = await prune(daemon, { dryRun: false }, ASKER);
    assert.deepEqual([done.dryRun, done.keptWhole], [false, []]);
  });
});

suite('performance', () => {
  test('a save shows with its latency once the bucket has it', async (context) => {
    const { daemon, notes } = await openBench(context);
    await daemon.host().sync();
    const latencyOf = async () =>
      (await performance(daemon, { days: 7 }, ASKER)).days.map(({ publishP50Ms }) => publishP50Ms);
    assert.deepEqual(await latencyOf(), [null]);
    writeFileSync(join(notes, 'b.md'), 'new');
    await daemon.host().sync();
    const [latencyMs = null] = await latencyOf();
    assert.ok(latencyMs !== null && latencyMs < 60_000, `${latencyMs}`);
  });
});
