/** `satchel up` as a person runs it: one for a home, stopped by Ctrl-C, or killed. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { createPlace, type Place, type Running } from '../../support/satchel.ts';

const DEVICE = 'laptop';

async function setUp(place: Place): Promise<string> {
  const folder = join(place.root, 'Notes');
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.md'), 'first\n');
  for (const args of [
    ['init', place.bucket, '--no-encryption'],
    ['add', 'vault', folder],
  ]) {
    const { exitCode, err } = await place.run(DEVICE, args);
    assert.equal(exitCode, 0, err);
  }
  return folder;
}

suite('up', () => {
  test('prints an address that works once, carries what is saved, and ends with Ctrl-C', async (context) => {
    const place = createPlace();
    context.after(() => place.remove());
    await setUp(place);
    const up = place.start(DEVICE, ['up', '--port', '0']);
    context.after(() => up.process.kill('SIGKILL'));
    await up.waitFor('Notes: 1 change sent');
    up.process.kill('SIGINT');
    const { exitCode, out } = await up.ended;
    assert.equal(exitCode, 0);
    assert.match(out, /^Satchel is up: http:\/\/127\.0\.0\.1:\d+\/start\?once=\S+$/m);
    for (const name of ['daemon.json', 'daemon.sock']) {
      assert.ok(!existsSync(join(place.root, DEVICE, name)), name);
    }
  });

  test('where its output is kept, as that of a service is, it prints nothing that opens the page', async (context) => {
    const place = createPlace();
    context.after(() => place.remove());
    const up = place.start(DEVICE, ['up', '--port', '0', '--no-link']);
    context.after(() => up.process.kill('SIGKILL'));
    await up.waitFor('Satchel is up');
    up.process.kill('SIGINT');
    const { out, err } = await up.ended;
    assert.match(out, /^Satchel is up: http:\/\/127\.0\.0\.1:\d+$/m);
    assert.doesNotMatch(out + err, /once=/);
  });

  test('a second one says who holds the home, and exits with 6', async (context) => {
    const place = createPlace();
    context.after(() => place.remove());
    await setUp(place);
    const up = place.start(DEVICE, ['up', '--port', '0']);
    context.after(() => up.process.kill('SIGKILL'));
    await up.waitFor('Satchel is up');
    const { exitCode, err } = await place.run(DEVICE, ['up', '--port', '0']);
    assert.equal(exitCode, 6);
    assert.match(err, new RegExp(`up \\(process ${up.process.pid}\\)`));
    assert.match(err, /hint: It is up already: "satchel open" opens its page\./);
  });

  test('killed at work, the next one tells what it brings in order', async (context) => {
    const place = createPlace();
    context.after(() => place.remove());
    const folder = await setUp(place);
    const up = place.start(DEVICE, ['up', '--port', '0']);
    await up.waitFor('Notes: 1 change sent');
    up.process.kill('SIGKILL');
    await up.ended;
    writeFileSync(join(folder, 'b.md'), 'second\n');
    const next = place.start(DEVICE, ['up', '--port', '0', '--json']);
    context.after(() => next.process.kill('SIGKILL'));
    await next.waitFor('"versions":1');
    next.process.kill('SIGINT');
    const { exitCode, out } = await next.ended;
    assert.equal(exitCode, 0);
    const [first, ...rounds] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(first.event, 'up');
    assert.match(first.recovered[0], /^The last run, up \(process \d+\), did not end in order\.$/);
    assert.equal(rounds[0].event, 'round');
  });

  test('several homes with --home given more than once', async (context) => {
    const { up, homes } = await upInTwo(context, '--json');
    await up.waitFor('"versions":1');
    for (const home of homes) assert.ok(existsSync(join(home, 'daemon.json')), home);
    up.process.kill('SIGINT');
    const { out } = await up.ended;
    const [first, round] = out.split('\n').map((line) => JSON.parse(line || '{}'));
    assert.deepEqual(first.homes, homes);
    assert.equal(round.home, homes[1]);
  });

  test('of several homes, the words say which', async (context) => {
    const { up, homes } = await upInTwo(context);
    await up.waitFor(`Notes: 1 change sent (6 B) (${homes[1]})`);
  });
});

/** Two homes, of which the second has something to send. */
async function upInTwo(
  context: TestContext,
  ...options: readonly string[]
): Promise<{ readonly up: Running; readonly homes: readonly string[] }> {
  const place = createPlace();
  context.after(() => place.remove());
  const homes = ['one', 'two'].map((name) => join(place.root, name));
  for (const home of homes) {
    const args = ['init', `${home}-bucket`, '--no-encryption', '--home', home];
    assert.equal((await place.run(DEVICE, args)).exitCode, 0);
  }
  const folder = join(place.root, 'Notes');
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.md'), 'first\n');
  await place.run(DEVICE, ['add', 'vault', folder, '--home', homes[1] ?? '']);
  const given = homes.flatMap((home) => ['--home', home]);
  const up = place.start(DEVICE, ['up', '--port', '0', ...options, ...given]);
  context.after(() => up.process.kill('SIGKILL'));
  return { up, homes };
}
