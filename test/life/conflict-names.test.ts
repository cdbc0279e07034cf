/** A conflict in a file whose name another one has: what `conflicts` calls it, `resolve` finds. */
import assert from 'node:assert/strict';
import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ConflictInfo } from '../../src/api/conflicts.ts';
import { createPair } from '../support/pair.ts';
import { save } from '../support/trees.ts';

test('a conflict under a suffix is listed and settled by the name that the folder shows', async (context) => {
  const pair = await createPair(context);
  await pair.settle();
  // Two files that both are to be called "a.md": one keeps the name, the other gets a suffix.
  renameSync(join(pair.here, 'Journal/day 1.md'), join(pair.here, 'a.md'));
  save(pair.there, 'a.md', 'written on the desktop\n', { age: 100 });
  await pair.settle();
  const suffixed = readdirSync(pair.here).find((name) => /^a \(.*\)\.md$/.test(name));
  assert.ok(suffixed !== undefined, 'one of the two got a suffix');
  save(pair.here, suffixed, 'changed on the laptop\n', { age: 200 });
  save(pair.there, suffixed, 'changed on the desktop\n', { age: 201 });
  await pair.sync('laptop');
  await pair.sync('desktop', 3);
  const open = (await pair.must('desktop', 'conflicts', '--json')).json<ConflictInfo[]>();
  assert.deepEqual(
    open.map(({ path }) => path),
    [suffixed],
  );
  await pair.must('desktop', 'resolve', 'Notes', suffixed, '--keep', 'remote');
  await pair.sync('desktop');
  await pair.settle();
});
