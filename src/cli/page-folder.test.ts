import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../../test/support/source-files.ts';
import { pageFolder } from './page-folder.ts';

test('from the sources, the page is the built one, not its sources', () => {
  const built = join(ROOT, 'dist', 'web');
  const expected = existsSync(join(built, 'index.html')) ? built : undefined;
  const found = pageFolder();
  assert.equal(found === undefined ? undefined : resolve(found), expected);
});
