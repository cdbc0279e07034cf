/** F1: what a newer Satchel of the same format wrote beside what is known here is kept. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openTwoDevices, TEST_COLLECTION } from '../../test/support/device.ts';
import { newInnerId } from '../format/ids.ts';
import { commitsOf, currentVersionsOf } from '../replica/versions.ts';
import { appendCommit } from './commit.ts';
import { selfId } from './engine.ts';

suite('F1: unknown fields', () => {
  test('of commits, versions and records survive the way to another device', async () => {
    const { a, b } = await openTwoDevices();
    await a.sync();
    const self = selfId(a.engine);
    const id = newInnerId(a.engine.random);
    const later = { mood: 'calm' };
    a.engine.db.transaction(() =>
      appendCommit(
        a.engine,
        TEST_COLLECTION,
        [{ id, record: 'r1', stamp: [1, self], fields: { name: 'r1', tone: 'low' }, ...later }],
        { clock: {}, unknown: { reason: { kind: 'later' } } },
      ),
    );
    await a.sync();
    await b.sync();
    const [commit] = commitsOf(b.engine.db, TEST_COLLECTION, self, 1, 1);
    assert.deepEqual(commit?.unknown, { reason: { kind: 'later' } });
    const [known] = currentVersionsOf(b.engine.db, TEST_COLLECTION, 'r1');
    assert.deepEqual(
      { mood: known?.version.mood, tone: known?.version.fields.tone },
      { mood: 'calm', tone: 'low' },
    );
  });
});
