/** Collections by their routes: on real homes, with a bucket that is a folder. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { checkAnswers } from '../../../test/support/checked-handlers.ts';
import { ASKER } from '../../../test/support/daemon-bench.ts';
import { createFakeDaemon } from '../../../test/support/fake-daemon.ts';
import { type HomeBench, openHomeBench, startHost } from '../../../test/support/home-bench.ts';
import type { AnswerOf, InputOf } from '../../api/route.ts';
import { ROUTES, type RouteName } from '../../api/routes.ts';
import { carriersOf } from '../../app/carriers.ts';
import { findCollection } from '../../app/collection-list.ts';
import { addCollection } from '../../app/collections.ts';
import { openForReading, withSession } from '../../app/session.ts';
import { isErrorKind } from '../../base/errors.ts';
import { HANDLERS } from '../handlers.ts';
import type { HomeHost } from '../host.ts';
import type { Daemon } from '../ports.ts';

type Ask = <N extends RouteName>(
  name: N,
  input: InputOf<(typeof ROUTES)[N]>,
) => Promise<AnswerOf<(typeof ROUTES)[N]>>;

interface Bench extends HomeBench {
  readonly host: HomeHost;
  /** Asks as the server does: the input is checked, and so is the answer. */
  readonly ask: Ask;
  readonly other: { readonly folder: string; sync(): Promise<void> };
  /** The folder of `Photos`, which only the other device has. */
  readonly photos: string;
}

async function openBench(context: TestContext): Promise<Bench> {
  const bench = await openHomeBench(context);
  const other = await bench.addDevice();
  const photos = join(bench.root, 'Photos');
  put(photos, '2025/a.txt', 'first\n');
  put(photos, '2026/b.txt', 'of this year\n');
  put(photos, '2026/deep/c.txt', 'deeper\n');
  put(photos, 'top.txt', 'top\n');
  const desktop = bench.contextOf(join(bench.root, 'desktop'));
  await bench.clock.during(
    withSession(desktop, 'test', (session) => addCollection(session, 'vault', photos, undefined)),
  );
  await other.sync();
  const host = await startHost(bench);
  const daemon: Daemon = { ...createFakeDaemon(bench.home), host: () => host };
  const handlers = checkAnswers(HANDLERS);
  const ask = (name: RouteName, input: object): Promise<unknown> => {
    const handle = handlers[name] as (...args: readonly unknown[]) => Promise<unknown>;
    return bench.clock.during(handle(daemon, ROUTES[name].input.parse(input), ASKER));
  };
  return { ...bench, host, ask: ask as Ask, other, photos };
}

function put(folder: string, path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function listed({ ask }: Bench, name: string) {
  const found = (await ask('collections', {})).find((one) => one.name === name);
  assert.ok(found !== undefined, `${name} is listed`);
  return found;
}

/** Every name and byte of the bucket, as one text. */
function bucketState({ bucket }: Bench): string {
  const names = readdirSync(bucket, { recursive: true, encoding: 'utf8' }).sort();
  const files = readdirSync(bucket, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  return JSON.stringify([names, files.sort()]);
}

async function carriersSeenBy({ contextOf, root }: Bench, device: string) {
  const session = await openForReading(contextOf(join(root, device)));
  try {
    return carriersOf(session, findCollection(session, 'Photos'));
  } finally {
    await session.close();
  }
}

suite('collections by their routes', () => {
  test('one that is elsewhere is listed, read without being brought here, and looked into', async (context) => {
    const bench = await openBench(context);
    const { ask } = bench;
    const before = await listed(bench, 'Photos');
    assert.equal(before.folder, null);
    assert.deepEqual(before.devices, ['desktop']);
    assert.equal(before.size, null);
    assert.equal(before.readAt, null);
    const state = bucketState(bench);
    await ask('readCollections', { collections: ['Photos'] });
    const read = await listed(bench, 'Photos');
    assert.equal(read.files, 4);
    assert.equal(read.size, 6 + 13 + 7 + 4);
    assert.equal(read.lastChangeBy, 'desktop');
    assert.equal(read.toRead, 0);
    assert.ok(read.readAt !== null && read.lastChangeAt !== null);
    const top = await ask('look', { collection: 'Photos' });
    assert.deepEqual(
      top.entries.map(({ path, kind, files, size }) => [path, kind, files, size]),
      [
        ['2025', 'folder', 1, 6],
        ['2026', 'folder', 2, 20],
        ['top.txt', 'file', 1, 4],
      ],
    );
    assert.equal(top.trouble, null);
    const deep = await ask('look', { collection: 'Photos', folder: '2026' });
    assert.deepEqual(
      deep.entries.map(({ path }) => path),
      ['2026/deep', '2026/b.txt'],
    );
    assert.equal(bucketState(bench), state, 'looking leaves nothing in the bucket');
    assert.deepEqual(bench.host.status().collections.length, 1);
  });

  test('versions of a file that is elsewhere, with their text', async (context) => {
    const bench = await openBench(context);
    const { ask, photos, other, clock } = bench;
    await ask('look', { collection: 'Photos' });
    put(photos, 'top.txt', 'top, once more\n');
    clock.advance(120_000);
    await other.sync();
    // What was read is old by now: a look reads what is new.
    await ask('look', { collection: 'Photos' });
    const versions = await ask('lookVersions', { collection: 'Photos', path: 'top.txt' });
    assert.deepEqual(
      versions.map(({ state, size, device }) => [state, size, device]),
      [
        ['current', 15, 'desktop'],
        ['superseded', 4, 'desktop'],
      ],
    );
    const texts = [];
    for (const { id } of versions) {
      const input = { collection: 'Photos', path: 'top.txt', version: id };
      texts.push((await ask('lookText', input)).text);
    }
    assert.deepEqual(texts, ['top, once more\n', 'top\n']);
    await assert.rejects(
      ask('lookVersions', { collection: 'Photos', path: 'nowhere.txt' }),
      /no file "nowhere.txt"/,
    );
  });

  test('what was read shows while the bucket is out of reach; what never was does not', async (context) => {
    const bench = await openBench(context);
    const { ask, bucket, clock } = bench;
    renameSync(bucket, `${bucket}-away`);
    await assert.rejects(ask('look', { collection: 'Photos' }), (error) =>
      isErrorKind(error, 'unreachable'),
    );
    renameSync(`${bucket}-away`, bucket);
    await ask('look', { collection: 'Photos' });
    const first = await listed(bench, 'Photos');
    renameSync(bucket, `${bucket}-away`);
    clock.advance(120_000);
    const again = await ask('look', { collection: 'Photos' });
    assert.equal(again.total, 3);
    assert.equal(again.readAt, first.readAt);
    renameSync(`${bucket}-away`, bucket);
  });

  test('brought here in part, then another part, then no longer carried: files stay', async (context) => {
    const bench = await openBench(context);
    const { ask, root, clock } = bench;
    await ask('look', { collection: 'Photos' });
    const folder = join(root, 'Here');
    const attached = await ask('attachCollection', {
      collection: 'Photos',
      folder,
      only: ['2026/deep'],
    });
    assert.equal(attached.before, null);
    // Its records come with the first round, not with the look into it.
    assert.deepEqual(attached.unknown, ['2026/deep']);
    await clock.until('its files', () => existsSync(join(folder, '2026/deep/c.txt')));
    assert.ok(!existsSync(join(folder, 'top.txt')));
    const here = await listed(bench, 'Photos');
    assert.deepEqual(here.devices, ['laptop', 'desktop']);
    assert.deepEqual(here.only, ['2026/deep']);
    assert.equal(here.files, 4, 'the whole collection is told, not the part');
    const wider = await ask('attachCollection', { collection: 'Photos', only: ['2025', '2026'] });
    assert.deepEqual(wider.before, { only: ['2026/deep'] });
    await clock.until('more of it', () => existsSync(join(folder, '2025/a.txt')));
    await ask('attachCollection', { collection: 'Photos' });
    await clock.until('all of it', () => existsSync(join(folder, 'top.txt')));
    await bench.other.sync();
    assert.deepEqual(await carriersSeenBy(bench, 'desktop'), ['desktop', 'laptop']);
    const detached = await ask('detachCollection', { collection: 'Photos' });
    assert.equal(detached.folder, folder);
    assert.ok(existsSync(join(folder, 'top.txt')));
    await clock.until('the end of it', () => bench.host.status().collections.length === 1);
    const gone = await listed(bench, 'Photos');
    assert.deepEqual(gone.devices, ['desktop']);
    await bench.clock.during(bench.host.sync());
    await bench.other.sync();
    assert.deepEqual(await carriersSeenBy(bench, 'desktop'), ['desktop']);
    const look = await ask('look', { collection: 'Photos' });
    assert.equal(look.total, 3);
  });

  test('a folder becomes a collection; one in another or around it is refused with words', async (context) => {
    const bench = await openBench(context);
    const { ask, root, notes, home } = bench;
    const folder = join(root, 'Recipes');
    put(folder, 'soup.md', 'soup\n');
    const added = await ask('addCollection', { folder });
    assert.equal(added.name, 'Recipes');
    await bench.clock.until('its file', () => {
      const found = bench.host.status().collections.find(({ name }) => name === 'Recipes');
      return found?.records === 1 && found.pending === 0;
    });
    const inNotes = join(notes, 'inner');
    mkdirSync(inNotes);
    await assert.rejects(ask('addCollection', { folder: inNotes }), /lies inside/);
    await assert.rejects(ask('addCollection', { folder: root }), /contains/);
    await assert.rejects(ask('addCollection', { folder: home }), /lies in the home/);
    await assert.rejects(ask('addCollection', { folder: 'Recipes' }), /not a whole path/);
    await assert.rejects(ask('addCollection', { folder: join(root, 'nowhere') }), /no folder/);
  });

  test('a rename, and a removal that is taken back: with the settings it had', async (context) => {
    const bench = await openBench(context);
    const { ask, host } = bench;
    await ask('renameCollection', { collection: 'Photos', name: ' Pictures ' });
    const { id } = await listed(bench, 'Pictures');
    await assert.rejects(ask('renameCollection', { collection: id, name: 'Notes' }), /already/);
    await assert.rejects(ask('removeCollection', { collection: 'Notes' }), /still on this device/);
    await bench.clock.during(host.sync());
    const removed = await ask('removeCollection', { collection: 'Pictures' });
    assert.deepEqual(removed, { id, name: 'Pictures' });
    assert.deepEqual(
      (await ask('collections', {})).map(({ name }) => name),
      ['Notes'],
    );
    assert.deepEqual(await ask('relistCollection', { collection: id }), { name: 'Pictures' });
    const back = await listed(bench, 'Pictures');
    assert.equal(back.kind, 'vault');
    assert.ok(back.created !== null);
    await assert.rejects(ask('relistCollection', { collection: id }), /taken off/);
  });

  test('the folders of this computer, for a person who chooses one', async (context) => {
    const bench = await openBench(context);
    const { ask, root } = bench;
    const folders = await ask('folders', { folder: root });
    const found = folders.folders.find(({ name }) => name === 'Photos');
    assert.deepEqual(found, { name: 'Photos', path: join(root, 'Photos'), files: 1 });
    assert.ok(folders.parent !== null);
    const missing = await ask('folders', { folder: join(root, 'Photos/new/newer') });
    assert.equal(missing.folder, join(root, 'Photos'));
    assert.ok(folders.isThere && !missing.isThere);
    assert.deepEqual(
      missing.folders.map(({ name }) => name),
      ['2025', '2026'],
    );
    await assert.rejects(ask('folders', { folder: 'Photos' }), /not a whole path/);
  });
});
