/** What is refused, with which exit code, and that nothing was changed thereby. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { createPlace, filesOf, type Place, type Ran } from '../../support/satchel.ts';

/** Exit code, one line of error and one of hint, and nothing on stdout. */
function assertRefused(ran: Ran, exitCode: number, message: RegExp): void {
  assert.equal(ran.exitCode, exitCode, ran.err);
  assert.match(ran.err, message);
  assert.match(ran.err, /^error: .*\.\nhint: .*\n$/);
  assert.equal(ran.out, '');
}

suite('setting up', () => {
  let place: Place;
  before(() => {
    place = createPlace();
  });
  after(() => place.remove());

  test('without a repository, commands say how to make one: exit code 2', async () => {
    assertRefused(await place.run('new', ['status']), 2, /is not set up yet/);
    assertRefused(await place.run('new', ['sync']), 2, /"satchel init <bucket-url>"/);
  });

  test('F8: a passphrase that is missing, unreadable or empty is refused before any write', async () => {
    const init = ['init', place.bucket];
    const none = await place.run('new', init, { SATCHEL_PASSPHRASE: '' });
    assertRefused(none, 2, /The passphrase is empty/);
    writeFileSync(join(place.root, 'empty'), '\n');
    const empty = await place.run('new', [...init, '--passphrase-file', 'empty']);
    assertRefused(empty, 2, /The passphrase is empty/);
    const noFile = await place.run('new', [...init, '--passphrase-file', 'nowhere']);
    assertRefused(noFile, 2, /Cannot read the passphrase file/);
    assert.equal(existsSync(join(place.bucket, 'satchel.json')), false);
    assert.equal(existsSync(join(place.root, 'new/settings.json')), false);
  });

  test('without a terminal nobody is asked', async () => {
    const init = await place.run('new', ['init', place.bucket], { SATCHEL_PASSPHRASE: undefined });
    assertRefused(init, 2, /there is no terminal to ask.*\nhint: .*--passphrase-file/);
  });

  test('join on a bucket without a repository', async () => {
    mkdirSync(place.bucket, { recursive: true });
    assertRefused(await place.run('new', ['join', place.bucket]), 2, /no Satchel repository/);
    assert.deepEqual(readdirSync(place.bucket), []);
  });

  test('init takes the passphrase from a file without its newline, and warns of a short one', async () => {
    writeFileSync(join(place.root, 'passphrase'), 'short one\n');
    const args = ['init', place.bucket, '--device', 'first', '--passphrase-file', 'passphrase'];
    const init = await place.run('first', args, { SATCHEL_PASSPHRASE: 'not this' });
    assert.equal(init.exitCode, 0, init.err);
    assert.match(init.err, /^warning: The passphrase has fewer than 12 characters/);
    const env = { SATCHEL_PASSPHRASE: 'short one' };
    const second = await place.run('second', ['join', place.bucket], env);
    assert.equal(second.exitCode, 0, second.err);
    assert.equal(second.err, '', 'a passphrase that is only used is not judged');
  });

  test('init where there is a repository, and a home that is set up already', async () => {
    assertRefused(await place.run('new', ['init', place.bucket]), 2, /repository in .* already/);
    assertRefused(await place.run('first', ['init', place.bucket]), 2, /is set up already/);
    assertRefused(await place.run('first', ['join', place.bucket]), 2, /is set up already/);
  });

  test('F8: a wrong passphrase is exit code 5, and nothing is written', async () => {
    const bucket = filesOf(place.bucket);
    assertRefused(await place.run('new', ['join', place.bucket]), 5, /The passphrase is wrong/);
    assert.deepEqual(filesOf(place.bucket), bucket);
    assert.equal(existsSync(join(place.root, 'new/settings.json')), false);
  });

  test('the recovery key joins as well', async () => {
    const other = join(place.root, 'other-bucket');
    const init = await place.run('third', ['init', other, '--json']);
    const { recoveryKey } = init.json<{ recoveryKey: string }>();
    const env = { SATCHEL_PASSPHRASE: recoveryKey.toLowerCase() };
    assert.equal((await place.run('fourth', ['join', other], env)).exitCode, 0);
  });

  test('F1: a repository of a newer Satchel is exit code 7', async () => {
    const newer = join(place.root, 'newer-bucket');
    mkdirSync(newer);
    const manifest = { format: 99, repository: 'x', created: 0, encryption: 'none', keyCheck: '' };
    writeFileSync(join(newer, 'satchel.json'), JSON.stringify(manifest));
    assertRefused(await place.run('new', ['join', newer]), 7, /newer/);
  });

  test('Ctrl-C while the bucket is silent is exit code 130, and leaves the home as it was', async () => {
    const silent = createServer(() => running.process.kill('SIGINT'));
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    assert.ok(typeof address === 'object' && address !== null);
    const endpoint = `http://127.0.0.1:${address.port}`;
    const running = place.start('new', ['init', 's3://a-bucket', '--endpoint', endpoint], {
      AWS_ACCESS_KEY_ID: 'test-only',
      AWS_SECRET_ACCESS_KEY: 'test-only',
      AWS_REGION: 'us-east-1',
    });
    const { exitCode, out } = await running.ended;
    silent.close();
    assert.deepEqual([exitCode, out], [130, '']);
    assert.equal(existsSync(join(place.root, 'new/settings.json')), false);
  });
});

suite('at work', () => {
  let place: Place;
  let notes = '';
  const run = (...args: string[]): Promise<Ran> => place.run('laptop', args);
  before(async () => {
    place = createPlace();
    notes = join(place.root, 'files/Notes');
    mkdirSync(join(notes, 'inner'), { recursive: true });
    writeFileSync(join(notes, 'a.md'), 'a\n');
    assert.equal((await run('init', place.bucket, '--no-encryption')).exitCode, 0);
    assert.equal((await run('add', 'vault', notes)).exitCode, 0);
    assert.equal((await run('sync')).exitCode, 0);
  });
  after(() => place.remove());

  test('folders that cannot be collections', async () => {
    assertRefused(await run('add', 'vault', 'files/Notes/inner'), 2, /lies inside .*Notes/);
    assertRefused(await run('add', 'vault', 'files', '--name', 'All'), 2, /contains .*Notes/);
    assertRefused(await run('add', 'vault', 'nowhere'), 2, /There is no folder/);
    assertRefused(await run('add', 'vault', 'files/Notes/a.md'), 2, /is not a folder/);
    assertRefused(await run('add', 'jar', 'files/Notes'), 2, /no kind "jar"/);
    mkdirSync(join(place.root, 'more/Notes'), { recursive: true });
    assertRefused(await run('add', 'vault', 'more/Notes'), 2, /collection "Notes" already/);
  });

  test('a folder that is the home or the bucket, holds one, or lies in one', async () => {
    const add = (folder: string) => run('add', 'vault', folder, '--name', 'Own');
    const home = join(place.root, 'laptop');
    assertRefused(await add(home), 2, /lies in the home .*laptop.*\nhint: .*apart/);
    assertRefused(await add(place.bucket), 2, /lies in the bucket/);
    assertRefused(await add(join(place.bucket, 'heads')), 2, /lies in the bucket/);
    assertRefused(await add('.'), 2, /contains the home/);
    symlinkSync(place.bucket, join(place.root, 'way'));
    assertRefused(await add('way'), 2, /lies in the bucket/);
    const attach = await run('attach', 'Notes', 'way/new');
    assertRefused(attach, 2, /is on this device already/);
    const twin = (...args: string[]) => place.run('apart', args);
    assert.equal((await twin('join', place.bucket)).exitCode, 0);
    assertRefused(await twin('attach', 'Notes', 'way/new'), 2, /lies in the bucket/);
    assert.equal(existsSync(join(place.bucket, 'new')), false, 'nothing was made there');
  });

  test('the folder of another collection of this home is told by its name', async () => {
    const add = await run('add', 'vault', notes, '--name', 'Again');
    assertRefused(add, 2, /is the folder of the collection "Notes".*\nhint: .*detach Notes"/);
  });

  test('names of devices: the same for init, join and rename', async () => {
    const bad = /cannot be the name of a device.*\nhint: Use 1 to 60/;
    assertRefused(await run('devices', 'rename', ' '), 2, bad);
    const join = (name: string) => place.run('badly', ['join', place.bucket, '--device', name]);
    assertRefused(await join('a\tb'), 2, bad);
    assertRefused(await join('x'.repeat(61)), 2, bad);
    assert.equal(existsSync(`${place.root}/badly/settings.json`), false);
  });

  test('two homes on one folder', async () => {
    assert.equal((await place.run('twin', ['join', place.bucket])).exitCode, 0);
    const attach = await place.run('twin', ['attach', 'Notes', notes]);
    assertRefused(attach, 2, /is attached to .*laptop/);
  });

  test('names and paths that there are not', async () => {
    assertRefused(await run('sync', 'Nope'), 2, /no collection "Nope".*\nhint: There are: Notes/);
    assertRefused(await run('attach', 'Nope', 'x'), 2, /no collection "Nope"/);
    for (const path of ['nowhere.md', '../../etc/passwd', '/etc/passwd', '']) {
      assertRefused(await run('versions', 'Notes', path), 2, /has no file/);
    }
  });

  test('paths may be typed as they stand in the folder', async () => {
    for (const path of ['a.md', './a.md', join(notes, 'a.md')]) {
      const { exitCode, out } = await run('versions', 'Notes', path);
      assert.equal(exitCode, 0);
      assert.match(out, /a\.md$/m);
    }
  });

  test('choices that make no sense', async () => {
    const resolve = (...args: string[]) => run('resolve', 'Notes', 'a.md', ...args);
    assertRefused(await resolve(), 2, /Say what to keep/);
    assertRefused(await resolve('--keep', 'local', '--retry'), 2, /Only one of/);
    assertRefused(await resolve('--keep', 'local'), 2, /is not in conflict/);
    const restore = (...args: string[]) => run('restore', 'Notes', 'a.md', ...args);
    assertRefused(await restore(), 2, /no version with other content/);
    assertRefused(await restore('--version', 'zzzz'), 2, /has no version "zzzz"/);
    assertRefused(await restore('--at', 'yesterday'), 2, /no time that Satchel understands/);
    assertRefused(await restore('--at', '2h', '--version', 'zzzz'), 2, /Only one of/);
  });

  test('S8: a folder that is gone is exit code 3, and nothing counts as deleted', async () => {
    renameSync(notes, `${notes}.away`);
    const sync = await run('sync');
    assert.equal(sync.exitCode, 3);
    assert.match(sync.out, /^Notes: 1 problem\n/);
    assert.match(sync.err, /^warning: Notes: .*Notes/);
    renameSync(`${notes}.away`, notes);
    assert.equal((await run('sync')).out, 'Notes: in step\n');
    assert.deepEqual(filesOf(notes), { 'a.md': 'a\n' });
  });

  test('a bucket that is not there is exit code 4; the change waits, and status tells', async () => {
    renameSync(place.bucket, `${place.bucket}.away`);
    writeFileSync(join(notes, 'b.md'), 'b\n');
    assertRefused(await run('sync'), 4, /is not there/);
    const line = await run('status', '--line');
    assert.deepEqual([line.exitCode, line.out], [0, 'satchel: 1 to send, offline\n']);
    assert.match((await run('pending')).out, /^Notes +b\.md +saved +2 B/m);
    renameSync(`${place.bucket}.away`, place.bucket);
    assert.equal((await run('sync')).out, 'Notes: 1 change sent (2 B)\n');
  });

  test('while watch is at work: exit code 6, but choices are taken; SIGTERM ends it with 0', async () => {
    const watch = place.start('laptop', ['watch']);
    await watch.waitFor('Watching');
    assertRefused(await run('sync'), 6, /Another Satchel works in .*laptop: watch \(process \d+\)/);
    assert.match((await run('status')).out, /^At work {2}watch \(process \d+\)$/m);
    writeFileSync(join(notes, 'a.md'), 'changed\n');
    await watch.waitFor('1 change sent (8 B)');
    const restore = await run('restore', 'Notes', 'a.md');
    assert.equal(restore.exitCode, 0, restore.err);
    assert.match(restore.err, /Another Satchel works in this home/);
    await watch.waitFor('1 change sent (2 B)');
    assert.equal(filesOf(notes)['a.md'], 'a\n');
    watch.process.kill('SIGTERM');
    const { exitCode, err } = await watch.ended;
    assert.equal(exitCode, 0, err);
  });

  test('a damaged replica: status is exit code 7, sync builds it anew', async () => {
    const replica = join(place.root, 'laptop/replica.sqlite');
    writeFileSync(
      replica,
      'this is no database, but long enough to be read as the head of one '.repeat(99),
    );
    assertRefused(await run('status'), 7, /The replica .* is damaged/);
    writeFileSync(join(notes, 'c.md'), 'not sent yet\n');
    const sync = await run('sync');
    assert.equal(sync.exitCode, 0, sync.err);
    assert.match(sync.err, /^warning: .* was set aside/);
    assert.match(sync.out, /1 change sent \(13 B\)/);
    assert.equal(Object.keys(filesOf(notes)).length, 3);
  });
});
