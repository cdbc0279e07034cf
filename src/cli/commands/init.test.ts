import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { captureStream } from '../../../test/support/captured-stream.ts';
import { withEnv } from '../../../test/support/environment.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { isSetUp } from '../../app/home.ts';
import { runProgram } from '../program.ts';
import { initCommand } from './init.ts';

test('the recovery key is shown also where the list of homes cannot be written', async (t) => {
  const root = temporaryFolder('init');
  // Homes among temporary files are not listed at all, and this is one.
  withEnv(t, { TMPDIR: '/nowhere', SATCHEL_KEYCHAIN: 'off' });
  const home = join(root, 'home');
  // A file where the folder of the list would be: root meets it as others meet theirs.
  writeFileSync(join(root, 'share'), '');
  const stdout = captureStream();
  const stderr = captureStream();
  const exitCode = await runProgram(['init', join(root, 'bucket')], [initCommand], {
    stdout,
    stderr,
    env: {
      SATCHEL_HOME: home,
      XDG_DATA_HOME: join(root, 'share'),
      SATCHEL_PASSPHRASE: 'a passphrase for tests only',
    },
    stdin: Readable.from([]),
    workingFolder: root,
    monotonicMs: () => 0,
    signals: { on: () => {} },
    exit: () => {},
  });
  assert.equal(exitCode, 0, stderr.text());
  assert.ok(isSetUp(home));
  assert.match(stdout.text(), /│ {2}([A-Z2-7]{4}-?)+ {2}│/);
  assert.match(stderr.text(), /^warning: [^\n]*satchel-homes\.json[^\n]*--home[^\n]*\n$/);
});
