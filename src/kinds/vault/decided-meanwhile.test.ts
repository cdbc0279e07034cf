/** S6: what a person decides at the page, or in another process, while the folder is brought up to it. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { TEST_COLLECTION } from '../../../test/support/device.ts';
import { overriding } from '../../../test/support/vault-bench.ts';
import { openVaultDevices, type VaultDevices } from '../../../test/support/vault-devices.ts';
import { allRecords } from '../../replica/records.ts';
import { versionsOf } from '../../replica/versions.ts';
import { chooseFor } from '../../sync/choose.ts';
import type { Disk } from '../files/disk.ts';

/** A note of two versions on both devices; `decide` brings back one of them on device a. */
interface Scene extends VaultDevices {
  readonly decide: (text: 'first' | 'second') => void;
  /** Decides for a text as soon as device a makes this call. */
  readonly decideAt: (call: keyof Disk, text: 'first' | 'second') => void;
}

async function setScene(t: TestContext): Promise<Scene> {
  let armed: { readonly call: keyof Disk; readonly text: 'first' | 'second' } | undefined;
  const reach = (call: keyof Disk): void => {
    if (armed?.call !== call) return;
    const { text } = armed;
    armed = undefined;
    decide(text);
  };
  const devices = await openVaultDevices(t, {
    wrapA: (disk) =>
      overriding(disk, (inner) => ({
        writeNew: (path, pieces) => {
          if (path.endsWith('.new')) reach('writeNew');
          return inner.writeNew(path, pieces);
        },
        flushFolder: (...args) => {
          reach('flushFolder');
          return inner.flushFolder(...args);
        },
        rename: async (...args) => {
          await inner.rename(...args);
          reach('rename');
        },
      })),
  });
  const { engine } = devices.a.device;
  const ids = { first: '', second: '' };
  const decide = (text: 'first' | 'second'): void => {
    const [row] = allRecords(engine.db, TEST_COLLECTION);
    assert.ok(row !== undefined);
    chooseFor(engine, TEST_COLLECTION, row.record, { kind: 'version', id: ids[text] }, String);
  };
  for (const text of ['first', 'second'] as const) {
    await devices.a.put('note.md', text);
    await devices.settle();
    const [row] = allRecords(engine.db, TEST_COLLECTION);
    assert.ok(row !== undefined);
    const known = versionsOf(engine.db, TEST_COLLECTION, row.record);
    ids[text] = known.at(-1)?.version.id ?? '';
  }
  return {
    ...devices,
    decide,
    decideAt: (call, text) => {
      armed = { call, text };
    },
  };
}

async function assertBothShow(scene: Scene, text: string): Promise<void> {
  await scene.settle();
  assert.deepEqual(await scene.a.tree(), { 'note.md': text });
  assert.deepEqual(await scene.b.tree(), { 'note.md': text });
}

test('a choice made while the file is placed comes into the folder', async (t) => {
  const scene = await setScene(t);
  await scene.b.put('note.md', 'third');
  await scene.b.sync();
  scene.decideAt('flushFolder', 'first');
  await scene.a.sync();
  await assertBothShow(scene, 'first');
});

test('a choice that takes the place of one which is being placed comes into the folder', async (t) => {
  const scene = await setScene(t);
  scene.decide('first');
  scene.decideAt('writeNew', 'second');
  // What it takes the place of was not sent, and is nowhere any more.
  assert.equal((await scene.a.opened().putOut()).again, true);
  await assertBothShow(scene, 'second');
});

test('a file that is brought back while it goes to the trash comes back', async (t) => {
  const scene = await setScene(t);
  await scene.b.remove('note.md');
  await scene.b.sync();
  scene.decideAt('rename', 'first');
  await scene.a.sync();
  await assertBothShow(scene, 'first');
});
