/** The way of a person with two devices, as a transcript of the real command line. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { createPlace, filesOf, type Place, type Ran } from '../../support/satchel.ts';

interface Version {
  readonly id: string;
  readonly state: string;
  readonly size: number | null;
  readonly device: string;
}

suite('two devices, from the first command on', () => {
  let place: Place;
  let laptopNotes = '';
  let desktopNotes = '';
  const laptop = (...args: string[]): Promise<Ran> => place.run('laptop', args);
  const desktop = (...args: string[]): Promise<Ran> => place.run('desktop', args);
  const versionsOf = async (path: string): Promise<Version[]> =>
    (await desktop('versions', 'Notes', path, '--json')).json<Version[]>();

  before(() => {
    place = createPlace();
    laptopNotes = join(place.root, 'laptop-files/Notes');
    desktopNotes = join(place.root, 'desktop-files/Notes');
    mkdirSync(join(laptopNotes, 'trips'), { recursive: true });
    writeFileSync(join(laptopNotes, 'list.md'), 'milk\nbread\neggs\n');
    writeFileSync(join(laptopNotes, 'trips/map.bin'), Uint8Array.of(0, 1, 2));
  });

  after(() => place.remove());

  test('init prints the recovery key once; add and sync send the folder', async () => {
    const init = await laptop('init', place.bucket, '--device', 'laptop');
    assert.equal(init.exitCode, 0, init.err);
    assert.match(init.out, /│ {2}[A-Z2-7]{4}(-[A-Z2-7]{2,4})+ {2}│/);
    assert.match(init.out, /Next: "satchel add vault <folder>"/);
    const add = await laptop('add', 'vault', laptopNotes);
    assert.equal(add.exitCode, 0, add.err);
    assert.match(add.out, /^"Notes" is a collection now, in .*Notes\.\n/);
    const sync = await laptop('sync');
    assert.equal(sync.exitCode, 0, sync.err);
    assert.equal(sync.out, 'Notes: 2 changes sent (19 B)\n');
    assert.equal((await laptop('sync')).out, 'Notes: in step\n');
  });

  test('join, attach and sync bring it to the other device', async () => {
    const join = await desktop('join', place.bucket, '--device', 'desktop');
    assert.equal(join.exitCode, 0, join.err);
    assert.match(join.out, /Collections there: Notes\./);
    assert.equal((await desktop('attach', 'Notes', desktopNotes)).exitCode, 0);
    const sync = await desktop('sync');
    assert.equal(sync.out, 'Notes: 2 changes brought here (19 B)\n');
    assert.deepEqual(filesOf(desktopNotes), filesOf(laptopNotes));
  });

  test('edits on both sides are a conflict: exit code 3, and both files stay as they are', async () => {
    writeFileSync(join(laptopNotes, 'list.md'), 'milk\nbread and butter\neggs\n');
    writeFileSync(join(desktopNotes, 'list.md'), 'milk\nbread\neggs\ntea\n');
    assert.equal((await laptop('sync')).exitCode, 0);
    const sync = await desktop('sync');
    assert.equal(sync.exitCode, 3);
    assert.match(sync.out, /^Notes: 1 change sent \(20 B\), 1 conflict\n$/);
    assert.match(sync.err, /see "satchel conflicts"/);
    assert.equal(readFileSync(join(desktopNotes, 'list.md'), 'utf8'), 'milk\nbread\neggs\ntea\n');
    const conflicts = await desktop('conflicts');
    assert.equal(conflicts.exitCode, 0);
    assert.match(
      conflicts.out,
      /^Notes {2}list\.md\n {2}local .* desktop .*\n {2}remote .* laptop /,
    );
    const line = await desktop('status', '--line');
    assert.deepEqual([line.exitCode, line.out], [0, 'satchel: 1 conflict\n']);
  });

  test('diff shows what each side changed', async () => {
    const { out, exitCode } = await desktop('diff', 'Notes', 'list.md');
    assert.equal(exitCode, 0);
    const lines = out.split('\n').filter((line) => !/^(---|\+\+\+)/.test(line));
    assert.deepEqual(lines, [
      '@@ -1,3 +1,4 @@',
      ' milk',
      ' bread',
      ' eggs',
      '+tea',
      '',
      '@@ -1,3 +1,3 @@',
      ' milk',
      '-bread',
      '+bread and butter',
      ' eggs',
      '',
    ]);
    const binary = await desktop('diff', 'Notes', 'trips/map.bin');
    assert.match(binary.out, /\(3 B\) is not text\./);
  });

  test('resolve --keep both leaves two files, on all devices', async () => {
    const resolve = await desktop('resolve', 'Notes', 'list.md', '--keep', 'both');
    assert.equal(resolve.exitCode, 0, resolve.err);
    const names = Object.keys(filesOf(desktopNotes));
    assert.equal(names.length, 3);
    assert.ok(
      names.some((name) => /^list \(laptop \d{4}-\d\d-\d\d\)\.md$/.test(name)),
      `${names}`,
    );
    assert.equal((await desktop('sync')).exitCode, 0);
    assert.equal((await laptop('sync')).exitCode, 0);
    assert.deepEqual(filesOf(laptopNotes), filesOf(desktopNotes));
  });

  test('versions lists all of them; restore brings one back and keeps an unsent edit', async () => {
    const before = await versionsOf('list.md');
    assert.deepEqual(
      before.map(({ state, size, device }) => [state, size, device]),
      [
        ['current', 20, 'desktop'],
        ['superseded', 20, 'desktop'],
        ['superseded', 27, 'laptop'],
        ['superseded', 16, 'laptop'],
      ],
    );
    writeFileSync(join(desktopNotes, 'list.md'), 'never taken in\n');
    const first = before.at(-1)?.id ?? '';
    const restore = await desktop('restore', 'Notes', 'list.md', '--version', first.slice(0, 8));
    assert.equal(restore.exitCode, 0, restore.err);
    assert.equal(readFileSync(join(desktopNotes, 'list.md'), 'utf8'), 'milk\nbread\neggs\n');
    const edit = (await versionsOf('list.md')).find(({ size }) => size === 15);
    assert.equal(edit?.state, 'superseded', 'the edit is in the history');
    const copy = await desktop('restore', 'Notes', 'list.md', '--version', edit.id, '--to', 'copy');
    assert.equal(copy.exitCode, 0, copy.err);
    assert.equal(readFileSync(join(place.root, 'copy'), 'utf8'), 'never taken in\n');
  });

  test('restore never loses a long edit that was not sent, whatever is chosen', async () => {
    const long = `${'all that was written today\n'.repeat(2_000)}`;
    writeFileSync(join(desktopNotes, 'list.md'), long);
    const restore = await desktop('restore', 'Notes', 'list.md');
    assert.equal(restore.exitCode, 0, restore.err);
    assert.notEqual(readFileSync(join(desktopNotes, 'list.md'), 'utf8'), long);
    const edit = (await versionsOf('list.md')).find(({ size }) => size === long.length);
    assert.ok(edit !== undefined, 'the edit is in the history');
    const to = ['--version', edit.id, '--to', 'long'];
    assert.equal((await desktop('restore', 'Notes', 'list.md', ...to)).exitCode, 0);
    assert.equal(readFileSync(join(place.root, 'long'), 'utf8'), long);
    assert.equal((await desktop('sync')).exitCode, 0);
  });

  test('a deleted file comes back; --to never overwrites', async () => {
    rmSync(join(desktopNotes, 'trips'), { recursive: true });
    assert.equal((await desktop('sync')).exitCode, 0);
    assert.equal((await versionsOf('trips/map.bin'))[0]?.state, 'deleted');
    const again = await desktop('restore', 'Notes', 'trips/map.bin', '--to', 'copy');
    assert.equal(again.exitCode, 2);
    assert.match(again.err, /is there already\.\nhint: /);
    assert.equal((await desktop('restore', 'Notes', 'trips/map.bin')).exitCode, 0);
    assert.deepEqual([...readFileSync(join(desktopNotes, 'trips/map.bin'))], [0, 1, 2]);
    const early = await desktop('restore', 'Notes', 'list.md', '--at', '2001-01-01');
    assert.equal(early.exitCode, 2);
    assert.match(early.err, /has no version of before 2001-01-01/);
  });

  test('an edit made after a conflict survives --keep remote', async () => {
    await desktop('sync');
    await laptop('sync');
    writeFileSync(join(laptopNotes, 'list.md'), 'laptop side\n');
    writeFileSync(join(desktopNotes, 'list.md'), 'desktop side\n');
    await laptop('sync');
    assert.equal((await desktop('sync')).exitCode, 3);
    writeFileSync(join(desktopNotes, 'list.md'), 'desktop side, and more\n');
    const resolve = await desktop('resolve', 'Notes', 'list.md', '--keep', 'remote');
    assert.equal(resolve.exitCode, 0, resolve.err);
    assert.equal(readFileSync(join(desktopNotes, 'list.md'), 'utf8'), 'laptop side\n');
    assert.ok((await versionsOf('list.md')).some(({ size }) => size === 23));
    assert.equal((await desktop('sync')).exitCode, 0);
    assert.equal((await laptop('sync')).exitCode, 0);
    assert.equal(readFileSync(join(laptopNotes, 'list.md'), 'utf8'), 'laptop side\n');
  });

  test('resolve --merged takes the content of a file', async () => {
    writeFileSync(join(laptopNotes, 'list.md'), 'a\n');
    writeFileSync(join(desktopNotes, 'list.md'), 'b\n');
    await laptop('sync');
    assert.equal((await desktop('sync')).exitCode, 3);
    writeFileSync(join(place.root, 'merged.md'), 'a\nb\n');
    const resolve = await desktop('resolve', 'Notes', 'list.md', '--merged', 'merged.md');
    assert.equal(resolve.exitCode, 0, resolve.err);
    assert.equal(readFileSync(join(desktopNotes, 'list.md'), 'utf8'), 'a\nb\n');
    assert.equal((await desktop('conflicts', '--json')).out, '[]\n');
  });

  test('a collection and a device take other names; a collection goes and comes back', async () => {
    await desktop('sync');
    assert.equal((await laptop('collections', 'rename', 'Notes', 'Diary')).exitCode, 0);
    assert.equal((await laptop('devices', 'rename', 'old laptop')).exitCode, 0);
    assert.equal((await laptop('sync')).exitCode, 0);
    assert.equal((await desktop('sync')).out, 'Diary: in step\n');
    assert.match((await desktop('devices')).out, /^old laptop /m);
    const still = await desktop('collections', 'remove', 'Diary');
    assert.equal(still.exitCode, 2);
    assert.match(still.err, /is still on this device/);
    const files = filesOf(desktopNotes);
    assert.equal((await desktop('detach', 'Diary')).exitCode, 0);
    assert.deepEqual(filesOf(desktopNotes), files);
    assert.match((await desktop('status')).err, /Not on this device: Diary/);
    assert.equal((await desktop('attach', 'Diary', desktopNotes)).exitCode, 0);
    assert.equal((await desktop('sync')).out, 'Diary: in step\n');
    assert.deepEqual(filesOf(desktopNotes), files);
  });

  test('verify finds all well, then what was damaged and missing: exit code 7', async () => {
    writeFileSync(join(laptopNotes, 'big.bin'), Buffer.alloc(40_000, 'big'));
    // The past, so that the file counts as at rest.
    utimesSync(join(laptopNotes, 'big.bin'), 1_700_000_000, 1_700_000_000);
    await laptop('sync');
    const well = await laptop('verify');
    assert.equal(well.exitCode, 0, well.err);
    assert.match(
      well.out,
      /^All is well: \d+ objects? \(.*\) read back, and the replica is whole\.\n$/,
    );
    rmSync(join(place.bucket, 'blobs'), { recursive: true });
    const damaged = await laptop('verify', '--no-mend');
    assert.equal(damaged.exitCode, 7);
    assert.match(damaged.out, /^blobs\/.*: it is missing from the bucket\n {2}holds content of /m);
    const json = await laptop('verify', '--no-mend', '--json');
    assert.equal(json.exitCode, 7);
    assert.equal(json.json<{ ok: boolean }>().ok, false);
  });

  test('log tells what happened', async () => {
    const { out } = await desktop('log', '-n', '200');
    assert.match(out, /published .*Diary: /);
    assert.match(out, /resolved .*Diary: list\.md: remote/);
  });
});
