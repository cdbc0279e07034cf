/** Content that a version takes from another one, read once more where that one stands. */
import { isErrorKind } from '../base/errors.ts';
import type { Commit, Version } from '../format/commit.ts';
import { keepContent } from '../replica/contents.ts';
import { allPeers } from '../replica/peers.ts';
import { readHead, tailsOf, unitsOf } from './bucket-heads.ts';
import type { Engine } from './engine.ts';
import { readSegment } from './fetch.ts';

/**
 * Reads the inline content of the version that `of` names into the replica, which may have let it
 * go (rule S12): from its author's head, segments and archives, or those of whoever keeps them.
 */
export async function readSource(
  engine: Engine,
  collection: string,
  [author, n, id]: NonNullable<Version['of']>,
): Promise<void> {
  const keep = (commits: readonly Commit[]): boolean => {
    const source = commits
      .filter((commit) => commit.n === n)
      .flatMap(({ versions }) => versions)
      .find((version) => version.id === id);
    if (source?.text === undefined && source?.bytes === undefined) return false;
    keepContent(engine.db, source);
    return true;
  };
  const adopters = allPeers(engine.db).filter(({ head }) => head?.adopted?.[author] !== undefined);
  for (const holder of [author, ...adopters.map(({ device }) => device)]) {
    const found = await readHead(engine, holder);
    if (!('head' in found)) continue;
    for (const [tailOf, commits] of tailsOf(found.head)) {
      if (holder === author && tailOf === collection && keep(commits)) return;
    }
    for (const unit of unitsOf(holder, found.head)) {
      const [, from, to] = unit.entry;
      if (unit.author !== author || unit.collection !== collection || n < from || n > to) continue;
      if (keep(await commitsIn(engine, unit.key))) return;
    }
  }
}

async function commitsIn(engine: Engine, key: string): Promise<readonly Commit[]> {
  try {
    return (await readSegment(engine, key)).commits;
  } catch (error) {
    // Another object may have it as well; if none has, the content is told to be missing.
    if (!isErrorKind(error, 'damaged')) throw error;
    return [];
  }
}
