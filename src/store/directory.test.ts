import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { found, rejection, storeConformance } from '../../test/store-conformance.ts';
import {
  chooseSeed,
  createManualClock,
  createSeededRandom,
  systemClock,
  systemRandom,
} from '../../test/support/ports.ts';
import { utf8 } from '../base/bytes.ts';
import { DirectoryStore, ensureDirectoryRoot } from './directory.ts';

const WRITER = join(import.meta.dirname, '../../test/support/directory-writer.ts');
const DAY_MS = 24 * 60 * 60 * 1000;

storeConformance('the directory store', async (context) => openStore(temporaryFolder(context)));

test('a missing root is unreachable for every request, and none creates it', async (context) => {
  const root = join(temporaryFolder(context), 'disk', 'satchel');
  const store = openStore(root);
  const requests = [
    () => store.get('satchel.json'),
    () => store.put('satchel.json', utf8('{}')),
    () => store.list(''),
    () => store.list('heads/'),
    () => store.delete('satchel.json'),
  ];
  for (const request of requests) {
    const error = await rejection(request());
    assert.equal(error.kind, 'unreachable');
    assert.ok(error.message.includes(root));
    assert.match(error.hint ?? '', /mount/);
  }
  assert.equal(existsSync(root), false);
});

test('a root that vanishes is unreachable, and works again when it is back', async (context) => {
  const root = join(temporaryFolder(context), 'disk');
  await ensureDirectoryRoot(root);
  const store = openStore(root);
  await store.put('heads/a', utf8('1'));
  renameSync(root, `${root}-unplugged`);
  assert.equal((await rejection(store.get('heads/a'))).kind, 'unreachable');
  assert.equal((await rejection(store.put('heads/a', utf8('2')))).kind, 'unreachable');
  assert.equal(existsSync(root), false);
  renameSync(`${root}-unplugged`, root);
  assert.deepEqual(found(await store.get('heads/a')).body, utf8('1'));
});

test('ensureDirectoryRoot creates folders down to the root, twice too, but not over a file', async (context) => {
  const root = join(temporaryFolder(context), 'new', 'bucket');
  await ensureDirectoryRoot(root);
  await ensureDirectoryRoot(root);
  assert.deepEqual((await openStore(root).list('')).objects, []);
  writeFileSync(join(root, 'file'), '');
  assert.equal((await rejection(ensureDirectoryRoot(join(root, 'file')))).kind, 'usage');
  assert.equal((await rejection(ensureDirectoryRoot(join(root, 'file', 'below')))).kind, 'usage');
});

test('a root that is a file, or a relative path, is a usage error', async (context) => {
  const file = join(temporaryFolder(context), 'file');
  writeFileSync(file, '');
  assert.equal((await rejection(openStore(file).list(''))).kind, 'usage');
  assert.equal((await rejection(openStore(file).put('a', utf8('1')))).kind, 'usage');
  assert.throws(() => openStore('relative/path'), { kind: 'usage' });
});

test('names that a carrier of folders leaves behind are strange, and harm nothing', async (context) => {
  const root = temporaryFolder(context);
  const store = openStore(root);
  await store.put('heads/a', utf8('1'));
  const files = [
    '.DS_Store',
    'Icon\r',
    'heads/.a.swp',
    "heads/a (someone's conflicted copy 2026-11-20)",
    'heads/a.sync-conflict-20261120-101500-ABCDEFG',
    'heads/.syncthing.a.tmp',
    'heads/~a.tmp',
    'heads/ä',
  ];
  for (const name of files) writeFileSync(join(root, name), 'not ours');
  mkdirSync(join(root, '.stfolder/inside'), { recursive: true });
  mkdirSync(join(root, 'heads/Other Folder'));
  writeFileSync(join(root, 'heads/Other Folder/a'), 'not ours');

  const listing = await store.list('');
  assert.deepEqual(listing.objects, [{ key: 'heads/a', sizeBytes: 1 }]);
  assert.deepEqual(
    [...listing.strange].sort(),
    [...files, '.stfolder/', 'heads/Other Folder/'].sort(),
  );
});

test('links are strange and not followed; a put replaces one and spares its target', async (context) => {
  const outside = temporaryFolder(context);
  const root = temporaryFolder(context);
  writeFileSync(join(outside, 'secret'), 'outside');
  mkdirSync(join(root, 'heads'));
  symlinkSync(join(outside, 'secret'), join(root, 'heads/link'));
  symlinkSync(outside, join(root, 'segments'));
  const store = openStore(root);

  assert.deepEqual(await store.get('heads/link'), { kind: 'missing' });
  assert.deepEqual(await store.get('segments/secret'), { kind: 'missing' });
  assert.deepEqual((await store.list('segments/')).objects, []);
  assert.deepEqual([...(await store.list('')).strange].sort(), ['heads/link', 'segments']);
  await store.delete('segments/secret');
  assert.equal((await rejection(store.put('segments/new', utf8('1')))).kind, 'usage');
  await store.put('heads/link', utf8('inside'));
  assert.deepEqual(found(await store.get('heads/link')).body, utf8('inside'));
  assert.deepEqual(readdirSync(outside), ['secret']);
});

test('a folder or a pipe where an object should be is missing, not waited for', async (context) => {
  const root = temporaryFolder(context);
  mkdirSync(join(root, 'heads/a'), { recursive: true });
  execFileSync('mkfifo', [join(root, 'heads/pipe')]);
  const store = openStore(root);
  assert.deepEqual(await store.get('heads/a'), { kind: 'missing' });
  assert.deepEqual(await store.get('heads/pipe'), { kind: 'missing' });
  await store.delete('heads/a');
  assert.deepEqual((await store.list('')).strange, ['heads/pipe']);
});

test('temporary files are never listed, and those of dead writers go after a day', async (context) => {
  const root = temporaryFolder(context);
  const clock = createManualClock(Date.now());
  const store = new DirectoryStore(root, { clock, random: systemRandom });
  await store.put('heads/a', utf8('1'));
  const [folder = ''] = readdirSync(root).filter((name) => name !== 'heads');
  assert.deepEqual(readdirSync(join(root, folder)), [], 'a put leaves nothing behind');
  writeFileSync(join(root, folder, 'left'), 'half a bo');
  utimesSync(join(root, folder, 'left'), clock.now() / 1000, clock.now() / 1000);

  clock.advance(DAY_MS - 1_000);
  const listing = await store.list('heads/');
  assert.deepEqual(readdirSync(join(root, folder)), ['left']);
  clock.advance(2_000);
  assert.deepEqual(await store.list('heads/'), listing);
  assert.deepEqual(readdirSync(join(root, folder)), []);
  assert.deepEqual((await store.list('')).strange, []);
});

test('a folder that may not be written is refused, and one that may not be read as well', async (context) => {
  const root = temporaryFolder(context);
  const store = openStore(root);
  await store.put('heads/a', utf8('1'));
  await asOrdinaryUser(root, async () => {
    chmodSync(root, 0o555);
    chmodSync(join(root, 'heads'), 0o555);
    const write = await rejection(store.put('segments/a', utf8('2')));
    assert.equal(write.kind, 'refused');
    assert.equal(write.retry, 'never');
    assert.match(write.message, /permission denied/);
    assert.equal((await rejection(store.delete('heads/a'))).kind, 'refused');
    assert.deepEqual(found(await store.get('heads/a')).body, utf8('1'));

    chmodSync(join(root, 'heads'), 0o000);
    assert.equal((await rejection(store.get('heads/a'))).kind, 'refused');
    assert.equal((await rejection(store.list(''))).kind, 'refused');
    chmodSync(join(root, 'heads'), 0o755);
    chmodSync(root, 0o755);
  });
});

test('a full disk is told as such, keeps the former body and leaves no temporary file', async (context) => {
  const root = temporaryFolder(context);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', root], { stdio: 'ignore' });
  } catch {
    context.skip('a small disk can only be mounted by root');
    return;
  }
  try {
    const store = openStore(root);
    await store.put('heads/a', utf8('former'));
    const error = await rejection(store.put('heads/a', new Uint8Array(1_000_000)));
    assert.equal(error.kind, 'internal');
    assert.equal(error.retry, 'never');
    assert.match(error.message, /disk is full/);
    assert.deepEqual(found(await store.get('heads/a')).body, utf8('former'));
    await store.put('heads/b', new Uint8Array(100_000));
  } finally {
    execFileSync('umount', [root]);
  }
});

test('kill -9 in the middle of puts leaves a former body or a new one, whole', async (context) => {
  const seed = chooseSeed();
  context.diagnostic(`TEST_SEED=${seed}`);
  const random = createSeededRandom(seed);
  const root = temporaryFolder(context);
  const store = openStore(root);
  const sizeBytes = 2_000_000;
  for (let round = 0; round < 8; round += 1) {
    const writer = startWriter(context, [root, 'heads/a', `${sizeBytes}`, '1,2']);
    await isWriting(writer);
    const [delayMs = 0] = random.bytes(1);
    await wait(delayMs / 8);
    await kill(writer);
    const { body } = found(await store.get('heads/a'));
    assert.equal(body.length, sizeBytes);
    assert.ok(body.every((byte) => byte === body[0]));
    const listing = await store.list('');
    assert.deepEqual(listing, { objects: [{ key: 'heads/a', sizeBytes }], strange: [] });
  }
});

test('two processes that write one key and keys of their own do not harm each other', async (context) => {
  const root = temporaryFolder(context);
  const store = openStore(root);
  const sizeBytes = 300_000;
  const args = [`${sizeBytes}`];
  const writers = [
    startWriter(context, [root, 'heads/shared', ...args, '1', '30']),
    startWriter(context, [root, 'heads/shared', ...args, '2', '30']),
    startWriter(context, [root, 'new/folder/own', ...args, '3', '30']),
  ];
  const ends = Promise.all(writers.map((writer) => once(writer, 'exit')));
  let isRunning = true;
  const reading = (async () => {
    while (isRunning) {
      const result = await store.get('heads/shared');
      if (result.kind !== 'found') continue;
      assert.equal(result.body.length, sizeBytes);
      assert.ok(result.body.every((byte) => byte === result.body[0]));
    }
  })();
  const codes = (await ends).map(([code]) => code);
  isRunning = false;
  await reading;
  assert.deepEqual(codes, [0, 0, 0]);
  assert.equal(found(await store.get('new/folder/own')).body[0], 3);
});

function openStore(root: string): DirectoryStore {
  return new DirectoryStore(root, { clock: systemClock, random: systemRandom });
}

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'satchel-directory-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Permissions bind everybody but root, so root works as nobody for a while. */
async function asOrdinaryUser(root: string, work: () => Promise<void>): Promise<void> {
  const nobody = 65_534;
  if (process.geteuid?.() !== 0) return work();
  for (const name of ['', ...readdirSync(root)]) chownSync(join(root, name), nobody, nobody);
  process.seteuid?.(nobody);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

function startWriter(context: TestContext, args: readonly string[]): ChildProcess {
  const writer = spawn(process.execPath, [WRITER, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => writer.kill('SIGKILL'));
  return writer;
}

async function isWriting(writer: ChildProcess): Promise<void> {
  assert.ok(writer.stdout);
  await once(writer.stdout, 'data');
}

async function kill(writer: ChildProcess): Promise<void> {
  const end = once(writer, 'exit');
  writer.kill('SIGKILL');
  await end;
}
