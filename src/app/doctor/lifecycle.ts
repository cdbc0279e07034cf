/** What a bucket's lifecycle rules do to what Satchel stores. Pure. */
import type { LifecycleRule } from '../../store/bucket-probe-seen.ts';
import { type Check, ok, problem } from './check.ts';

/** What must stay readable for as long as the repository is. See `docs/format.md`. */
const KEPT = ['satchel.json', 'keys/', 'heads/', 'segments/', 'blobs/', 'archive/'] as const;
/** Read for history only, so that hours of waiting do no harm. */
const MAY_BE_SLOW: readonly string[] = ['archive/'];

/** Storage classes whose objects have to be restored, for hours, before they can be read. */
const SLOW_CLASSES = new Set(['GLACIER', 'DEEP_ARCHIVE']);

const ID = 'lifecycle';

/**
 * A problem for each rule that would take away what Satchel keeps, or put it out of reach; else
 * one line that says that no rule does.
 * @param base what stands before our keys in the bucket: empty, or ending in `/`.
 */
export function lifecycleChecks(rules: readonly LifecycleRule[], base: string): readonly Check[] {
  const active = rules.filter((rule) => rule.isEnabled && !rule.hasTagFilter);
  const harms = active.flatMap((rule) => [
    ...expiryHarm(rule, base),
    ...transitionHarms(rule, base),
  ]);
  if (harms.length > 0) return harms;
  const slow = active.find(
    (rule) => slowTransitions(rule).length > 0 && touches(rule, base, MAY_BE_SLOW),
  );
  if (slow !== undefined) {
    return [
      ok(
        ID,
        `No lifecycle rule takes away what Satchel keeps; ${named(slow)} makes old history slow to read.`,
        'Versions that were moved there have to be restored by the service first, which takes hours.',
      ),
    ];
  }
  return [ok(ID, 'No lifecycle rule takes away what Satchel keeps.')];
}

/** After how many days old versions of heads are deleted; undefined where no rule does so. */
export function oldHeadsExpireDays(
  rules: readonly LifecycleRule[],
  base: string,
): number | undefined {
  const days = rules
    .filter((rule) => rule.isEnabled && !rule.hasTagFilter)
    .filter((rule) => `${base}heads/`.startsWith(rule.prefix))
    .flatMap((rule) => rule.noncurrentExpiresDays ?? []);
  return days.length === 0 ? undefined : Math.min(...days);
}

function expiryHarm(rule: LifecycleRule, base: string): readonly Check[] {
  const eaten = KEPT.filter((area) => touches(rule, base, [area]));
  if (rule.expires === undefined || eaten.length === 0) return [];
  return [
    problem(
      ID,
      `${capital(named(rule))} deletes objects below ${shownPrefix(rule)} ${rule.expires}, and with ` +
        `them ${listed(eaten, base)}: what was saved here would be lost.`,
      'Remove that rule, or limit it to another prefix. "satchel policy lifecycle" prints rules ' +
        'that go well with Satchel.',
    ),
  ];
}

function transitionHarms(rule: LifecycleRule, base: string): readonly Check[] {
  const slow = slowTransitions(rule);
  const areas = KEPT.filter((area) => !MAY_BE_SLOW.includes(area) && touches(rule, base, [area]));
  if (areas.length === 0) return [];
  return slow.map(({ storageClass, when }) =>
    problem(
      ID,
      `${capital(named(rule))} moves objects below ${shownPrefix(rule)} to ${storageClass} ${when}, ` +
        `and with them ${listed(areas, base)}: they could not be read without being restored first.`,
      'Limit that rule to archive/, or choose a storage class that is read at once, such as GLACIER_IR.',
    ),
  );
}

function slowTransitions({ transitions }: LifecycleRule): LifecycleRule['transitions'] {
  return transitions.filter(({ storageClass }) => SLOW_CLASSES.has(storageClass));
}

/** True where some object of these areas could fall under the rule. */
function touches({ prefix }: LifecycleRule, base: string, areas: readonly string[]): boolean {
  return areas.some((area) => {
    const ours = `${base}${area}`;
    return ours.startsWith(prefix) || prefix.startsWith(ours);
  });
}

function named(rule: LifecycleRule): string {
  return `the lifecycle rule "${rule.id}"`;
}

function shownPrefix({ prefix }: LifecycleRule): string {
  return prefix === '' ? 'the whole bucket' : `"${prefix}"`;
}

function listed(areas: readonly string[], base: string): string {
  if (areas.length === KEPT.length) return 'everything of Satchel';
  return areas.map((area) => `${base}${area}`).join(', ');
}

function capital(text: string): string {
  return `${text[0]?.toUpperCase()}${text.slice(1)}`;
}
