/** Commands beside `satchel up`: the daemon does what they ask, or leaves the home to them. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import type { Status } from '../../../src/api/status.ts';
import { assertTells, createPair, type Pair } from '../../support/pair.ts';
import { createPlace, type Running } from '../../support/satchel.ts';
import { save } from '../../support/trees.ts';

/** A daemon for the laptop, up and at work. */
async function startUp(context: TestContext, pair: Pair): Promise<Running> {
  const up = pair.place.start('laptop', ['up', '--port', '0']);
  context.after(() => up.process.kill('SIGKILL'));
  await up.waitFor('Satchel is up');
  return up;
}

async function pairWithUp(context: TestContext): Promise<Pair & { readonly up: Running }> {
  const pair = await createPair(context);
  await pair.settle();
  return { ...pair, up: await startUp(context, pair) };
}

/** Who works in the home of the laptop, as `status` tells. */
async function holder(pair: Pair): Promise<string> {
  const { out, err } = await pair.must('laptop', 'status');
  return /(?:up|watch) \(process \d+\)/.exec(out + err)?.[0] ?? '';
}

/** An edit of the laptop that what runs there sends by itself. */
async function assertCarries(pair: Pair, running: Running): Promise<void> {
  save(pair.here, 'edit.md', 'edited\n');
  await running.waitFor(': 1 change sent');
  await pair.sync('desktop');
  assert.ok(existsSync(join(pair.there, 'edit.md')));
}

suite('commands beside a daemon', () => {
  test('what a person changes is done by the daemon, without a pause of its own', async (context) => {
    const pair = await pairWithUp(context);
    const more = join(pair.place.root, 'More');
    mkdirSync(more);
    writeFileSync(join(more, 'one.md'), 'one\n');
    const added = (await pair.must('laptop', 'add', 'vault', more, '--json')).json<object>();
    assert.deepEqual(Object.keys(added), ['id', 'name', 'kind', 'folder']);
    const sync = await pair.run('laptop', ['sync', 'More', '--json']);
    assert.equal(sync.exitCode, 0, sync.err);
    const { collections } = sync.json<{ collections: readonly { name: string }[] }>();
    assert.deepEqual(
      collections.map(({ name }) => name),
      ['More'],
    );
    await pair.must('laptop', 'collections', 'rename', 'More', 'Extra');
    await pair.must('laptop', 'devices', 'rename', 'lap');
    await pair.must('laptop', 'settings', 'Extra', 'guard', '50%');
    const { device, collections: here } = (
      await pair.must('laptop', 'status', '--json')
    ).json<Status>();
    assert.equal(device.name, 'lap');
    assert.deepEqual(here.map(({ name }) => name).sort(), ['Extra', 'Notes']);
    assert.equal((await pair.must('laptop', 'settings', 'Extra', 'guard')).out, '50%\n');
    const detached = await pair.must('laptop', 'detach', 'Extra');
    assert.match(detached.out, /^"Extra" is no longer carried here\./);
    const told = await pair.must('laptop', 'attach', 'Extra', more);
    assert.match(told.out, /\nThe Satchel that is up brings it there\.\n$/);
    await pair.must('laptop', 'detach', 'Extra');
    const attached = await pair.must('laptop', 'attach', 'Extra', more, '--json');
    assert.deepEqual(attached.json<object>(), { ...added, name: 'Extra', only: null });
    assertTells(await pair.run('laptop', ['detach', 'Nothing']), 2, /Nothing/);
    assertTells(await pair.run('laptop', ['sync', 'Nothing']), 2, /Nothing/);
    assert.equal(await holder(pair), `up (process ${pair.up.process.pid})`);
  });

  test('a conflict is settled, and an old version comes back', async (context) => {
    const pair = await createPair(context);
    await pair.settle();
    const path = 'Journal/day 1.md';
    save(pair.there, path, 'theirs\n', { age: 50 });
    await pair.sync('desktop');
    save(pair.here, path, 'mine\n', { age: 51 });
    await pair.sync('laptop', 3);
    const up = await startUp(context, pair);
    assertTells(await pair.run('laptop', ['resolve', 'Notes', 'x', '--keep', 'local']), 2, /x/);
    const other = ['resolve', 'Notes', 'Journal/day 2.md', '--keep', 'local'];
    assertTells(await pair.run('laptop', other), 2, /is not in conflict/);
    const settled = await pair.must('laptop', 'resolve', 'Notes', path, '--keep', 'remote');
    assert.match(settled.out, /is settled: the other side is kept/);
    await pair.sync('laptop');
    assert.equal(readFileSync(join(pair.here, path), 'utf8'), 'theirs\n');
    const versions = await pair.must('laptop', 'versions', 'Notes', path, '--json');
    const [mine] = versions
      .json<readonly { id: string; state: string; size: number }[]>()
      .filter(({ size }) => size === 'mine\n'.length);
    await pair.must('laptop', 'restore', 'Notes', path, '--version', mine?.id ?? '');
    assert.equal(readFileSync(join(pair.here, path), 'utf8'), 'mine\n');
    await up.waitFor('1 change sent');
    await pair.sync('desktop');
    assert.equal(readFileSync(join(pair.there, path), 'utf8'), 'mine\n');
  });

  test('S8: deletions that are held come back at a word', async (context) => {
    const fill = (root: string): void => {
      for (let index = 0; index < 30; index += 1) save(root, `note ${index}.md`, `${index}\n`);
    };
    const pair = await createPair(context, { fill });
    await pair.settle();
    for (let index = 0; index < 20; index += 1) rmSync(join(pair.here, `note ${index}.md`));
    await pair.sync('laptop', 3);
    await startUp(context, pair);
    assertTells(await pair.run('laptop', ['held', '--reject', '--in']), 2, /No deletions wait/);
    const held = await pair.must('laptop', 'held', '--reject');
    assert.equal(held.out, 'Notes: 20 files brought back.\n');
    assert.equal(readFileSync(join(pair.here, 'note 0.md'), 'utf8'), '0\n');
  });

  test('what needs the home for itself borrows it, and the daemon goes on', async (context) => {
    const pair = await pairWithUp(context);
    await pair.must('laptop', 'prune');
    assert.match((await pair.must('laptop', 'verify')).out, /^All is well/);
    const elsewhere = join(pair.place.root, 'elsewhere');
    await pair.must('laptop', 'move', elsewhere);
    // Without encryption nothing proves who moved it: a person follows.
    await pair.must('desktop', 'move', '--follow');
    await assertCarries(pair, pair.up);
  });

  test('killed while it has the home, a command gives it back', async (context) => {
    const pair = await pairWithUp(context);
    const watch = pair.place.start('laptop', ['watch']);
    await watch.waitFor('Watching');
    assert.equal(await holder(pair), `watch (process ${watch.process.pid})`);
    // Two at work would be one too many: a third is told so.
    assertTells(await pair.run('laptop', ['sync']), 6, /Another command of yours/);
    watch.process.kill('SIGKILL');
    await watch.ended;
    await assertCarries(pair, pair.up);
    assert.equal(await holder(pair), `up (process ${pair.up.process.pid})`);
  });

  test('where the daemon is killed meanwhile, the command goes on, and the next works alone', async (context) => {
    const pair = await pairWithUp(context);
    const watch = pair.place.start('laptop', ['watch']);
    context.after(() => watch.process.kill('SIGKILL'));
    await watch.waitFor('Watching');
    pair.up.process.kill('SIGKILL');
    await pair.up.ended;
    await assertCarries(pair, watch);
    const second = await pair.run('laptop', ['up', '--port', '0']);
    assertTells(second, 6, new RegExp(`watch \\(process ${watch.process.pid}\\)`));
    watch.process.kill('SIGKILL');
    await watch.ended;
    await pair.sync('laptop');
  });
});

suite('opening the page', () => {
  test('"open" prints a link that signs in once, also before anything is set up', async (context) => {
    const place = createPlace();
    context.after(() => place.remove());
    assertTells(await place.run('laptop', ['open']), 2, /No Satchel is up/);
    const up = place.start('laptop', ['up', '--port', '0']);
    context.after(() => up.process.kill('SIGKILL'));
    await up.waitFor('Satchel is up');
    const { exitCode, out, err } = await place.run('laptop', ['open', '--json']);
    assert.equal(exitCode, 0, err);
    const { url } = JSON.parse(out);
    const answers = [await fetch(url, { redirect: 'manual' }), await fetch(url)];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [303, 403],
    );
    assert.match(answers[0]?.headers.get('set-cookie') ?? '', /HttpOnly/);
    assert.match((await answers[1]?.text()) ?? '', /"satchel open" makes a new link/);
    // Set up meanwhile, the home is the daemon's as well.
    const init = await place.run('laptop', ['init', place.bucket, '--no-encryption']);
    assert.equal(init.exitCode, 0, init.err);
    const folder = join(place.root, 'Notes');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.md'), 'first\n');
    const add = await place.run('laptop', ['add', 'vault', folder]);
    assert.equal(add.exitCode, 0, add.err);
    await up.waitFor('Notes: 1 change sent');
  });

  test('a daemon of before an update is told of, whatever is asked', async (context) => {
    const { place } = await pairWithUp(context);
    const path = join(place.root, 'laptop', 'daemon.json');
    const announced = JSON.parse(readFileSync(path, 'utf8'));
    const before = await place.run('laptop', ['status']);
    assert.doesNotMatch(before.err, /of version/);
    writeFileSync(path, JSON.stringify({ ...announced, version: '0.0.1' }));
    for (const args of [['status'], ['sync'], ['status', '--json']]) {
      const { exitCode, err } = await place.run('laptop', args);
      assert.equal(exitCode, 0, err);
      assert.match(
        err,
        /is up here is of version 0\.0\.1, and this is \S+: end it, and start it again/,
      );
    }
    const { out, err } = await place.run('laptop', ['status', '--line']);
    assert.doesNotMatch(out + err, /of version/, 'a prompt has room for the status only');
  });

  test('a port that is taken: by whom, and what to do', async (context) => {
    const place = createPlace();
    context.after(() => place.remove());
    const up = place.start('laptop', ['up', '--port', '0', '--json']);
    context.after(() => up.process.kill('SIGKILL'));
    await up.waitFor('"origin"');
    const { port } = JSON.parse(readFileSync(join(place.root, 'laptop/daemon.json'), 'utf8'));
    const second = await place.run('desktop', ['up', '--port', String(port)]);
    assertTells(second, 6, /is taken by another Satchel\.\nhint: .*--port/);
  });

  test('SIGTERM ends it in order', async (context) => {
    const pair = await createPair(context);
    const up = await startUp(context, pair);
    up.process.kill('SIGTERM');
    assert.equal((await up.ended).exitCode, 0);
    for (const name of ['daemon.json', 'daemon.address', 'daemon.sock']) {
      assert.ok(!existsSync(join(pair.place.root, 'laptop', name)), name);
    }
    const next = await startUp(context, pair);
    next.process.kill('SIGTERM');
    assert.doesNotMatch((await next.ended).out, /did not end in order/);
  });
});
