import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { folderChecks, readFolderFacts } from './folder.ts';

function freshFolder(context: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'satchel-doctor-'));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

suite('the disk under a folder bucket', () => {
  test('a plain folder is told with the room it has', async (context) => {
    const { freeBytes, carrier } = await readFolderFacts(freshFolder(context));
    assert.equal(carrier, undefined);
    assert.ok(freeBytes !== undefined && freeBytes > 0);
  });

  test('less than a gigabyte of room is a warning', () => {
    const facts = { network: undefined, carrier: undefined };
    const [, little] = folderChecks({ ...facts, freeBytes: 999_000_000 });
    assert.deepEqual([little?.id, little?.outcome], ['space', 'warning']);
    const [, enough] = folderChecks({ ...facts, freeBytes: 1_000_000_000 });
    assert.equal(enough?.outcome, 'ok');
  });

  test('a sync program is known by the name of its folder, or by what it leaves there', async (context) => {
    const root = freshFolder(context);
    const inside = join(root, 'Dropbox (Home)', 'satchel');
    mkdirSync(inside, { recursive: true });
    assert.equal((await readFolderFacts(inside)).carrier, 'Dropbox');
    const carried = join(root, 'carried', 'satchel');
    mkdirSync(carried, { recursive: true });
    assert.equal((await readFolderFacts(carried)).carrier, undefined);
    writeFileSync(join(root, 'carried', '.stfolder'), '');
    const facts = await readFolderFacts(carried);
    assert.equal(facts.carrier, 'Syncthing');
    assert.match(folderChecks(facts)[0]?.hint ?? '', /later than a save/);
  });
});
