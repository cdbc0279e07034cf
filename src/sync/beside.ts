/** What a version names in `beside` when it is committed (rule S1). Pure. */
import { covers, type Ends, isOrphan, type Placed, supersedes } from './merge.ts';

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
 * True if the person had seen the content that a version carries on: in what was shown, or in what
 * those who wrote that had been shown, and so on.
 */
function hasSeenContent(
  saw: ReadonlySet<string>,
  { version: { hash, of } }: Placed,
  copiesOf: CopiesOf,
  ends: Ends,
): boolean {
  if (of === undefined) return false;
  const [device, n, source] = of;
  // A set is gone through in the order of insertion, with what is added meanwhile.
  const seen = new Set(saw);
  for (const id of seen) {
    for (const known of copiesOf(id)) {
      const { beside = [], parents = [] } = known.version;
      if (id === source || known.version.hash === hash) return true;
      // Whoever did not have the source applied had not seen it, and nor had those before.
      if (!covers(known, device, n, ends)) continue;
      if (beside.length === 0) return true;
      for (const parent of parents) seen.add(parent);
    }
  }
  return false;
}
