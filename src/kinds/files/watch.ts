/**
 * Noticing changes soon. One watch per folder on Linux, as its recursive watches would take one
 * for every file; one for everything where the system offers that. A watch may miss things (a
 * network folder changed elsewhere, a limit of the system): the periodic scan is the truth.
 */
import { basename, join } from 'node:path';
import { messageOf, systemCode } from '../../base/errors.ts';
import type { FolderWatch } from '../../sync/kind.ts';
import type { Disk } from './disk.ts';
import type { IgnoreRules } from './ignore.ts';
import { SATCHEL_FOLDER } from './names.ts';

/** Programs save in several steps; what follows within this time is one change. */
const DEBOUNCE_MS = 200;

/** What systems answer when no further watch is to be had. */
const EXHAUSTED = new Set(['ENOSPC', 'EMFILE', 'ENFILE']);

type Sleep = (delayMs: number, signal?: AbortSignal) => Promise<void>;

/**
 * Calls `onChange` soon after something changed below `root`, an absolute path, until `signal`
 * aborts; what the rules leave out is not told. `rules` returns the same object as long as the
 * rules are the same. Resolves when all folders are under watch.
 */
export async function watchTree(
  disk: Disk,
  root: string,
  rules: () => IgnoreRules,
  onChange: () => void,
  signal: AbortSignal,
  sleep: Sleep,
): Promise<FolderWatch> {
  const tree = new FolderWatches(disk, root, rules, onChange, signal, sleep);
  await tree.start();
  return tree;
}

class FolderWatches implements FolderWatch {
  readonly #disk: Disk;
  readonly #root: string;
  readonly #rules: () => IgnoreRules;
  readonly #onChange: () => void;
  readonly #signal: AbortSignal;
  readonly #sleep: Sleep;
  /** What ends the watch of each folder. */
  readonly #folders = new Map<string, AbortController>();
  /** Paths of which an event told since the last look. */
  #touched = new Set<string>();
  #isFlushing = false;
  #rulesInUse: IgnoreRules;
  #limited: string | undefined;

  constructor(
    disk: Disk,
    root: string,
    rules: () => IgnoreRules,
    onChange: () => void,
    signal: AbortSignal,
    sleep: Sleep,
  ) {
    this.#disk = disk;
    this.#root = root;
    this.#rules = rules;
    this.#onChange = onChange;
    this.#signal = signal;
    this.#sleep = sleep;
    this.#rulesInUse = rules();
  }

  get watched(): number {
    return this.#folders.size;
  }

  get limited(): string | undefined {
    return this.#limited;
  }

  async start(): Promise<void> {
    this.#signal.addEventListener('abort', () => this.#drop(''), { once: true });
    await this.#add('');
  }

  /**
   * Watches the folder and those below, as far as the system lets us. Each is watched before it
   * is listed, so that what is made in between is seen by one or the other.
   */
  async #add(top: string): Promise<void> {
    const waiting = [top];
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
      if (this.#signal.aborted) return;
      try {
        this.#watch(folder);
      } catch (error) {
        this.#limited = limitWords(error, folder) ?? this.#limited;
        if (EXHAUSTED.has(systemCode(error) ?? '')) return;
        continue;
      }
      if (this.#disk.watchesRecursively) return;
      for (const entry of await this.#disk.list(this.#absolute(folder)).catch(() => [])) {
        const path = childOf(folder, entry.name);
        if (entry.kind === 'folder' && !this.#rules().ignores(path, true)) waiting.push(path);
      }
    }
  }

  /** A folder that took another's name is watched anew, as the watch still follows the other. */
  #watch(folder: string): void {
    this.#drop(folder);
    const stop = new AbortController();
    const onEvent = (name: string | undefined) => this.#onEvent(folder, name);
    this.#disk.watchFolder(this.#absolute(folder), onEvent, stop.signal);
    this.#folders.set(folder, stop);
  }

  /** Ends the watches of the folder and of those below. */
  #drop(folder: string): void {
    if (!this.#folders.has(folder)) return;
    for (const [path, stop] of this.#folders) {
      if (path !== folder && folder !== '' && !path.startsWith(`${folder}/`)) continue;
      stop.abort();
      this.#folders.delete(path);
    }
  }

  #onEvent(folder: string, name: string | undefined): void {
    if (this.#signal.aborted) return;
    const path = name === undefined ? folder : childOf(folder, name.replaceAll('\\', '/'));
    if (path === SATCHEL_FOLDER || path.startsWith(`${SATCHEL_FOLDER}/`)) return;
    const rules = this.#rules();
    // What is gone could have been either.
    if (path !== '' && rules.ignores(path, false) && rules.ignores(path, true)) return;
    this.#touched.add(path);
    // The system tells of a folder's own end in the same words as of an entry of its name.
    if (name === basename(this.#absolute(folder))) this.#touched.add(folder);
    if (!this.#isFlushing) void this.#flush();
  }

  /** Never rejects: it runs on its own. */
  async #flush(): Promise<void> {
    this.#isFlushing = true;
    try {
      while (this.#touched.size > 0) {
        await this.#sleep(DEBOUNCE_MS, this.#signal);
        if (this.#signal.aborted) return;
        const touched = this.#touched;
        this.#touched = new Set();
        await this.#follow(touched);
        if (!this.#signal.aborted) this.#onChange();
      }
    } catch (error) {
      this.#limited = `changes are not noticed at once: ${messageOf(error)}`;
    } finally {
      this.#isFlushing = false;
    }
  }

  /** Watches folders that came and lets go of those that went. */
  async #follow(touched: ReadonlySet<string>): Promise<void> {
    if (this.#disk.watchesRecursively) return;
    const rules = this.#rules();
    if (rules !== this.#rulesInUse) {
      // Other rules carry other folders: start over.
      this.#rulesInUse = rules;
      this.#drop('');
      await this.#add('');
      return;
    }
    const here: string[] = [];
    // Those that went first: a renamed folder would otherwise be watched under both names.
    for (const path of touched) {
      const stat = await this.#disk.stat(this.#absolute(path)).catch(() => undefined);
      if (stat?.kind === 'folder') here.push(path);
      else this.#drop(path);
    }
    for (const path of here) if (path === '' || !rules.ignores(path, true)) await this.#add(path);
  }

  #absolute(path: string): string {
    return join(this.#root, path);
  }
}

function childOf(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** Undefined for what is no limit: a folder that went meanwhile, or one the scan reports. */
function limitWords(error: unknown, folder: string): string | undefined {
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EACCES':
    case 'EPERM':
      return undefined;
    case 'ENOSPC':
      return 'the system allows no more watches (fs.inotify.max_user_watches): changes in some folders are found by the periodic scan only';
    case 'EMFILE':
    case 'ENFILE':
      return 'the system allows no more open watches or files: changes in some folders are found by the periodic scan only';
    default:
      return `changes in ${folder === '' ? 'the folder' : folder} are found by the periodic scan only: ${messageOf(error)}`;
  }
}
