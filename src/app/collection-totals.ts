/** How much is in a collection, and who changed it last. */
import { stateOfCollection } from '../replica/moments.ts';
import type { ListedCollection } from './collection-list.ts';
import type { Session } from './session.ts';
import { treeSource } from './tree-at.ts';
import { readNodes, type TreeNode } from './tree-nodes.ts';

export interface CollectionTotals {
  /** Files and links that are there now, and the bytes of their content. */
  readonly files: number;
  readonly sizeBytes: number;
  /** The newest save or deletion; undefined where nothing was ever saved. */
  readonly last: { readonly timeMs: number; readonly device: string } | undefined;
}

interface Kept {
  readonly state: string;
  readonly totals: CollectionTotals;
}

/** Works out totals, which takes a second for a large collection, and keeps them until it changes. */
export class TotalsReader {
  readonly #kept = new Map<string, Kept>();
  /** What is being worked out: of a collection that changes all the time, once at a time. */
  readonly #running = new Map<string, Promise<CollectionTotals>>();

  /**
   * @param session in which the collection can be read; see `Elsewhere.session`.
   * @returns undefined for a kind that this device does not know.
   */
  async totals(
    session: Session,
    collection: ListedCollection,
  ): Promise<CollectionTotals | undefined> {
    if (!session.kinds.has(collection.kind)) return undefined;
    const { id } = collection;
    // This began before it was asked for here, and may be old by now.
    await this.#running.get(id);
    const state = stateIn(session, id);
    const kept = this.#kept.get(id);
    if (kept?.state === state) return kept.totals;
    const running = this.#running.get(id) ?? this.#begin(session, collection, state);
    return await running;
  }

  async #begin(
    session: Session,
    collection: ListedCollection,
    state: string,
  ): Promise<CollectionTotals> {
    const { id } = collection;
    const work = readNodes(treeSource(session, collection), undefined).then(sumUp);
    this.#running.set(id, work);
    try {
      const totals = await work;
      this.#kept.set(id, { state, totals });
      return totals;
    } finally {
      this.#running.delete(id);
    }
  }
}

/** The same collection may be read in the replica of the home now, and was in another before. */
function stateIn({ engine: { db } }: Session, id: string): string {
  return `${db.path} ${stateOfCollection(db, id)}`;
}

/** Pure. */
export function sumUp(nodes: readonly TreeNode[]): CollectionTotals {
  let files = 0;
  let sizeBytes = 0;
  let last: CollectionTotals['last'];
  for (const { kind, size, isGone, timeMs, device } of nodes) {
    if (timeMs > (last?.timeMs ?? Number.NEGATIVE_INFINITY)) last = { timeMs, device };
    if (isGone || kind === 'folder') continue;
    files += 1;
    sizeBytes += size;
  }
  return { files, sizeBytes, last };
}
