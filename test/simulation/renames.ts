/** I8: who edits a file that somebody else renames meanwhile finds the edit under the new name. */

import { withoutSuffix } from '../../src/kinds/files/names.ts';
import { foldedName, hashOf, type Oracle } from './oracle.ts';
import { VAULT_ROOT } from './program.ts';
import { living, type World } from './world.ts';

/**
 * Looks at contents that were moved once, to a name of their own, and edited once, elsewhere: what
 * became of them has only one right place.
 */
export function renameProblems(world: World): string[] {
  const [last] = living(world).slice(-1);
  if (last === undefined) return [];
  const tree = last.disk.person.tree(VAULT_ROOT);
  const placeOf = new Map(Object.entries(tree).map(([at, text]) => [hashOf(text), at]));
  const followers = editsThatFollow(world.oracle).filter(({ after }) => placeOf.has(after));
  const beside = followers.filter(({ isBeside }) => isBeside);
  world.ask('asked I8: edit beside a rename', beside.length);
  return misplaced(world.oracle, followers, placeOf);
}

export interface Follower {
  /** What was written, as its hash. */
  readonly after: string;
  /** The name that somebody gave the file. */
  readonly to: string;
  /** Made elsewhere, under the former name. */
  readonly isBeside: boolean;
}

/** @param placeOf where each content is in the end, by its hash. */
export function misplaced(
  oracle: Oracle,
  followers: readonly Follower[],
  placeOf: ReadonlyMap<string, string>,
): string[] {
  return followers.flatMap(({ after, to }) => {
    const place = placeOf.get(after);
    if (place === undefined || ownName(place) === ownName(to)) return [];
    return [`"${oracle.wordsOf(after)}" is at ${place}, and not at ${to}`];
  });
}

/** A name as the record has it: a disk that folds names shows its twin with a suffix, others do not. */
function ownName(place: string): string {
  return withoutSuffix(place)?.path ?? place;
}

/** Edits of which only one place is right. */
export function editsThatFollow(oracle: Oracle): Follower[] {
  return oracle.moves.flatMap(({ machine, hash, from, to }) => {
    // Who was shown an earlier or a later content of the file may have renamed it as well; a name that
    // it had when it was moved from there was seen.
    const line = lineOf(oracle, hash);
    const moves = oracle.moves.filter((move) => line.has(move.hash) && move.to !== from);
    const isOnlyMove = moves.length === 1;
    const edits = oracle.editsOf(hash);
    const [edit] = edits;
    if (!isOnlyMove || edits.length !== 1 || edit?.after === undefined) return [];
    if (!oracle.isUnique(hash) || !oracle.isUnique(edit.after)) return [];
    // Where it stood under a third name, a rename of what was there before had come between.
    if (edit.place !== from && edit.place !== to) return [];
    if (oracle.touchCount(hash) !== 1 || oracle.touchesOf(edit.after).size > 0) return [];
    // Another file that begins under the old name, or comes there, may be taken for the one that was
    // moved.
    const isOldName = (name = '') => foldedName(name) === foldedName(from);
    const begun = oracle.edits.filter((one) => one.before === undefined && isOldName(one.place));
    const isShared = begun.length > 1 || oracle.hasArrival(from);
    if (isShared || oracle.editsOf(edit.after).length > 0) return [];
    return [{ after: edit.after, to, isBeside: edit.place === from && edit.machine !== machine }];
  });
}

/** Contents that became this one by edits, or came of it. */
function lineOf({ edits }: Oracle, hash: string): ReadonlySet<string> {
  const line = new Set([hash]);
  for (let count = 0; count < line.size; ) {
    count = line.size;
    for (const { before, after } of edits) {
      if (before === undefined || after === undefined) continue;
      if (line.has(before)) line.add(after);
      else if (line.has(after)) line.add(before);
    }
  }
  return line;
}
