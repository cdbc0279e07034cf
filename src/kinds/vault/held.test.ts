import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openVaultBench } from '../../../test/support/vault-bench.ts';

test('S8: a file whose removal is held stays, and makes no room for another', async (t) => {
  const bench = await openVaultBench(t);
  await bench.put('kept.md', 'kept');
  await bench.put('gone.md', 'gone');
  await bench.sync();
  const [kept, gone] = [bench.port.recordOf('kept.md'), bench.port.recordOf('gone.md')];
  const edits = bench.port.edits.length;
  bench.port.held.add(kept);
  bench.port.erase(kept);
  bench.port.erase(gone);
  bench.port.write('other', { path: 'kept.md' }, 'of another record');
  await bench.sync();
  const { failed } = await bench.sync();
  assert.deepEqual(failed, [{ path: 'kept.md', error: 'another file is at kept.md' }]);
  assert.deepEqual(await bench.tree(), { 'kept.md': 'kept' });
  assert.equal(bench.port.edits.length, edits);
  bench.port.held.delete(kept);
  bench.port.markStale(kept);
  await bench.sync();
  assert.deepEqual(await bench.tree(), { 'kept.md': 'of another record' });
});
