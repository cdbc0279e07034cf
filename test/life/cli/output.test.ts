/** What programs rely on: the shapes of `--json`, and output without colours. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { createPlace, type Place, type Ran } from '../../support/satchel.ts';

/** The names of all fields, nested ones too, with the type of each value: what a program sees. */
function shapeOf(value: unknown): unknown {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object') return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
}

suite('--json', () => {
  let place: Place;
  let notes = '';
  const run = (...args: string[]): Promise<Ran> => place.run('laptop', [...args, '--json']);
  before(() => {
    place = createPlace();
    notes = join(place.root, 'Notes');
    mkdirSync(notes);
    writeFileSync(join(notes, 'a.md'), 'a\n');
  });
  after(() => place.remove());

  test('init and add', async () => {
    const init = await run('init', place.bucket, '--device', 'laptop');
    assert.deepEqual(shapeOf(init.json()), {
      home: 'string',
      bucket: 'string',
      repository: 'string',
      encrypted: 'boolean',
      device: 'string',
      secrets: 'string',
      recoveryKey: 'string',
    });
    const add = await run('add', 'vault', notes);
    const strings = { id: 'string', name: 'string', kind: 'string', folder: 'string' };
    assert.deepEqual(shapeOf(add.json()), strings);
  });

  test('status, before and after a sync', async () => {
    const shape = (isSynced: boolean) => ({
      device: { id: 'string', name: 'string' },
      bucket: 'string',
      repository: 'string',
      encrypted: 'boolean',
      repositoryKey: 'string',
      exposed: [],
      needsKey: 'boolean',
      clockOffsetMs: 'number',
      collections: [
        {
          id: 'string',
          name: 'string',
          kind: 'string',
          folder: 'string',
          only: 'null',
          removed: 'boolean',
          records: 'number',
          pending: 'number',
          conflicts: 'number',
          held: 'number',
          state: 'string',
          lastPullAt: isSynced ? 'string' : 'null',
          lastPublishAt: isSynced ? 'string' : 'null',
          lastError: 'null',
        },
      ],
    });
    assert.deepEqual(shapeOf((await run('status')).json()), shape(false));
    const sync = await run('sync');
    assert.equal(sync.err, '');
    assert.deepEqual(shapeOf(sync.json()), {
      collections: [
        {
          name: 'string',
          published: { versions: 'number', bytes: 'number' },
          applied: { versions: 'number', bytes: 'number' },
          conflicts: 'number',
          held: 'number',
          failed: [],
          leftOut: [],
        },
      ],
      unreadable: [],
      requests: {
        get: 'number',
        put: 'number',
        list: 'number',
        delete: 'number',
        bytesUp: 'number',
        bytesDown: 'number',
      },
      durationMs: 'number',
    });
    assert.deepEqual(shapeOf((await run('status')).json()), shape(true));
  });

  test('lists are arrays, empty ones too', async () => {
    for (const command of ['conflicts', 'pending']) {
      const { out, exitCode } = await run(command);
      assert.deepEqual([out, exitCode], ['[]\n', 0], command);
    }
    const versions = (await run('versions', 'Notes', 'a.md')).json<{ state: string }[]>();
    assert.equal(versions[0]?.state, 'current');
    const devices = (await run('devices')).json<{ name: string; self: boolean }[]>();
    assert.deepEqual(
      devices.map(({ name, self }) => [name, self]),
      [['laptop', true]],
    );
    assert.equal((await run('collections')).json<{ folder: string }[]>()[0]?.folder, notes);
    assert.equal((await run('log')).json<{ kind: string }[]>()[0]?.kind, 'published');
  });

  test('errors are a document on stdout as well', async () => {
    const { exitCode, json } = await run('sync', 'Nope');
    assert.equal(exitCode, 2);
    assert.deepEqual(json(), {
      error: {
        kind: 'usage',
        message: 'There is no collection "Nope".',
        hint: 'There are: Notes.',
      },
    });
    const unknown = await place.run('laptop', ['--json', 'synch']);
    assert.equal(unknown.exitCode, 2);
    assert.match(unknown.json<{ error: { hint: string } }>().error.hint, /Did you mean sync/);
  });

  test('colours are asked for with FORCE_COLOR, and never come with NO_COLOR or --no-color', async () => {
    const force = { FORCE_COLOR: '1' };
    const status = (args: string[], env: Record<string, string>) =>
      place.run('laptop', ['status', ...args], env);
    assert.match((await status([], force)).out, /\x1b\[1m/);
    assert.doesNotMatch((await status([], {})).out, /\x1b/);
    assert.doesNotMatch((await status([], { ...force, NO_COLOR: '1' })).out, /\x1b/);
    assert.doesNotMatch((await status(['--no-color'], force)).out, /\x1b/);
  });

  test('every command has a help with a summary', async () => {
    const { out } = await place.run('laptop', ['--help']);
    const names = [...out.matchAll(/^ {2}([a-z]+)(?: [<[].*?)? {2,}\w/gm)].map(([, name]) => name);
    const known = COMMANDS.map(({ name }) => name).filter((name) => !name.startsWith('__'));
    assert.deepEqual(names.sort(), known.sort(), out);
    assert.match(out, /Examples:\n/);
    assert.match(out, /Exit codes:\n/);
    const restore = await place.run('laptop', ['restore', '--help']);
    assert.match(restore.out, /--version <id>/);
    assert.doesNotMatch(restore.out, /print the version/);
  });
});
