/** Who else on the computer can read what is carried: nobody who could not before. */
import assert from 'node:assert/strict';
import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { doorOf, saved } from '../../../test/support/file-doors.ts';
import { openVaultBench } from '../../../test/support/vault-bench.ts';
import { openVaultDevices } from '../../../test/support/vault-devices.ts';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

const skip = process.platform === 'win32' ? 'Windows has no such permissions' : false;

test('new content of a file keeps who may read and write it', { skip }, async (t) => {
  const bench = await openVaultBench(t);
  const at = (name: string): string => join(bench.root, name);
  const modes = { 'secret.md': '600', 'shared.md': '664', 'fixed.md': '400', 'run.sh': '700' };
  for (const [name, mode] of Object.entries(modes)) {
    await bench.put(name, name);
    chmodSync(at(name), Number.parseInt(mode, 8));
  }
  await bench.sync();
  for (const name of Object.keys(modes)) {
    const exec = name === 'run.sh' ? { exec: true } : {};
    bench.port.write(bench.port.recordOf(name), { path: name, ...exec }, 'edited elsewhere');
  }
  assert.deepEqual((await bench.sync()).failed, []);
  assert.equal((await bench.tree())['fixed.md'], 'edited elsewhere');
  const after = Object.keys(modes).map((name) => [name, modeOf(at(name))]);
  assert.deepEqual(Object.fromEntries(after), modes);
  bench.port.write(
    bench.port.recordOf('secret.md'),
    { path: 'secret.md', exec: true },
    'a program',
  );
  await bench.sync();
  assert.equal(modeOf(at('secret.md')), '700');
});

test('so does a save through the local API', { skip }, async (t) => {
  const { a, settle } = await openVaultDevices(t);
  await settle();
  const { rev } = await saved(doorOf(a), 'secret.md', 'one', { kind: 'absent' });
  chmodSync(join(a.root, 'secret.md'), 0o600);
  await settle();
  await saved(doorOf(a), 'secret.md', 'two', { kind: 'rev', rev });
  assert.equal(modeOf(join(a.root, 'secret.md')), '600');
});

test('the trash, and files on their way, are closed to others', { skip }, async (t) => {
  const bench = await openVaultBench(t);
  const own = join(bench.root, '.satchel');
  assert.equal(modeOf(own), '700');
  // As earlier versions made it.
  chmodSync(own, 0o755);
  bench.port.write('r1', { path: 'a.md' }, 'text');
  await bench.sync();
  assert.equal(modeOf(own), '700');
});
