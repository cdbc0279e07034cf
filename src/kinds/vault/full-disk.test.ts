/** A disk without room from the first round on: what is saved there is sent all the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overriding, systemError } from '../../../test/support/vault-bench.ts';
import { openVaultDevices } from '../../../test/support/vault-devices.ts';
import { isErrorKind } from '../../base/errors.ts';

test('S4: a disk that takes no new file when it is first looked at holds back nothing saved', async (t) => {
  let isFull = true;
  const { a, b } = await openVaultDevices(t, {
    wrapB: (disk) =>
      overriding(disk, ({ writeNew }) => ({
        writeNew: async (path, pieces) => {
          if (isFull && path.includes('probe')) throw systemError('ENOSPC');
          return await writeNew(path, pieces);
        },
      })),
  });
  await a.sync();
  await b.device.sync();
  await a.put('from a.md', 'one');
  await b.put('from b.md', 'two');
  await a.sync();
  const { collections } = await b.device.sync();
  const error = collections[0]?.error;
  assert.ok(isErrorKind(error, 'attention') && /disk is full/.test(error.message), String(error));
  await a.sync();
  assert.deepEqual(await a.tree(), { 'from a.md': 'one', 'from b.md': 'two' });
  isFull = false;
  await b.sync();
  assert.deepEqual(await b.tree(), await a.tree());
});

test('S4, S5: a file that took leave of its folder when the disk became full waits, and is no deletion', async (t) => {
  let isFull = false;
  const { a, b, settle } = await openVaultDevices(t, {
    wrapB: (disk) =>
      overriding(disk, ({ makeFolder, link }) => ({
        makeFolder: async (path) => {
          if (isFull && path.endsWith('plan')) throw systemError('ENOSPC');
          await makeFolder(path);
        },
        link: async (from, to, flush) => {
          if (isFull && to.endsWith('plan')) throw systemError('ENOSPC');
          await link(from, to, flush);
        },
      })),
  });
  await a.put('plan/notes.md', 'text');
  await settle();
  await a.move('plan/notes.md', 'aside');
  await a.remove('plan');
  await a.move('aside', 'plan');
  await a.sync();
  await b.put('from b.md', 'two');
  isFull = true;
  for (let round = 0; round < 2; round += 1) await b.device.sync();
  await a.sync();
  assert.deepEqual(await a.tree(), { 'from b.md': 'two', plan: 'text' });
  isFull = false;
  await settle();
  for (const device of [a, b]) {
    assert.deepEqual(await device.tree(), { 'from b.md': 'two', plan: 'text' });
  }
});
