import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openVaultBench } from '../../../test/support/vault-bench.ts';
import type { OpenCollection, RulesPreview } from '../../sync/kind.ts';

async function preview(vault: OpenCollection, text: string): Promise<RulesPreview> {
  const found = await vault.previewRules?.(text);
  assert.ok(found !== undefined);
  return found;
}

test('rules are tried on the folder: what would leave, and how much of it others have', async (t) => {
  const bench = await openVaultBench(t);
  await bench.put('a.md', 'a');
  await bench.put('Logs/one.log', 'one');
  await bench.sync();
  await bench.put('Logs/deep/two.log', 'two more');
  const { leaving, joining, out } = await preview(bench.vault, 'Logs/\n');
  assert.deepEqual(leaving, {
    files: 2,
    bytes: 11,
    paths: ['Logs/deep/two.log', 'Logs/one.log'],
    carried: 1,
  });
  assert.equal(joining.files, 0);
  assert.deepEqual(out.paths, ['Logs/'], 'the folder as a whole');
  assert.equal(out.count, 1, 'and not what is in it, nor what no rule is about');
});

test('what the present rules leave out, and others would not, is told as joining', async (t) => {
  const bench = await openVaultBench(t);
  await bench.put('.satchelignore', 'Drafts/\n*.tmp\n');
  await bench.put('Drafts/x.md', '1234');
  await bench.put('b.tmp', '12');
  await bench.put('node_modules/x/index.js', 'installed');
  await bench.sync();
  const { leaving, joining, out } = await preview(bench.vault, '*.tmp\n');
  assert.deepEqual(joining, { files: 1, bytes: 4, paths: ['Drafts/x.md'] });
  assert.equal(leaving.files, 0);
  assert.ok(out.paths.includes('b.tmp') && out.paths.includes('node_modules/'));
});

test('a preview changes nothing: the same rules hold after it', async (t) => {
  const bench = await openVaultBench(t);
  await bench.put('a.md', 'a');
  await bench.sync();
  const before = await bench.tree();
  await preview(bench.vault, '*\n');
  await bench.put('b.md', 'b');
  const report = await bench.vault.takeIn();
  assert.equal(report.edits, 1, 'b.md is carried still');
  assert.deepEqual(await bench.tree(), { ...before, 'b.md': 'b' });
});

test('S8: a folder that is not there is told, and not taken for an empty one', async (t) => {
  const bench = await openVaultBench(t);
  await bench.remove('');
  await assert.rejects(preview(bench.vault, '*.md'), { kind: 'attention' });
});
