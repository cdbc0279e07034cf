/** A replica that was left in a home by another repository than the one it is set up for. */
import { existsSync } from 'node:fs';
import { DamagedReplicaError, Database } from '../replica/database.ts';
import { getMeta } from '../replica/meta.ts';
import type { AppContext } from './context.ts';
import { replicaPath, setReplicaAside } from './home.ts';

/**
 * Sets such a replica aside: with it, the collections and the unsent changes of one repository
 * would be published into another. That of the same repository is gone on with.
 */
export function setForeignReplicaAside(context: AppContext, repository: string): void {
  const { home, clock, notice } = context;
  if (!existsSync(replicaPath(home))) return;
  const before = repositoryOf(replicaPath(home));
  if (before === undefined || before === repository) return;
  const aside = setReplicaAside(home, clock.now(), 'other-repository');
  notice(`The home held the replica of another repository. It is kept as ${aside}.`);
}

/** Undefined for a replica that was not begun, or cannot be read: the session sees to that. */
function repositoryOf(path: string): string | undefined {
  let db: Database | undefined;
  try {
    db = new Database(path);
    const isBegun = db.get("SELECT 1 FROM sqlite_schema WHERE name = 'meta'") !== undefined;
    return isBegun ? getMeta(db, 'repository') : undefined;
  } catch (error) {
    if (error instanceof DamagedReplicaError) return undefined;
    throw error;
  } finally {
    db?.close();
  }
}
