/** Which versions of this device's collections have their content in which blobs. */
import { type KeptVersion, versionsWithBlobs } from '../replica/thinning.ts';
import { type Engine, workedOn } from './engine.ts';
import { planHistory, thinnable } from './prune-history.ts';

export type BlobUsers = ReadonlyMap<string, readonly KeptVersion[]>;

/** Published versions by blob: current ones, and those that history keeps. */
export function usersOfBlobs(engine: Engine): BlobUsers {
  const here = new Set(workedOn(engine));
  const letGo = new Map(thinnable(engine).map((id) => [id, planHistory(engine, id)]));
  const users = new Map<string, KeptVersion[]>();
  for (const user of versionsWithBlobs(engine.db)) {
    const { collection, version } = user;
    if (!here.has(collection) || letGo.get(collection)?.has(version.id) === true) continue;
    for (const [id] of version.blobs ?? []) {
      const others = users.get(id);
      if (others === undefined) users.set(id, [user]);
      else others.push(user);
    }
  }
  return users;
}
