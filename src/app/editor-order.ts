/** The order of what is in a folder, as editors and note apps set it. */
import { SatchelError } from '../base/errors.ts';
import { claimantsOf, isClaimedBelow } from '../replica/records.ts';
import type { Engine } from '../sync/engine.ts';
import { orderedFolders, orderKeysOf, saveOrderKeys } from '../sync/orders.ts';
import { findCollection } from './collection-list.ts';
import { keysToSet, namesInOrder } from './order-keys.ts';
import type { Session } from './session.ts';

/** The names in a folder that have a place in its order, in that order. */
export function orderOf(session: Session, name: string, folder: string): readonly string[] {
  const { id } = findCollection(session, name);
  return namesInOrder(orderKeysOf(session.engine, id, folder));
}

/**
 * Puts names in this order; others that were in it before follow, and those of what is gone are
 * dropped. Two devices that move different names agree on both.
 * @returns the whole order.
 * @throws SatchelError `usage` for what cannot be a name.
 */
export function reorder(
  session: Session,
  collectionName: string,
  folder: string,
  order: readonly string[],
): readonly string[] {
  const { engine } = session;
  const { id } = findCollection(session, collectionName);
  const wrong = order.find((name) => name.includes('/') || !name.isWellFormed());
  if (wrong !== undefined || new Set(order).size < order.length) {
    throw new SatchelError('usage', 'The order holds what is no name, or a name twice.', {
      hint: 'Give names of files and folders, without "/", each once.',
    });
  }
  return engine.db.transaction(() => {
    const known = orderKeysOf(engine, id, folder);
    const given = new Set(order);
    const others = namesInOrder(known).filter((name) => !given.has(name));
    const kept = others.filter((name) => isThere(engine, id, pathIn(folder, name)));
    const changes = new Map<string, string | undefined>(keysToSet([...order, ...kept], known));
    for (const name of others) if (!kept.includes(name)) changes.set(name, undefined);
    saveOrderKeys(engine, id, folder, changes);
    return namesInOrder(orderKeysOf(engine, id, folder));
  });
}

/** Gives what was moved its former place in the order, where its folder stayed the same. */
export function carryOrder(engine: Engine, collection: string, from: string, to: string): void {
  if (from === to) return;
  engine.db.transaction(() => {
    const [fromFolder, fromName] = splitPath(from);
    const [toFolder, toName] = splitPath(to);
    const key = orderKeysOf(engine, collection, fromFolder).get(fromName);
    if (key !== undefined) {
      const isRename = fromFolder === toFolder;
      const changes: [string, string | undefined][] = [[fromName, undefined]];
      if (isRename) changes.push([toName, key]);
      saveOrderKeys(engine, collection, fromFolder, new Map(changes));
    }
    for (const folder of orderedFolders(engine, collection)) {
      if (folder !== from && !folder.startsWith(`${from}/`)) continue;
      const keys = orderKeysOf(engine, collection, folder);
      saveOrderKeys(engine, collection, to + folder.slice(from.length), keys);
      const gone = [...keys.keys()].map((name) => [name, undefined] as const);
      saveOrderKeys(engine, collection, folder, new Map(gone));
    }
  });
}

/** True where the collection has something of that name, on this device or not. */
function isThere(engine: Engine, collection: string, path: string): boolean {
  const claim = engine.kindOf(collection)?.claimOf({ path }) ?? path;
  const { db } = engine;
  return claimantsOf(db, collection, claim).length > 0 || isClaimedBelow(db, collection, claim);
}

function pathIn(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

function splitPath(path: string): readonly [folder: string, name: string] {
  const at = path.lastIndexOf('/');
  return [path.slice(0, Math.max(0, at)), path.slice(at + 1)];
}
