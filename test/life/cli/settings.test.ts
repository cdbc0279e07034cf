/** Settings, their file, what the bucket was asked, and what a shell is offered. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { createPlace, type Place } from '../../support/satchel.ts';
import { ROOT } from '../../support/source-files.ts';

const DEVICE = 'laptop';

async function setUp(context: TestContext): Promise<Place> {
  const place = createPlace();
  context.after(() => place.remove());
  mkdirSync(join(place.root, 'Notes/Two words'), { recursive: true });
  writeFileSync(join(place.root, 'Notes/a.md'), 'a\n');
  writeFileSync(join(place.root, "Notes/Two words/it's.md"), 'b\n');
  for (const args of [['init', place.bucket], ['add', 'vault', 'Notes'], ['sync']]) {
    const ran = await place.run(DEVICE, args);
    assert.equal(ran.exitCode, 0, ran.err);
  }
  return place;
}

async function settingOf(place: Place, ...words: string[]): Promise<string> {
  return (await place.run(DEVICE, ['settings', ...words])).out.trim();
}

suite('settings', () => {
  test('are shown, changed, and set back', async (context) => {
    const place = await setUp(context);
    assert.equal(await settingOf(place, 'poll.idle'), '5m');
    assert.equal((await place.run(DEVICE, ['settings', 'poll.idle', '10m'])).exitCode, 0);
    assert.equal(await settingOf(place, 'poll.idle'), '10m');
    assert.equal((await place.run(DEVICE, ['settings', 'poll.idle', 'default'])).exitCode, 0);
    assert.equal(await settingOf(place, 'poll.idle'), '5m');
  });

  test('a cap of the cost says where it can do nothing', async (context) => {
    const place = await setUp(context);
    const own = await place.run(DEVICE, ['settings', 'cost.cap', '2']);
    assert.match(own.err, /no prices are known for this bucket/);
    assert.equal((await place.run(DEVICE, ['settings', 'cost.cap', 'off'])).err, '');
  });

  test('that are shared reach the other device, and stay when the collection is renamed', async (context) => {
    const place = await setUp(context);
    await place.run(DEVICE, ['settings', 'Notes', 'history.all', '30d']);
    assert.equal((await place.run(DEVICE, ['collections', 'rename', 'Notes', 'Mine'])).exitCode, 0);
    await place.run(DEVICE, ['sync']);
    const joined = await place.run('desktop', ['join', place.bucket]);
    assert.equal(joined.exitCode, 0, joined.err);
    const there = await place.run('desktop', ['settings', 'Mine', 'history.all']);
    assert.equal(there.out.trim(), '30d');
  });

  test('a value that cannot be is refused with what can', async (context) => {
    const place = await setUp(context);
    for (const [words, expected] of [
      [['limit.up', '3'], /takes bytes per second/],
      [['Notes', 'schedule', 'weekly'], /takes automatic, hourly, daily HH:MM, or manual/],
      [['schedule', 'hourly'], /is a setting of a collection/],
      [['Notes', 'limit.up', '1MB'], /is a setting of the device/],
      [['Notes', 'colour', 'red'], /There is no setting "colour"/],
    ] as const) {
      const ran = await place.run(DEVICE, ['settings', ...words]);
      assert.equal(ran.exitCode, 2, words.join(' '));
      assert.match(ran.err, expected);
    }
  });

  test('a file of them is taken whole or not at all, and what is printed is such a file', async (context) => {
    const place = await setUp(context);
    const file = join(place.root, 'settings.yaml');
    writeFileSync(file, 'transfers: 4\ncollections:\n  Notes:\n    guard: 200%\n');
    const refused = await place.run(DEVICE, ['settings', '--file', file]);
    assert.equal(refused.exitCode, 2);
    assert.match(refused.err, /"200%" cannot be the value of guard/);
    assert.equal(await settingOf(place, 'transfers'), '16', 'nothing of it was taken');

    writeFileSync(file, 'transfers: 4\ncollections:\n  Notes:\n    guard: off\n');
    assert.equal((await place.run(DEVICE, ['settings', '--file', file])).exitCode, 0);
    assert.equal(await settingOf(place, 'transfers'), '4');
    const printed = (await place.run(DEVICE, ['settings', '--yaml'])).out;
    assert.match(printed, /^transfers: 4$/m);
    assert.match(printed, /^ {4}guard: off$/m);
    await place.run(DEVICE, ['settings', 'transfers', '8']);
    writeFileSync(file, printed);
    assert.equal((await place.run(DEVICE, ['settings', '--file', file])).exitCode, 0);
    assert.equal(await settingOf(place, 'transfers'), '4');

    writeFileSync(file, 'transfers: [4\n');
    const broken = await place.run(DEVICE, ['settings', '--file', file]);
    assert.equal(broken.exitCode, 2);
    assert.match(broken.err, /is no YAML .* at line 2/);
  });

  test('S11: a manual collection is not carried by watch, and is by sync', async (context) => {
    const place = await setUp(context);
    mkdirSync(join(place.root, 'Work'));
    await place.run(DEVICE, ['add', 'vault', 'Work']);
    await place.run(DEVICE, ['settings', 'Notes', 'schedule', 'manual']);
    writeFileSync(join(place.root, 'Notes/new.md'), 'new\n');
    writeFileSync(join(place.root, 'Work/new.md'), 'new\n');
    const watch = place.start(DEVICE, ['watch']);
    context.after(() => watch.process.kill('SIGKILL'));
    await watch.waitFor('Work: 1 change sent');
    watch.process.kill('SIGINT');
    await watch.ended;
    const sent = await place.run(DEVICE, ['sync', '--json']);
    const { collections } = sent.json<{
      collections: { name: string; published: { versions: number } }[];
    }>();
    const published = collections.map((one) => `${one.name} ${one.published.versions}`).sort();
    assert.deepEqual(published, ['Notes 1', 'Work 0']);
  });
});

suite('cost', () => {
  test('adds up what was asked of the bucket in the month', async (context) => {
    const place = await setUp(context);
    type Report = { months: { month: string; put: number; get: number }[]; storedBytes: number };
    const before = (await place.run(DEVICE, ['cost', '--json'])).json<Report>().months[0];
    const synced = (await place.run(DEVICE, ['sync', '--json'])).json<{
      requests: { get: number; put: number };
    }>();
    const after = (await place.run(DEVICE, ['cost', '--json'])).json<Report>().months[0];
    assert.match(after?.month ?? '', /^\d{4}-\d{2}$/);
    assert.equal((after?.get ?? 0) - (before?.get ?? 0), synced.requests.get);
    assert.ok(synced.requests.get > 0);
    const stored = (await place.run(DEVICE, ['cost', '--storage', '--json'])).json<Report>();
    assert.ok(stored.storedBytes > 500, String(stored.storedBytes));
  });
});

suite('completion', () => {
  test('bash is offered commands, collections and paths, quoted', async (context) => {
    if (spawnSync('bash', ['--version']).status !== 0) return context.skip('there is no bash here');
    const place = await setUp(context);
    mkdirSync(join(place.root, 'bin'));
    symlinkSync(join(ROOT, 'bin/satchel.js'), join(place.root, 'bin/satchel'));
    const script = `
      eval "$(satchel completion bash)"
      try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _satchel; echo "\${COMPREPLY[*]}"; }
      try satchel setti
      try satchel versions ""
      try satchel versions Notes "Two\\\\ w"
      try satchel versions Notes "Two\\\\ words/"
    `;
    const ran = spawnSync('bash', ['-c', script], {
      cwd: place.root,
      encoding: 'utf8',
      env: {
        PATH: `${join(place.root, 'bin')}:${join(process.execPath, '..')}:${process.env.PATH}`,
        HOME: place.root,
        SATCHEL_HOME: join(place.root, DEVICE),
        SATCHEL_KEYCHAIN: 'off',
      },
    });
    assert.deepEqual(ran.stdout.trim().split('\n'), [
      'settings',
      'Notes',
      'Two\\ words/',
      "Two\\ words/it\\'s.md",
    ]);
  });
});
