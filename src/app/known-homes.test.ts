import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { isErrorKind } from '../base/errors.ts';
import { knownHomesFile, readKnownHomes, rememberHome } from './known-homes.ts';

/** A folder that passes for a home that is set up. */
function makeHome(root: string, name: string): string {
  const home = join(root, name);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'settings.json'), '{}');
  return home;
}

suite('the homes of a person', () => {
  test('are listed beside the default home, wherever the present one is', () => {
    const env = { XDG_DATA_HOME: '/data', SATCHEL_HOME: '/elsewhere/home' };
    assert.equal(knownHomesFile(env, 'linux'), '/data/satchel-homes.json');
  });

  test('are kept in their order, once each, as long as they are set up', () => {
    const root = temporaryFolder('homes');
    const file = join(root, 'data', 'satchel-homes.json');
    assert.deepEqual(readKnownHomes(file), []);
    const [a, b] = [makeHome(root, 'a'), makeHome(root, 'b')];
    for (const home of [a, b, a]) rememberHome(file, home, '/nowhere');
    assert.deepEqual(readKnownHomes(file), [a, b]);
    rmSync(a, { recursive: true });
    assert.deepEqual(readKnownHomes(file), [b]);
  });

  test('that are on a drive stay listed while it is away, whatever is made meanwhile', () => {
    const root = temporaryFolder('homes');
    const file = join(root, 'satchel-homes.json');
    const [drive, unplugged] = [join(root, 'drive'), join(root, 'unplugged')];
    const away = makeHome(drive, 'home');
    rememberHome(file, away, '/nowhere');
    renameSync(drive, unplugged);
    const here = makeHome(root, 'here');
    rememberHome(file, here, '/nowhere');
    assert.deepEqual(readKnownHomes(file), [here]);
    renameSync(unplugged, drive);
    assert.deepEqual(readKnownHomes(file), [away, here]);
  });

  test('that do not last are not listed', () => {
    const root = temporaryFolder('homes');
    const file = join(root, 'satchel-homes.json');
    rememberHome(file, makeHome(root, 'passing'));
    rememberHome(file, makeHome(root, '.satchel-demo'), '/nowhere');
    assert.deepEqual(readKnownHomes(file), []);
    rememberHome(file, makeHome(root, 'x'), join(root, 'xy'));
    assert.deepEqual(readKnownHomes(file), [join(root, 'x')]);
  });

  test('a list that cannot be read is told of, and left as it is', () => {
    const root = temporaryFolder('homes');
    const file = join(root, 'satchel-homes.json');
    mkdirSync(file);
    const isTold = (error: unknown): boolean =>
      isErrorKind(error, 'internal') && error.message.includes(file) && error.hint !== undefined;
    assert.throws(() => readKnownHomes(file), isTold);
    assert.throws(() => rememberHome(file, makeHome(root, 'a'), '/nowhere'), isTold);
  });

  test('a list that is none is begun anew', () => {
    const root = temporaryFolder('homes');
    const file = join(root, 'satchel-homes.json');
    writeFileSync(file, '{"homes": 3');
    assert.deepEqual(readKnownHomes(file), []);
    const home = makeHome(root, 'a');
    rememberHome(file, home, '/nowhere');
    assert.deepEqual(readKnownHomes(file), [home]);
  });
});
