/**
 * Rule S9 as people meet it: two machines from one disk image, both at work at once. They become
 * two devices, and nothing that was saved on either is lost.
 */
import assert from 'node:assert/strict';
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import type { ConflictInfo } from '../../src/api/conflicts.ts';
import type { DeviceInfo } from '../../src/api/devices.ts';
import type { SyncResult } from '../../src/api/status.ts';
import { cloneLaptop } from '../support/copied-machine.ts';
import { createPair, type Pair } from '../support/pair.ts';
import { assertSameTree, contentsOf, hashOf, noise, save, treeOf } from '../support/trees.ts';

interface Clones {
  readonly pair: Pair;
  /** The folder of the clone. */
  readonly folder: string;
  sync(device: string): Promise<SyncResult>;
}

async function makeClones(context: TestContext, encrypted: boolean): Promise<Clones> {
  const pair = await createPair(context, { encrypted });
  await pair.settle();
  const folder = cloneLaptop(pair, 'clone');
  const sync = async (device: string): Promise<SyncResult> => {
    const ran = await pair.run(device, ['sync', '--json']);
    assert.ok(ran.exitCode === 0 || ran.exitCode === 3, `${device}: ${ran.out}${ran.err}`);
    return ran.json<SyncResult>();
  };
  return { pair, folder, sync };
}

suite('S9: two clones of one machine', () => {
  for (const [words, together] of [
    ['one after the other', false],
    ['in the same moment', true],
  ] as const) {
    test(`that sync ${words}: both edits exist, under two identities`, async (context) => {
      const { pair, folder, sync } = await makeClones(context, together);
      const both = [pair.here, folder] as const;
      const saved: Uint8Array[] = [];
      for (let round = 0; round < 3; round += 1) {
        for (const [index, root] of both.entries()) {
          const name = index === 0 ? 'laptop' : 'clone';
          const picture = noise(round * 10 + index, 30_000);
          saved.push(Buffer.from(`${name} ${round}\n`), picture);
          save(root, `only/${name} ${round}.md`, `${name} ${round}\n`, { age: 100 + round });
          save(root, `pictures/${name} ${round}.jpg`, picture, { age: 200 + round });
        }
        if (together) await Promise.all(['laptop', 'clone'].map(sync));
        else for (const device of ['laptop', 'clone']) await sync(device);
      }
      await inStep({ pair, folder, sync });
      const found = contentsOf(pair.there);
      for (const bytes of saved) assert.ok(found.has(hashOf(bytes)));
      await assertTwoIdentities(pair);
    });
  }

  test('that edit the same file: both texts are held for a person, then one is everywhere', async (context) => {
    const clones = await makeClones(context, false);
    const { pair, folder, sync } = clones;
    save(pair.here, 'Journal/day 1.md', 'of the laptop\n', { age: 300 });
    save(folder, 'Journal/day 1.md', 'of the clone\n', { age: 301 });
    renameSync(join(folder, 'Journal/day 2.md'), join(folder, 'Journal/renamed by the clone.md'));
    save(pair.here, 'Journal/day 2.md', 'edited on the laptop\n', { age: 302 });
    rmSync(join(folder, 'Journal/day 3.md'));
    save(pair.here, 'new.md', 'new on the laptop\n', { age: 303 });
    save(folder, 'new.md', 'new on the clone\n', { age: 304 });
    for (let round = 0; round < 3; round += 1) for (const device of ALL) await sync(device);
    const conflicts = (await pair.must('desktop', 'conflicts', '--json')).json<ConflictInfo[]>();
    const paths = conflicts.map(({ path }) => path).sort();
    assert.deepEqual(paths, ['Journal/day 1.md', 'new.md']);
    for (const path of paths) {
      await pair.must('desktop', 'resolve', 'Notes', path, '--keep', 'both');
    }
    await inStep(clones);
    const found = contentsOf(pair.there);
    const texts = ['of the laptop', 'of the clone', 'new on the laptop', 'new on the clone'];
    for (const text of texts) assert.ok(found.has(hashOf(Buffer.from(`${text}\n`))), text);
    const renamed = join(pair.there, 'Journal/renamed by the clone.md');
    assert.equal(readFileSync(renamed, 'utf8'), 'edited on the laptop\n');
    await assertTwoIdentities(pair);
  });
});

const ALL = ['laptop', 'clone', 'desktop'] as const;

/** Rounds until nothing moves; then all folders are equal and the bucket is whole. */
async function inStep({ pair, folder, sync }: Clones): Promise<void> {
  for (let round = 0; ; round += 1) {
    assert.ok(round < 6, 'the devices never rest');
    const results: SyncResult[] = [];
    for (const device of ALL) results.push(await sync(device));
    const isQuiet = results.every(
      ({ requests, collections }) =>
        requests.put === 0 && collections.every(({ applied }) => applied.versions === 0),
    );
    if (isQuiet) break;
  }
  assertSameTree(treeOf(pair.here), treeOf(pair.there));
  assertSameTree(treeOf(folder), treeOf(pair.there));
  for (const device of ALL) await pair.must(device, 'verify');
}

async function assertTwoIdentities(pair: Pair): Promise<void> {
  const own = await Promise.all(
    ['laptop', 'clone'].map(async (device) => {
      const devices = (await pair.must(device, 'devices', '--json')).json<DeviceInfo[]>();
      return devices.find(({ self }) => self)?.id;
    }),
  );
  assert.equal(new Set(own).size, 2);
}
