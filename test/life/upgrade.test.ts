/**
 * A home as Satchel 0.1.0 left it, kept under `test/golden/home-0.1/`: two devices, three files,
 * an edit not yet sent. This Satchel goes on with it, and an older one is told what to install.
 */
import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createPlace, type Place } from '../support/satchel.ts';
import { ROOT } from '../support/source-files.ts';

const GOLDEN = join(ROOT, 'test/golden/home-0.1');
const DEVICE = 'home';

/** Puts the golden home where the commands of a place look for it. */
function unpack(context: TestContext): Place {
  const place = createPlace();
  context.after(() => place.remove());
  const home = join(place.root, DEVICE);
  cpSync(join(GOLDEN, 'home'), home, { recursive: true });
  cpSync(join(GOLDEN, 'bucket'), join(place.root, 'bucket'), { recursive: true });
  cpSync(join(GOLDEN, 'vault'), join(place.root, 'vault'), { recursive: true });
  const marker = join(place.root, 'vault/.satchel');
  renameSync(join(place.root, 'vault/satchel-marker'), marker);
  // Nothing but the names of folders differs from what 0.1.0 wrote.
  fill(join(home, 'settings.json'), place.root);
  fill(join(marker, 'attached.json'), place.root);
  writeFileSync(
    join(home, 'replica.sqlite'),
    gunzipSync(readFileSync(join(home, 'replica.sqlite.gz'))),
  );
  rmSync(join(home, 'replica.sqlite.gz'));
  writeFileSync(join(place.root, 'vault/groß.bin'), 'x'.repeat(20_000));
  return place;
}

function fill(path: string, root: string): void {
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll('{{root}}', root));
}

suite('F1: a home of Satchel 0.1.0', () => {
  test('goes on: what waited is sent, nothing is taken for new, and a copy is kept', async (context) => {
    const place = unpack(context);
    const first = await place.run(DEVICE, ['sync', '--json']);
    assert.equal(first.exitCode, 0, first.err);
    const kept = join(place.root, DEVICE, 'replica.schema-1.sqlite');
    assert.ok(first.err.includes(kept), first.err);
    assert.equal(statSync(kept).mode & 0o777, 0o600);
    const copy = new DatabaseSync(kept, { readOnly: true });
    assert.equal(copy.prepare('PRAGMA user_version').get()?.user_version, 1);
    copy.close();
    const [collection] = first.json<{ collections: { published: { versions: number } }[] }>()
      .collections;
    assert.equal(collection?.published.versions, 2);
    const versions = await place.run(DEVICE, ['versions', 'Notes', 'eins.md', '--json']);
    assert.equal(versions.json<unknown[]>().length, 2, versions.out);
    const again = await place.run(DEVICE, ['sync']);
    assert.equal(again.exitCode, 0);
    assert.ok(!again.err.includes('schema-1'), 'a home is brought up to date once');
  });

  test('a replica of a newer Satchel is refused, naming what to install', async (context) => {
    const place = unpack(context);
    assert.equal((await place.run(DEVICE, ['sync'])).exitCode, 0);
    const replica = new DatabaseSync(join(place.root, DEVICE, 'replica.sqlite'));
    replica.exec(
      `PRAGMA user_version = 99; UPDATE meta SET value = 'satchel 9.8.7' WHERE name = 'app'`,
    );
    replica.close();
    const refused = await place.run(DEVICE, ['sync']);
    assert.equal(refused.exitCode, 7);
    assert.match(refused.err, /written by satchel 9\.8\.7/);
    assert.match(refused.err, /Install satchel 9\.8\.7 or newer/);
    assert.ok(existsSync(join(place.root, DEVICE, 'replica.sqlite')), 'it stays as it is');
  });

  test('settings of a newer Satchel are refused, naming what to install', async (context) => {
    const place = unpack(context);
    const path = join(place.root, DEVICE, 'settings.json');
    const newer = { ...JSON.parse(readFileSync(path, 'utf8')), format: 2, app: 'satchel 9.8.7' };
    writeFileSync(path, JSON.stringify(newer));
    const refused = await place.run(DEVICE, ['status']);
    assert.equal(refused.exitCode, 7);
    assert.match(refused.err, /of a newer format/);
    assert.match(refused.err, /Install satchel 9\.8\.7 or newer/);
  });

  test('what a newer Satchel wrote beside what is known stays in the settings', async (context) => {
    const place = unpack(context);
    const path = join(place.root, DEVICE, 'settings.json');
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), later: 1 }));
    const renamed = await place.run(DEVICE, ['devices', 'rename', 'this one']);
    assert.equal(renamed.exitCode, 0, renamed.err);
    assert.equal(JSON.parse(readFileSync(path, 'utf8')).later, 1);
  });
});
