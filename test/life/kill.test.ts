/**
 * `kill -9` at any moment, on either side, again and again. Repeat a life with TEST_SEED; live
 * more of them with TEST_RUNS.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import type { SyncResult } from '../../src/api/status.ts';
import { suiteOnEachBucket } from '../support/buckets.ts';
import { killedAt, liveKilledLife, wasKilled } from '../support/killed-life.ts';
import { chooseSeed } from '../support/ports.ts';
import { createPlace, type Place, type Ran } from '../support/satchel.ts';
import { assertSameTree, noise, save, treeOf } from '../support/trees.ts';

const RUNS = Number(process.env.TEST_RUNS ?? '2');
const ROUNDS = 8;
const firstSeed = chooseSeed();

suiteOnEachBucket('S4: killed at any moment, nothing saved is lost', (kind) => {
  for (let run = 0; run < RUNS; run += 1) {
    const seed = firstSeed + run;
    test(`a life with TEST_SEED=${seed}`, () => liveKilledLife(seed, ROUNDS, kind));
  }
});

suite('S4: killed at any moment, nothing saved is lost, as it once was not', () => {
  /** Seeds that once failed, and what they had found. */
  const badSeeds: readonly (readonly [seed: number, finding: string])[] = [
    [1035, 'a file did not get its name back when a person moved the folder that had it'],
    [1_234_057_032, 'five files were deleted, and nobody said whether they may go'],
  ];
  for (const [seed, finding] of badSeeds) {
    test(`seed ${seed}: ${finding}`, () => liveKilledLife(seed, ROUNDS));
  }
});

suite('killed while it is set up', () => {
  test('init: the same command again, or the join that it names, makes a device', async (context) => {
    const place = testPlace(context);
    let killed = 0;
    for (const moment of moments(6)) {
      const device = `device-${moment}`;
      const bucket = join(place.root, `bucket-${moment}`);
      const command = ['init', bucket, '--no-encryption'];
      const ran = await place.run(device, command, killedAt(moment));
      if (!wasKilled(ran)) break;
      killed += 1;
      const again = await place.run(device, command);
      if (again.exitCode === 2) {
        assert.match(again.err, /repository .* already|set up already/);
        const joined = await place.run(device, ['join', bucket]);
        assert.ok(joined.exitCode === 0 || /set up already/.test(joined.err), joined.err);
      } else assert.equal(again.exitCode, 0, again.err);
      await mustCarry(place, device);
    }
    assert.ok(killed > 3, `only ${killed} moments were met`);
  });

  test('join: the same command again makes a device', async (context) => {
    const place = testPlace(context);
    await must(place, 'laptop', 'init', place.bucket, '--no-encryption');
    let killed = 0;
    for (const moment of moments(6)) {
      const device = `device-${moment}`;
      const ran = await place.run(device, ['join', place.bucket], killedAt(moment));
      if (!wasKilled(ran)) break;
      killed += 1;
      const again = await place.run(device, ['join', place.bucket]);
      assert.ok(again.exitCode === 0 || /set up already/.test(again.err), again.err);
      await mustCarry(place, device);
    }
    assert.ok(killed > 3, `only ${killed} moments were met`);
  });

  test('add and attach: the same command again, and the folder is carried', async (context) => {
    const place = testPlace(context);
    await must(place, 'laptop', 'init', place.bucket);
    for (const moment of moments(2, 14)) {
      const name = `notes ${moment}`;
      const folder = join(place.root, name);
      save(folder, 'a.md', `note of moment ${moment}\n`);
      await place.run('laptop', ['add', 'vault', folder], killedAt(moment));
      const again = await place.run('laptop', ['add', 'vault', folder]);
      if (again.exitCode !== 0) {
        // It had come so far that the collection exists; the error names the way on.
        assert.match(again.err, /There is a collection .* already\.\nhint: .*satchel attach/);
        const attach = await place.run('laptop', ['attach', name, folder]);
        assert.ok(attach.exitCode === 0 || /is on this device already/.test(attach.err));
      }
      assert.equal(await published(place, 'laptop', name), 1);
    }
    await must(place, 'desktop', 'join', place.bucket);
    for (const moment of moments(2, 14)) {
      const name = `notes ${moment}`;
      const folder = join(place.root, 'desktop-files', name);
      await place.run('desktop', ['attach', name, folder], killedAt(moment));
      const again = await place.run('desktop', ['attach', name, folder]);
      assert.ok(again.exitCode === 0 || /is on this device already/.test(again.err), again.err);
      await must(place, 'desktop', 'sync');
      assertSameTree(treeOf(folder), treeOf(join(place.root, name)));
    }
  });
});

suite('killed in a long transfer', () => {
  test('S15: a first sync that is killed again and again ends with the same folder', async (context) => {
    const place = testPlace(context);
    const here = join(place.root, 'laptop-files');
    const there = join(place.root, 'desktop-files');
    for (let index = 0; index < 300; index += 1) {
      save(here, `area ${index % 7}/note ${index}.md`, `note ${index}\n`.repeat(30), {
        age: index,
      });
    }
    for (let index = 0; index < 20; index += 1) {
      save(here, `pictures/${index}.jpg`, noise(index, 100_000), { age: 400 + index });
    }
    await must(place, 'laptop', 'init', place.bucket);
    await must(place, 'laptop', 'add', 'vault', here, '--name', 'Notes');
    await killAgainAndAgain(place, 'laptop');
    await must(place, 'desktop', 'join', place.bucket);
    await must(place, 'desktop', 'attach', 'Notes', there);
    const own = 'a note that was only here\n';
    save(there, 'area 1/only here.md', own, { age: 900 });
    await killAgainAndAgain(place, 'desktop');
    await must(place, 'laptop', 'sync');
    assertSameTree(treeOf(there), treeOf(here));
    assert.ok(existsSync(join(here, 'area 1/only here.md')));
    for (const device of ['laptop', 'desktop']) await must(place, device, 'verify');
  });
});

/** Every `step`-th moment, from the first or a later one: over many runs all of them are met. */
function* moments(step: number, last = 10_000): IterableIterator<number> {
  for (let moment = 1 + (firstSeed % step); moment <= last; moment += step) yield moment;
}

/** Kills a first sync at ever later moments, as long as it lives to meet them. */
async function killAgainAndAgain(place: Place, device: string): Promise<void> {
  for (let moment = 10; ; moment = Math.ceil(moment * 1.7)) {
    const ran = await place.run(device, ['sync'], killedAt(moment));
    if (wasKilled(ran)) continue;
    assert.equal(ran.exitCode, 0, ran.err);
    return;
  }
}

/** A device that was just set up can carry a folder. */
async function mustCarry(place: Place, device: string): Promise<void> {
  const folder = join(place.root, `${device}-files`);
  mkdirSync(folder);
  save(folder, 'a.md', `the note of ${device}\n`);
  await must(place, device, 'add', 'vault', folder, '--name', device);
  assert.equal(await published(place, device, device), 1);
}

/** Syncs, and tells how many versions of the collection went up. */
async function published(place: Place, device: string, name: string): Promise<number> {
  const { collections } = (await must(place, device, 'sync', '--json')).json<SyncResult>();
  return collections.find((part) => part.name === name)?.published.versions ?? 0;
}

async function must(place: Place, device: string, ...args: string[]): Promise<Ran> {
  const ran = await place.run(device, args);
  assert.equal(ran.exitCode, 0, `${device}: satchel ${args.join(' ')}\n${ran.out}${ran.err}`);
  return ran;
}

function testPlace(context: TestContext): Place {
  const place = createPlace();
  context.after(() => place.remove());
  return place;
}
