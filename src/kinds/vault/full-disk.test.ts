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
