/** The tree of a collection at a moment, or now, in pages. */
import type { AnswerOf } from '../api/route.ts';
import type { treeRoute } from '../api/time.ts';
import { SatchelError } from '../base/errors.ts';
import { stateOfCollection } from '../replica/moments.ts';
import type { ListedCollection } from './collection-list.ts';
import { deviceNames } from './devices.ts';
import type { Session } from './session.ts';
import { listFolder, pageOf, type TreeLine } from './tree-list.ts';
import { readNodes, readPlacedNodes, type TreeNode, type TreeSource } from './tree-nodes.ts';

export type Tree = Omit<AnswerOf<typeof treeRoute>, 'trouble'>;

export interface TreeQuery {
  /** From the top of the collection; empty for the top. */
  readonly folder: string;
  /** Milliseconds since the Unix epoch; undefined for now. */
  readonly atMs: number | undefined;
  /** Also what was deleted before, and can be brought back. */
  readonly deleted: boolean;
  /** Part of a path, in any case: every file below the folder that has it. */
  readonly search?: string | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

interface Kept<T extends object> {
  readonly of: string;
  readonly what: WeakRef<T>;
}

/**
 * Reads trees, and keeps the last one for the next page as long as nobody needs its memory. For one
 * home.
 */
export class TreeReader {
  #nodes: Kept<readonly TreeNode[]> | undefined;
  #lines: Kept<readonly TreeLine[]> | undefined;

  /**
   * A page of a folder, or of what is searched for. Everything is worked out for the first page;
   * further ones, other folders and other words of the same moment are cut from that.
   * @throws SatchelError `usage` for a collection of a kind that this device does not know.
   */
  async page(session: Session, collection: ListedCollection, query: TreeQuery): Promise<Tree> {
    const { nodes, of } = await this.#read(session, collection, query.atMs);
    const { lines, next, total } = pageOf(this.#list(nodes, of, query), query.after, query.limit);
    const nameOfDevice = deviceNames(session);
    const entries = lines.map(({ timeMs, device, isGone, ...line }) => ({
      ...line,
      time: new Date(timeMs).toISOString(),
      device: nameOfDevice(device),
      deleted: isGone,
    }));
    return { entries, next, total };
  }

  async #read(
    session: Session,
    collection: ListedCollection,
    atMs: number | undefined,
  ): Promise<{ readonly nodes: readonly TreeNode[]; readonly of: string }> {
    const source = treeSource(session, collection);
    const state = stateOfCollection(session.engine.db, collection.id);
    const of = JSON.stringify([collection.id, atMs ?? null, state]);
    const kept = this.#nodes?.of === of ? this.#nodes.what.deref() : undefined;
    const nodes =
      kept ?? (await (atMs === undefined ? readPlacedNodes(source) : readNodes(source, atMs)));
    if (kept === undefined) this.#nodes = { of, what: new WeakRef(nodes) };
    return { nodes, of };
  }

  #list(nodes: readonly TreeNode[], of: string, query: TreeQuery): readonly TreeLine[] {
    const { folder, deleted, search } = query;
    const name = JSON.stringify([of, folder, deleted, search ?? '']);
    const kept = this.#lines?.of === name ? this.#lines.what.deref() : undefined;
    const lines = kept ?? listFolder(nodes, folder, { deleted, search });
    if (kept === undefined) this.#lines = { of: name, what: new WeakRef(lines) };
    return lines;
  }
}

/** @throws SatchelError `usage` for a collection of a kind that this device does not know. */
export function treeSource(session: Session, { id, name, kind }: ListedCollection): TreeSource {
  const known = session.kinds.get(kind);
  if (known !== undefined) return { engine: session.engine, collection: id, kind: known };
  throw new SatchelError('usage', `This Satchel does not know what is in "${name}".`, {
    hint: 'Install the newest Satchel on this device.',
  });
}
