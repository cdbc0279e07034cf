/** What every disk tells whoever watches a folder. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Promises, pieces } from './disk-bench.ts';

export function watches(promise: Promises): void {
  promise('a watch tells of each kind of change', async (bench, at) => {
    const { disk, person, root } = bench;
    person.write(at('there'), 'x');
    const stop = new AbortController();
    const told = listener();
    disk.watchFolder(root, told.hear, stop.signal);
    const changes: readonly (readonly [string, () => unknown])[] = [
      ['new', () => disk.writeNew(at('new'), pieces('x'))],
      ['there', () => person.write(at('there'), 'y')],
      ['folder', () => disk.makeFolder(at('folder'))],
      ['moved', () => disk.rename(at('new'), at('moved'))],
      ['there', () => disk.setExecutable(at('there'), true)],
      ['folder', () => disk.removeFolder(at('folder'))],
      ['there', () => person.remove(at('there'))],
    ];
    for (const [name, change] of changes) {
      told.forget();
      await change();
      await told.of(name);
    }
    stop.abort();
  });

  promise('a watch tells of one folder, and of its end', async ({ disk, person, root }, at) => {
    if (disk.watchesRecursively) return;
    person.makeFolder(at('watched/below'));
    const stop = new AbortController();
    const told = listener();
    disk.watchFolder(at('watched'), told.hear, stop.signal);
    person.write(at('watched/below/file'), 'x');
    person.write(join(root, 'beside'), 'x');
    person.write(at('watched/marker'), 'x');
    await told.of('marker');
    assert.deepEqual([...new Set(told.names)], ['marker']);
    person.remove(at('watched'));
    await told.of('watched');
    stop.abort();
  });

  promise('a watch that is ended tells nothing more, of what was before neither', async (bench) => {
    const { disk, person, root } = bench;
    const [ended, other] = [listener(), listener()];
    const [stop, stopOther] = [new AbortController(), new AbortController()];
    disk.watchFolder(root, ended.hear, stop.signal);
    disk.watchFolder(root, other.hear, stopOther.signal);
    disk.watchFolder(root, ended.hear, AbortSignal.abort());
    person.write(join(root, 'before'), 'x');
    stop.abort();
    person.write(join(root, 'after'), 'x');
    await other.of('after');
    stopOther.abort();
    assert.deepEqual(ended.names, []);
  });

  promise('nothing can be watched where nothing is', async ({ disk }, at) => {
    const watch = () => disk.watchFolder(at('gone'), () => {}, new AbortController().signal);
    assert.throws(watch, { code: 'ENOENT' });
  });
}

/** What a watch calls back, and a way to wait for it. */
function listener() {
  let names: (string | undefined)[] = [];
  let wake = () => {};
  return {
    get names() {
      return names;
    },
    hear(name: string | undefined): void {
      names.push(name);
      wake();
    },
    forget(): void {
      names = [];
    },
    async of(name: string): Promise<void> {
      while (!names.includes(name)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
