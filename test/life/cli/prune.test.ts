/** `satchel prune` and `satchel verify` as a person meets them. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { PruneResult } from '../../../src/api/bucket.ts';
import { isPruneDue, pruneInWatch } from '../../../src/app/prune.ts';
import type { Session } from '../../../src/app/session.ts';
import type { Verification } from '../../../src/app/verify.ts';
import { readPruning, writePruning } from '../../../src/replica/condemned.ts';
import { getMeta, setMeta } from '../../../src/replica/meta.ts';
import { assertTells, createPair, type Pair } from '../../support/pair.ts';
import { asDevice, headOf, spoil, withFlippedBit } from '../../support/tamper.ts';
import { noise, save } from '../../support/trees.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const WEEK_MS = 7 * DAY_MS;
const LOST = 'lost'.repeat(13);

/** An object as a device leaves it that crashed between an upload and its commit. */
function leaveUpload({ place }: Pair): string {
  const folder = join(place.bucket, 'blobs', LOST.slice(0, 2));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, LOST), noise(7, 2000));
  return join(folder, LOST);
}

/** As if the last step had been done a week before. */
function letAWeekPass({ place }: Pair, device: string): Promise<void> {
  return asDevice(join(place.root, device), ({ engine: { db, clock } }) => {
    const pruning = readPruning(db);
    assert.ok(pruning);
    writePruning(db, { ...pruning, sinceMs: clock.now() - WEEK_MS });
  });
}

suite('satchel prune', () => {
  test('S12: announces, waits a week, deletes, and says so', async (context) => {
    const pair = await createPair(context, {
      fill: (root) => save(root, 'photo.jpg', noise(1, 50_000), { age: 3 }),
    });
    await pair.settle();
    const diary = join(pair.place.root, 'diary');
    mkdirSync(diary);
    await pair.must('desktop', 'add', 'vault', diary, '--name', 'Diary');
    await pair.settle();
    const prune = (...args: string[]) => pair.must('laptop', 'prune', ...args);
    assert.match((await prune('--dry-run')).out, /^There is nothing to prune\.\n/);
    const lost = leaveUpload(pair);
    const plan = await prune('--dry-run');
    assert.equal(plan.out, 'Would announce 1 object (2.0 kB) that nothing needs any more.\n');
    assert.match(plan.err, /"Diary" is not on this device: all of that history is kept/);
    const first = (await prune('--json')).json<PruneResult>();
    assert.deepEqual([first.condemned.objects, first.deleted.objects], [1, 0]);
    assert.ok(Date.parse(first.waiting?.from ?? '') > Date.now() + WEEK_MS / 2);
    assert.match(
      (await prune()).out,
      /^1 object \(2\.0 kB\) will be deleted from \d{4}-\d\d-\d\d on/,
    );
    assert.ok(existsSync(lost));
    await letAWeekPass(pair, 'laptop');
    assert.match((await prune()).out, /^Deleted 1 object \(2\.0 kB\) announced before\.\n/);
    assert.ok(!existsSync(lost));
    await letAWeekPass(pair, 'laptop');
    assert.match((await prune()).out, /^There is nothing to prune now\.\n/);
    assert.match((await pair.must('laptop', 'log')).out, /pruned .*condemned/);
    await pair.settle();
    assert.match((await pair.must('desktop', 'verify')).out, /^All is well: /);
  });

  test('S12: stops before damage, and says what to do', async (context) => {
    const pair = await createPair(context);
    await pair.settle();
    leaveUpload(pair);
    const key = await asDevice(join(pair.place.root, 'desktop'), headOf);
    const restore = await spoil(pair.place.bucket, key, withFlippedBit);
    assertTells(
      await pair.run('laptop', ['prune', '--dry-run']),
      7,
      /Nothing was pruned\. .*heads\//,
    );
    assertTells(await pair.run('laptop', ['prune']), 7, /Nothing was pruned\. .*heads\//);
    await restore();
    await pair.must('laptop', 'prune');
  });
});

suite('watch', () => {
  test('S12: prunes once a month and takes each further step when it is due', async (context) => {
    const pair = await createPair(context);
    await pair.settle();
    leaveUpload(pair);
    const home = join(pair.place.root, 'laptop');
    const dueIn = ({ engine: { db, clock } }: Session): number =>
      (Number(getMeta(db, 'prune-due')) - clock.now()) / DAY_MS;
    await asDevice(home, async (session) => {
      const { db } = session.engine;
      assert.equal(isPruneDue(session), false, 'not at first');
      assert.ok(dueIn(session) > 14 && dueIn(session) < 31);
      setMeta(db, 'prune-due', '0');
      assert.equal(isPruneDue(session), true);
      assert.equal((await pruneInWatch(session))?.condemned.objects, 1);
      assert.ok(dueIn(session) > 6.9 && dueIn(session) <= 7);
    });
    await letAWeekPass(pair, 'laptop');
    await asDevice(home, async (session) => {
      assert.equal((await pruneInWatch(session))?.deleted.objects, 1);
      setMeta(session.engine.db, 'prune-due', '0');
    });
    await pair.must('laptop', 'settings', 'prune', 'off');
    await asDevice(home, (session) => assert.equal(isPruneDue(session), false, 'turned off'));
  });

  test('S12: what stands in the way is told, and tried again a day later', async (context) => {
    const pair = await createPair(context);
    await pair.settle();
    const key = await asDevice(join(pair.place.root, 'desktop'), headOf);
    await spoil(pair.place.bucket, key, withFlippedBit);
    await asDevice(join(pair.place.root, 'laptop'), async (session) => {
      assert.equal(await pruneInWatch(session), undefined);
      const { db, clock } = session.engine;
      const hours = (Number(getMeta(db, 'prune-due')) - clock.now()) / (DAY_MS / 24);
      assert.ok(hours > 23 && hours <= 24);
    });
    assert.match((await pair.must('laptop', 'log')).out, /Nothing was pruned/);
  });
});

suite('satchel verify', () => {
  test('mends what the bucket lost, and --no-mend only looks', async (context) => {
    const pair = await createPair(context, {
      encrypted: true,
      fill: (root) => save(root, 'photo.jpg', noise(1, 50_000), { age: 3 }),
    });
    await pair.settle();
    rmSync(join(pair.place.bucket, 'blobs'), { recursive: true });
    const looked = await pair.run('desktop', ['verify', '--no-mend']);
    assert.equal(looked.exitCode, 7);
    assert.match(looked.out, /it is missing from the bucket\n {2}holds content of photo\.jpg\n/);
    assert.ok(!existsSync(join(pair.place.bucket, 'blobs')));
    const mended = await pair.must('desktop', 'verify');
    assert.match(mended.out, /\n {2}mended: it was written again, and read back\n/);
    assert.match(mended.out, /\nAll is well again: 1 problem found and mended; /);
    assert.equal(readdirSync(join(pair.place.bucket, 'blobs')).length, 1);
    assert.match((await pair.must('laptop', 'verify')).out, /^All is well: /);
  });

  test('names the device that can mend, which then does', async (context) => {
    const pair = await createPair(context, { encrypted: true });
    await pair.settle();
    const key = await asDevice(join(pair.place.root, 'laptop'), headOf);
    await spoil(pair.place.bucket, key, withFlippedBit);
    const there = await pair.run('desktop', ['verify']);
    assert.equal(there.exitCode, 7);
    assert.match(there.out, /"laptop" can mend it: run "satchel verify" on that device/);
    const here = (await pair.must('laptop', 'verify', '--json')).json<
      Verification & { ok: true }
    >();
    assert.deepEqual(
      [here.ok, here.damaged.map(({ object, mended }) => [object, mended])],
      [true, [[key, true]]],
    );
    await pair.settle();
  });

  test('reads a sample, and tells how much it read', async (context) => {
    const pair = await createPair(context, {
      fill: (root) => {
        for (let index = 0; index < 20; index += 1) {
          save(root, `${index}.jpg`, noise(index, 20_000), { age: 3 });
        }
      },
    });
    await pair.settle();
    const { out } = await pair.must('laptop', 'verify', '--sample', '20%');
    assert.match(out, /^All is well: \d+ objects \(.*\) read back, \d+ more only seen in lists, /);
    assertTells(
      await pair.run('laptop', ['verify', '--sample', 'some']),
      2,
      /"some" is no share of the objects/,
    );
  });
});
