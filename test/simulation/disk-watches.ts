/** Who is told of changes on a simulated disk: later in the same turn, as systems tell it. */
import type { DiskNode, FolderNode } from './disk-nodes.ts';

interface Watch {
  readonly onChange: (name: string | undefined) => void;
  readonly signal: AbortSignal;
}

export class Watches {
  readonly #byNode = new Map<DiskNode, Set<Watch>>();
  readonly #recursive: boolean;

  constructor(recursive: boolean) {
    this.#recursive = recursive;
  }

  get isEmpty(): boolean {
    return this.#byNode.size === 0;
  }

  add(node: DiskNode, watch: Watch): void {
    if (watch.signal.aborted) return;
    const there = this.#byNode.get(node) ?? new Set();
    this.#byNode.set(node, there.add(watch));
    const drop = () => {
      there.delete(watch);
      if (there.size === 0 && this.#byNode.get(node) === there) this.#byNode.delete(node);
    };
    watch.signal.addEventListener('abort', drop, { once: true });
  }

  /** Everyone who watches is gone: their process, or the machine, has ended. */
  clear(): void {
    this.#byNode.clear();
  }

  /** Something changed about an entry of this folder. */
  tell(folder: FolderNode, name: string): void {
    if (this.isEmpty) return;
    let path = name;
    for (let at: FolderNode | undefined = folder; at !== undefined; at = at.parent) {
      this.#tellOne(at, path);
      if (!this.#recursive || at.parent === undefined) return;
      path = `${nameIn(at.parent, at)}/${path}`;
    }
  }

  /** What is watched was itself changed, moved or removed: told in the words of such an entry. */
  tellSelf(node: DiskNode, name: string): void {
    this.#tellOne(node, name);
  }

  #tellOne(node: DiskNode, name: string): void {
    for (const { onChange, signal } of this.#byNode.get(node) ?? []) {
      const tell = () => {
        if (!signal.aborted) onChange(name);
      };
      void Promise.resolve().then(tell);
    }
  }
}

function nameIn(parent: FolderNode, folder: FolderNode): string {
  for (const { name, node } of parent.entries.values()) if (node === folder) return name;
  return '';
}
