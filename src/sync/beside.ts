/** What a version names in `beside`, `unseen` and `parents` when it is committed (rules S1, S3). Pure. */
import type { Version } from '../format/commit.ts';
import {
  covers,
  currentAmong,
  type Ends,
  isOrphan,
  type Placed,
  sidesOf,
  supersedes,
} from './merge.ts';

/** The known copies of a version, by its id. */
type CopiesOf = (id: string) => readonly Placed[];

/** What a version names beside what its person was not shown: nothing where there is no such thing. */
export interface Names {
  /**
   * The versions current at commit time that the person was not shown, and the `unseen` ones that
   * only those supersede: all of that stands.
   */
  readonly beside: readonly string[];
  /**
   * Versions with contents that those in `beside` only carry on, as a rename does, where the person
   * saw no such content: else it would count as seen and replaced, for it is inside the clock.
   */
  readonly unseen: readonly string[];
  /** Such versions that the person had seen, of what is in `beside` and of what was shown. */
  readonly parents: readonly string[];
}

/** Ids of versions that the person was shown. */
export interface WasShown {
  /** Those that were sent. */
  readonly saw: readonly string[];
  /** Those that the version names, with writes of this device that never were sent (rule S9). */
  readonly parents: readonly string[];
}

/**
 * What a version names when it is committed.
 * @param committed the versions that are current then.
 */
export function namesOf(
  committed: readonly Placed[],
  shown: WasShown,
  copiesOf: CopiesOf,
  ends: Ends,
): Names {
  const { saw } = shown;
  const overlooked = committed.filter(({ version }) => !saw.includes(version.id));
  if (overlooked.length === 0) return { beside: [], unseen: [], parents: [] };
  const unseen = carriedOn(
    overlooked.filter((known) => !hasSeenContent(shown, known, copiesOf, ends)),
  );
  // What others superseded, too, this version supersedes in their stead: they may go to an archive,
  // and who comes later would find what `beside` names current once more.
  const stands = (id: string): boolean =>
    copiesOf(id).every(
      (copy) => isOrphan(copy, ends) || overlooked.some((other) => supersedes(other, copy, ends)),
    );
  const seen = overlooked.filter(
    ({ version: { of } }) => of !== undefined && hasSeen(shown, of, copiesOf, ends),
  );
  return {
    beside: unique([...overlooked.map(({ version }) => version.id), ...unseen.filter(stands)]),
    unseen,
    parents: carriedOn([...saw.flatMap(copiesOf), ...seen]),
  };
}

/** The ids of the versions whose content these carry on. */
function carriedOn(carriers: readonly Placed[]): string[] {
  return unique(carriers.flatMap(({ version: { of } }) => of?.[2] ?? []));
}

/**
 * A version as it is committed. Beside something that was not shown, what else is in the clock counts
 * as seen only where `parents` names it (see `hasSurelySeen`).
 */
export function withNames(version: Version, { beside, unseen, parents }: Names): Version {
  if (beside.length === 0) return version;
  const all = unique([...(version.parents ?? []), ...parents]);
  const others = unseen.filter((id) => !beside.includes(id));
  return {
    ...version,
    ...(all.length > 0 ? { parents: all } : {}),
    beside: [...beside],
    ...(others.length > 0 ? { unseen: others } : {}),
  };
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

/** True if the person had seen the content that a version carries on, or an equal one on view. */
function hasSeenContent(
  shown: WasShown,
  { version: { hash, of } }: Placed,
  copiesOf: CopiesOf,
  ends: Ends,
): boolean {
  if (of === undefined) return false;
  const isOnView = (ids: readonly string[]): boolean => {
    const copies = ids.map(copiesOf);
    // What was never sent, or is not known any more, may have been on view in the place of the rest.
    if (copies.some(({ length }) => length === 0)) return false;
    // By sides: of a content that is only carried on, and that another one shown had replaced, the
    // person saw nothing. In a conflict nobody can tell which of them was on view.
    const [side, ...others] = sidesOf(currentAmong(copies.flat(), ends), ends);
    return side?.hash === hash && others.length === 0;
  };
  return hasSeen(shown, of, copiesOf, ends, isOnView);
}

/**
 * True if the person had seen a version: it is in what was shown, or in what those who wrote that had
 * been shown, and so on.
 * @param isAsGood tells of what was shown together whether that does as well.
 */
function hasSeen(
  { saw, parents }: WasShown,
  [device, n, id]: NonNullable<Version['of']>,
  copiesOf: CopiesOf,
  ends: Ends,
  isAsGood: (ids: readonly string[]) => boolean = () => false,
): boolean {
  const met = new Set<string>();
  // A list is gone through with what is added meanwhile.
  const views: (readonly string[])[] = [unique([...saw, ...parents])];
  for (const view of views) {
    if (view.includes(id) || isAsGood(view)) return true;
    for (const known of view.flatMap(copiesOf)) {
      const { id: shownId, beside = [], parents: before = [] } = known.version;
      // Whoever did not have it applied had not seen it, and nor had those before.
      if (met.has(shownId) || !covers(known, device, n, ends)) continue;
      // Whoever had it applied, and overlooked nothing, had seen it.
      if (beside.length === 0) return true;
      met.add(shownId);
      views.push(before);
    }
  }
  return false;
}
