/** What a version names in `beside` and `parents` when it is committed (rules S1, S3). Pure. */
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

/**
 * The versions current at commit time that the person was not shown. Where one of them only carries
 * content on, as a rename does, also the version that content is from, unless the person had seen
 * that content: else it would count as seen and replaced, for it is inside the commit's clock. But
 * only where what carries it on supersedes every copy of it: another version that does may go to an
 * archive once this commit supersedes it, and who comes after that would find the copy current.
 * @param saw the ids of the versions that the person was shown.
 */
export function besideOf(
  committed: readonly Placed[],
  saw: ReadonlySet<string>,
  copiesOf: CopiesOf,
  ends: Ends,
): string[] {
  const unseen = committed.filter(({ version }) => !saw.has(version.id));
  const isSuperseded = (id: string): boolean =>
    copiesOf(id).every(
      (copy) => isOrphan(copy, ends) || unseen.some((other) => supersedes(other, copy, ends)),
    );
  const sources = unseen.flatMap((carrier) => {
    const id = carrier.version.of?.[2];
    if (id === undefined || hasSeenContent(saw, carrier, copiesOf, ends)) return [];
    return isSuperseded(id) ? [id] : [];
  });
  return [...new Set([...unseen.map(({ version }) => version.id), ...sources])];
}

/**
 * A version as it is committed. Beside something that was not shown, what else is in the clock counts
 * as seen only where it is named (see `hasSurelySeen`).
 */
export function withBeside(
  version: Version,
  beside: string[],
  seen: () => readonly string[],
): Version {
  if (beside.length === 0) return version;
  const parents = [...new Set([...(version.parents ?? []), ...seen()])];
  return { ...version, ...(parents.length > 0 ? { parents } : {}), beside };
}

/**
 * The versions that set contents, and that the person had seen, which others only carry on: a later
 * version that carries one of them on as well has nothing new for that person.
 */
export function sourcesSeen(
  committed: readonly Placed[],
  saw: ReadonlySet<string>,
  copiesOf: CopiesOf,
  ends: Ends,
): string[] {
  const shown = [...saw].flatMap(copiesOf);
  const unseen = committed.filter(
    ({ version: { id, of } }) =>
      of !== undefined && !saw.has(id) && hasSeen(saw, of, copiesOf, ends),
  );
  return [...new Set([...shown, ...unseen].flatMap(({ version: { of } }) => of?.[2] ?? []))];
}

/** True if the person had seen the content that a version carries on, or an equal one on view. */
function hasSeenContent(
  saw: ReadonlySet<string>,
  { version: { hash, of } }: Placed,
  copiesOf: CopiesOf,
  ends: Ends,
): boolean {
  if (of === undefined) return false;
  // By sides: of a content that is only carried on, and that another one shown had replaced, the
  // person saw nothing. In a conflict nobody can tell which of them was on view.
  const isOnView = (shown: readonly Placed[]): boolean => {
    const [side, ...others] = sidesOf(currentAmong(shown, ends), ends);
    return side?.hash === hash && others.length === 0;
  };
  return hasSeen(saw, of, copiesOf, ends, isOnView);
}

/**
 * True if the person had seen a version: it is in what was shown, or in what those who wrote that had
 * been shown, and so on.
 * @param isAsGood tells of what was shown together whether that does as well.
 */
function hasSeen(
  saw: ReadonlySet<string>,
  [device, n, id]: NonNullable<Version['of']>,
  copiesOf: CopiesOf,
  ends: Ends,
  isAsGood: (shown: readonly Placed[]) => boolean = () => false,
): boolean {
  const met = new Set<string>();
  // A list is gone through with what is added meanwhile.
  const views: (readonly string[])[] = [[...saw]];
  for (const view of views) {
    const shown = view.flatMap(copiesOf);
    if (view.includes(id) || isAsGood(shown)) return true;
    for (const known of shown) {
      const { beside = [], parents = [] } = known.version;
      // Whoever did not have it applied had not seen it, and nor had those before.
      if (met.has(known.version.id) || !covers(known, device, n, ends)) continue;
      // Whoever had it applied, and overlooked nothing, had seen it.
      if (beside.length === 0) return true;
      met.add(known.version.id);
      views.push(parents);
    }
  }
  return false;
}
