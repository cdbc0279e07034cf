/** What a person meets from day to day: names that changed, problems, edits nobody heard of yet. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { createPlace, filesOf, type Place, type Ran } from '../../support/satchel.ts';

interface Status {
  readonly collections: readonly {
    readonly name: string;
    readonly state: string;
    readonly lastError: string | null;
    readonly removed: boolean;
  }[];
}

suite('from day to day', () => {
  let place: Place;
  let laptopNotes = '';
  let desktopNotes = '';
  const laptop = (...args: string[]): Promise<Ran> => place.run('laptop', args);
  const desktop = (...args: string[]): Promise<Ran> => place.run('desktop', args);
  const done = async (ran: Promise<Ran>): Promise<Ran> => {
    const ended = await ran;
    assert.equal(ended.exitCode, 0, `${ended.out}${ended.err}`);
    return ended;
  };
  const statesOf = async (path: string): Promise<string[]> =>
    (await done(desktop('versions', 'Notes', path, '--json')))
      .json<{ readonly state: string }[]>()
      .map(({ state }) => state);

  before(async () => {
    place = createPlace();
    laptopNotes = join(place.root, 'laptop-files/Notes');
    desktopNotes = join(place.root, 'desktop-files/Notes');
    mkdirSync(laptopNotes, { recursive: true });
    writeFileSync(join(laptopNotes, 'a.md'), 'a\n');
    writeFileSync(join(laptopNotes, 'b.md'), 'b\n');
    // A relative bucket: it is the working folder's.
    await done(laptop('init', './bucket', '--device', 'laptop'));
    await done(laptop('add', 'vault', laptopNotes));
    await done(laptop('sync'));
    await done(desktop('join', place.bucket, '--device', 'desktop'));
    await done(desktop('attach', 'Notes', desktopNotes));
    await done(desktop('sync'));
  });
  after(() => place.remove());

  test('resolve --retry looks at a file once more', async () => {
    const { out } = await done(desktop('resolve', 'Notes', 'a.md', '--retry'));
    assert.equal(out, '"a.md" is tried once more.\n');
  });

  test('versions and diff see an edit that no sync has seen', async () => {
    writeFileSync(join(desktopNotes, 'a.md'), 'a\nand more\n');
    assert.deepEqual(await statesOf('a.md'), ['pending', 'superseded']);
    assert.match((await done(desktop('diff', 'Notes', 'a.md'))).out, /^\+and more$/m);
  });

  test('versions works while the folder is away', async () => {
    renameSync(desktopNotes, `${desktopNotes}.away`);
    const { out, err } = await done(desktop('versions', 'Notes', 'a.md'));
    assert.match(err, /^warning: The folder .* is not there\. Nothing is taken for deleted/);
    assert.match(out, /not sent yet/);
    renameSync(`${desktopNotes}.away`, desktopNotes);
  });

  test('a rename here and an edit there are no conflict', async () => {
    await done(desktop('sync'));
    await done(laptop('sync'));
    renameSync(join(laptopNotes, 'a.md'), join(laptopNotes, 'renamed.md'));
    writeFileSync(join(desktopNotes, 'a.md'), 'edited there\n');
    await done(laptop('sync'));
    await done(desktop('sync'));
    assert.deepEqual(filesOf(desktopNotes), { 'b.md': 'b\n', 'renamed.md': 'edited there\n' });
    assert.ok(!(await statesOf('renamed.md')).includes('conflict'));
  });

  test('a former name finds the file, and says what it is called now', async () => {
    const { out, err } = await done(desktop('versions', 'Notes', 'a.md'));
    assert.equal(err, 'warning: "a.md" is called "renamed.md" now.\n');
    assert.match(out, /renamed\.md$/m);
    await done(desktop('restore', 'Notes', 'a.md'));
    assert.equal(filesOf(desktopNotes)['renamed.md'], 'a\nand more\n');
    await done(desktop('sync'));
    await done(laptop('sync'));
  });

  test('what is left out by its nature is noted, and is no problem', async () => {
    symlinkSync('/etc/hostname', join(laptopNotes, 'link'));
    const { out, err } = await done(laptop('sync'));
    assert.equal(out, 'Notes: in step\n');
    assert.match(err, /^Notes: 1 entry is not carried: link \(.*\); list it in \.satchelignore/);
    const result = (await done(laptop('sync', '--json'))).json<{
      collections: { leftOut: { path: string }[]; failed: unknown[] }[];
    }>();
    assert.deepEqual(
      result.collections[0]?.leftOut.map(({ path }) => path),
      ['link'],
    );
    assert.deepEqual(result.collections[0]?.failed, []);
    const [status] = (await laptop('status', '--json')).json<Status>().collections;
    assert.deepEqual([status?.state, status?.lastError], ['connected', null]);
    rmSync(join(laptopNotes, 'link'));
  });

  test('status needs a person where the last round could not read a file', async (context) => {
    if (process.getuid?.() === 0) return context.skip('root reads everything');
    writeFileSync(join(laptopNotes, 'closed.md'), 'closed\n');
    chmodSync(join(laptopNotes, 'closed.md'), 0);
    assert.equal((await laptop('sync')).exitCode, 3);
    const [status] = (await laptop('status', '--json')).json<Status>().collections;
    assert.equal(status?.state, 'attention');
    assert.match(status?.lastError ?? '', /^closed\.md: /);
    rmSync(join(laptopNotes, 'closed.md'));
  });

  test('status needs a person where an object of the bucket cannot be read', async () => {
    const rubbish = join(place.bucket, 'heads', 'a'.repeat(26));
    writeFileSync(rubbish, 'rubbish');
    const sync = await laptop('sync');
    assert.equal(sync.exitCode, 7);
    assert.match(sync.err, /^warning: The object heads\/a+ cannot be read: /);
    assert.equal((await laptop('sync')).exitCode, 7);
    const [status] = (await laptop('status', '--json')).json<Status>().collections;
    assert.equal(status?.state, 'attention');
    assert.match(status?.lastError ?? '', /^The object heads\/a+ cannot be read: /);
    rmSync(rubbish);
    await done(laptop('sync'));
    const [after] = (await laptop('status', '--json')).json<Status>().collections;
    assert.deepEqual([after?.state, after?.lastError], ['connected', null]);
  });

  test('status needs a person where the folder is away, and says what to do', async () => {
    renameSync(laptopNotes, `${laptopNotes}.away`);
    assert.match((await laptop('sync')).err, /is not there\. Nothing is taken for deleted\. Mount/);
    const [status] = (await laptop('status', '--json')).json<Status>().collections;
    assert.equal(status?.state, 'attention');
    assert.match(status?.lastError ?? '', /satchel detach/);
    renameSync(`${laptopNotes}.away`, laptopNotes);
    await done(laptop('sync'));
    const [after] = (await laptop('status', '--json')).json<Status>().collections;
    assert.deepEqual([after?.state, after?.lastError], ['connected', null]);
  });

  test('verify passes over copies of a file-sync program, and misses what opens the bucket', async () => {
    const heads = join(place.bucket, 'heads');
    const head = readdirSync(heads)[0] ?? '';
    const copy = `${head}.sync-conflict-20260101-000000-abc`;
    copyFileSync(join(heads, head), join(heads, copy));
    const { out, err } = await done(laptop('verify'));
    assert.match(out, /^All is well/);
    assert.match(err, /^warning: heads\/.*sync-conflict.* is nothing that Satchel wrote/);
    rmSync(join(heads, copy));
    renameSync(join(place.bucket, 'satchel.json'), join(place.root, 'manifest'));
    const slots = join(place.bucket, 'keys');
    const slot = join(slots, readdirSync(slots)[0] ?? '');
    renameSync(slot, join(place.root, 'slot'));
    writeFileSync(slot, 'torn');
    const damaged = await laptop('verify');
    assert.equal(damaged.exitCode, 7);
    assert.match(damaged.out, /^satchel\.json: it is missing from the bucket$/m);
    assert.match(damaged.out, /^The object keys\/\w+ cannot be read: /m);
    renameSync(join(place.root, 'manifest'), join(place.bucket, 'satchel.json'));
    renameSync(join(place.root, 'slot'), slot);
  });

  test('a lost replica: the collection keeps its name, and the next sync finds it again', async () => {
    for (const suffix of ['', '-wal', '-shm']) {
      rmSync(join(place.root, `laptop/replica.sqlite${suffix}`), { force: true });
    }
    assert.equal((await done(laptop('pending'))).err, 'Nothing waits to be sent.\n');
    const [status] = (await done(laptop('status', '--json'))).json<Status>().collections;
    assert.deepEqual([status?.name, status?.removed], ['Notes', false]);
    const rename = await laptop('collections', 'rename', 'Notes', 'Other');
    assert.equal(rename.exitCode, 2);
    assert.match(rename.err, /has not heard of "Notes" yet\.\nhint: Run "satchel sync" first/);
    assert.equal((await done(laptop('sync'))).out, 'Notes: in step\n');
  });

  test('a collection that was removed elsewhere goes on until it is detached here', async () => {
    await done(laptop('collections', 'rename', 'Notes', 'Diary'));
    await done(laptop('sync'));
    assert.equal((await done(desktop('sync'))).out, 'Diary: in step\n');
    await done(laptop('detach', 'Diary'));
    await done(laptop('collections', 'remove', 'Diary'));
    await done(laptop('sync'));
    assert.equal((await done(desktop('sync'))).out, 'Diary: in step\n');
    const words = /"Diary" was removed elsewhere; "satchel detach Diary" stops carrying it here/;
    assert.match((await done(desktop('collections'))).err, words);
    assert.match((await done(desktop('status'))).err, words);
    await done(desktop('pending'));
    assert.equal((await done(desktop('sync', 'Diary'))).out, 'Diary: in step\n');
    const [status] = (await desktop('status', '--json')).json<Status>().collections;
    assert.equal(status?.removed, true);
    await done(desktop('detach', 'Diary'));
    assert.equal((await done(desktop('collections', '--json'))).out, '[]\n');
    assert.equal(Object.keys(filesOf(desktopNotes)).length, 2);
  });
});
