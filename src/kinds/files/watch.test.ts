import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../test/support/ports.ts';
import type { FolderWatch } from '../../sync/kind.ts';
import type { Disk } from './disk.ts';
import { type IgnoreRules, parseIgnoreRules } from './ignore.ts';
import { nodeDisk } from './node-disk.ts';
import { watchTree } from './watch.ts';

const real = nodeDisk();
const defaults = parseIgnoreRules(undefined);
const LIMITS = { timeout: 20_000 };

/** One recursive watch looks different from the outside, so these run where each folder has its own. */
const perFolder = { ...LIMITS, skip: real.watchesRecursively };

test('a saved file is told, below the root too', LIMITS, async (context) => {
  const root = folderWith(context, ['a/b/notes.md']);
  const watch = await watching(context, real, root);
  const change = watch.nextChange();
  writeFileSync(join(root, 'a/b/notes.md'), 'edited');
  await change;
});

test('a new folder is watched: a file made in it later is told', perFolder, async (context) => {
  const root = folderWith(context, ['notes.md']);
  const watch = await watching(context, real, root);
  assert.equal(watch.tree.watched, 1);
  const folderTold = watch.nextChange();
  mkdirSync(join(root, 'new/inner'), { recursive: true });
  await folderTold;
  assert.equal(watch.tree.watched, 3);

  const fileTold = watch.nextChange();
  writeFileSync(join(root, 'new/inner/notes.md'), 'x');
  await fileTold;
});

test(
  'a folder made anew under its name is watched, not the one before',
  perFolder,
  async (context) => {
    const root = folderWith(context, ['a/b/notes.md']);
    const watch = await watching(context, real, root);
    const remade = watch.nextChange();
    rmSync(join(root, 'a'), { recursive: true });
    mkdirSync(join(root, 'a'));
    await remade;
    await watch.until(() => watch.tree.watched === 2);

    const told = watch.nextChange();
    writeFileSync(join(root, 'a/notes.md'), 'x');
    await told;
  },
);

test('a renamed folder is watched under its new name only', perFolder, async (context) => {
  const root = folderWith(context, ['a/b/notes.md']);
  const disk = recordingWatches(real, root);
  const watch = await watching(context, disk, root);
  const renamed = watch.nextChange();
  renameSync(join(root, 'a'), join(root, 'c'));
  await renamed;
  await watch.until(() => disk.active.has('c/b') && !disk.active.has('a/b'));
  assert.deepEqual([...disk.active].sort(), ['', 'c', 'c/b']);

  const told = watch.nextChange();
  writeFileSync(join(root, 'c/b/notes.md'), 'edited');
  await told;
});

test('ignored folders and .satchel take no watch and tell nothing', perFolder, async (context) => {
  const root = folderWith(context, ['.satchel/tmp/x', 'node_modules/a/x', '.git/HEAD', 'a/x']);
  const disk = recordingWatches(real, root);
  const watch = await watching(context, disk, root);
  assert.deepEqual([...disk.active].sort(), ['', 'a']);

  disk.tell('', '.satchel');
  disk.tell('', '.DS_Store');
  disk.tell('a', '._notes.md');
  assert.equal(watch.pauses(), 0, 'nothing is even looked at');
  // A file could have that name, so this has to be looked at, and turns out to be ignored.
  const told = watch.nextChange();
  disk.tell('', 'node_modules');
  await told;
  assert.deepEqual([...disk.active].sort(), ['', 'a']);
});

test(
  'other rules bring other folders under watch with the next change',
  perFolder,
  async (context) => {
    const root = folderWith(context, ['node_modules/notes.md']);
    let rules: IgnoreRules = defaults;
    const watch = await watching(context, real, root, () => rules);
    assert.equal(watch.tree.watched, 1);
    rules = parseIgnoreRules('!node_modules/');
    const told = watch.nextChange();
    writeFileSync(join(root, '.satchelignore'), '!node_modules/');
    await told;
    assert.equal(watch.tree.watched, 2);
  },
);

test(
  'what comes within the pause is one change, and what comes later another',
  LIMITS,
  async (context) => {
    const root = folderWith(context, ['notes.md']);
    const disk = recordingWatches(real, root);
    let wake = () => {};
    let changes = 0;
    const signal = aborting(context);
    const sleep = () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      });
    const told = () =>
      new Promise<void>((resolve) => {
        onTold = resolve;
      });
    let onTold = () => {};
    const onChange = () => {
      changes += 1;
      onTold();
    };
    await watchTree(disk, root, () => defaults, onChange, signal, sleep);
    const first = told();
    for (let n = 0; n < 100; n += 1) disk.tell('', `note ${n}.md`);
    assert.equal(changes, 0);
    wake();
    await first;
    assert.equal(changes, 1);
    await settled();
    const second = told();
    disk.tell('', 'later.md');
    wake();
    await second;
    assert.equal(changes, 2);
  },
);

test(
  'at the limit of the system, no more watches are tried and the reason is told',
  LIMITS,
  async (context) => {
    const root = folderWith(context, ['a/x', 'b/x', 'c/x', 'd/x']);
    let tried = 0;
    const disk: Disk = {
      ...real,
      watchesRecursively: false,
      watchFolder() {
        tried += 1;
        if (tried > 2) throw Object.assign(new Error('ENOSPC: made up'), { code: 'ENOSPC' });
      },
    };
    const { tree } = await watching(context, disk, root);
    assert.equal(tried, 3);
    assert.equal(tree.watched, 2);
    assert.match(tree.limited ?? '', /inotify/);
  },
);

test('one watch is enough where it sees everything', LIMITS, async (context) => {
  const root = folderWith(context, ['a/b/x']);
  const disk = { ...recordingWatches(real, root), watchesRecursively: true };
  const watch = await watching(context, disk, root);
  assert.deepEqual([...disk.active], ['']);
  disk.tell('', '.satchel\\tmp\\x');
  assert.equal(watch.pauses(), 0);
  disk.tell('', 'a\\b\\x');
  await watch.nextChange();
  assert.equal(watch.tree.limited, undefined);
});

test('after the end nothing is watched and nothing told', LIMITS, async (context) => {
  const root = folderWith(context, ['a/x']);
  const disk = { ...recordingWatches(real, root), watchesRecursively: false };
  const ending = new AbortController();
  const onChange = () => assert.fail('told after the end');
  const { signal } = ending;
  const tree = await watchTree(
    disk,
    root,
    () => defaults,
    onChange,
    signal,
    async () => {},
  );
  assert.equal(disk.active.size, 2);
  disk.tell('', 'notes.md');
  ending.abort();
  assert.equal(disk.active.size, 0);
  assert.equal(tree.watched, 0);
  await settled();
});

interface Watching {
  readonly tree: FolderWatch;
  /** Resolves at the next change told from now on. */
  nextChange(): Promise<void>;
  /** Resolves once the condition holds, which is asked after each change. */
  until(condition: () => boolean): Promise<void>;
  /** How often something was found worth a look. */
  pauses(): number;
}

async function watching(
  context: TestContext,
  disk: Disk,
  root: string,
  rules: () => IgnoreRules = () => defaults,
): Promise<Watching> {
  let waiting: (() => void)[] = [];
  let pauses = 0;
  const onChange = () => {
    const told = waiting;
    waiting = [];
    for (const resolve of told) resolve();
  };
  const sleep = (_delayMs: number, signal?: AbortSignal) => {
    pauses += 1;
    return systemClock.sleep(5, signal);
  };
  const tree = await watchTree(disk, root, rules, onChange, aborting(context), sleep);
  const nextChange = () => new Promise<void>((resolve) => waiting.push(resolve));
  return {
    tree,
    nextChange,
    pauses: () => pauses,
    async until(condition) {
      while (!condition()) await nextChange();
    },
  };
}

/** A disk of which a test can see the watches and make events. Places are relative to the root. */
function recordingWatches(disk: Disk, root: string) {
  const active = new Set<string>();
  const listeners = new Map<string, (name: string | undefined) => void>();
  const watchFolder: Disk['watchFolder'] = (folder, onChange, signal) => {
    const place = relative(root, folder);
    disk.watchFolder(folder, onChange, signal);
    active.add(place);
    listeners.set(place, onChange);
    signal.addEventListener('abort', () => active.delete(place), { once: true });
  };
  const tell = (place: string, name: string) => listeners.get(place)?.(name);
  return { ...disk, watchFolder, active, tell };
}

function aborting(context: TestContext): AbortSignal {
  const ending = new AbortController();
  context.after(() => ending.abort());
  return ending.signal;
}

/** Lets everything that is ready run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function folderWith(context: TestContext, paths: readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), 'satchel-watch-'));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), 'x');
  }
  return root;
}
