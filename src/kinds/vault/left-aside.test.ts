/** S6: what a power cut brings back in `.satchel/tmp`, of a file that was deleted here and edited there. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { TEST_COLLECTION } from '../../../test/support/device.ts';
import { openVaultDevices } from '../../../test/support/vault-devices.ts';
import { shownAt } from '../../replica/shown.ts';
import { tmpPath } from '../files/hops.ts';

for (const use of ['aside', 'move'] as const) {
  test(`an earlier content left ${use} is no file of its own, though this device deleted the file`, async (t) => {
    const { a, b, settle } = await openVaultDevices(t);
    await a.put('note.md', 'first');
    await settle();
    await b.put('note.md', 'second');
    await b.sync();
    await a.remove('note.md');
    await a.sync();
    assert.deepEqual(await a.tree(), { 'note.md': 'second' }, 'the edit outlives the deletion');
    // Before b hears of the deletion, which stays beside these.
    await b.move('note.md', 'moved.md');
    await b.takeIn();
    await b.put('moved.md', 'third');
    await b.takeIn();
    await settle();
    const { db } = a.device.engine;
    const record = shownAt(db, TEST_COLLECTION, 'moved.md')?.record ?? '';
    const left = tmpPath(a.root, record, use);
    await mkdir(dirname(left), { recursive: true });
    await writeFile(left, 'second');
    await settle();
    for (const device of [a, b]) assert.deepEqual(await device.tree(), { 'moved.md': 'third' });
  });
}
