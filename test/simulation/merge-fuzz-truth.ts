/**
 * The oracle: what each author had been shown, as explicit sets, and what follows from them by the
 * rules in docs/sync.md. It knows no clocks, no `beside` and none of the code under test.
 */
import type { FieldValue } from '../../src/sync/kind.ts';

/** What a version was to the person who made it. */
export interface Fact extends Setters {
  readonly id: string;
  readonly record: string;
  readonly isGone: boolean;
  readonly stamp: readonly [timeMs: number, device: string];
  readonly hash: string;
  /** The versions that set the content which this one only kept: none where it set its own. */
  readonly keeps: readonly string[];
  /**
   * The contents that its author had on view, from what was shown to what this one took the place of;
   * none where it settles a conflict, for that is about versions.
   */
  readonly onView: readonly string[];
  /** The versions that were shown to its author when it was made. */
  readonly shown: readonly string[];
  /** Every version that had been shown to its author, or to the authors of those, and so on. */
  readonly seen: ReadonlySet<string>;
}

/** The fields of a version, with the stamp that set each, or took it away. */
export interface Setters {
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly setBy: Readonly<Record<string, readonly [timeMs: number, device: string]>>;
}

export type Truth = Map<string, Fact>;

/**
 * For each version that came to a commit: what was current on the device by then, and had not been
 * shown to its author.
 */
export type Overlooked = Map<string, ReadonlySet<string>>;

/** What is known of all versions. */
export interface Oracle {
  readonly truth: Truth;
  readonly overlooked: Overlooked;
  /** True once an identity ended: what is written again may no longer count as seen (rule S9a). */
  readonly hasEnds: boolean;
}

/** Notes a commit of a version on a device that knows the given ones. */
export function noteCommit(oracle: Oracle, id: string, known: Iterable<string>): void {
  const { truth, overlooked } = oracle;
  const { seen } = factOf(truth, id);
  const current = trueCurrentOf([...new Set(known)].map((other) => factOf(truth, other)));
  const missed = current.filter((other) => other.id !== id && !seen.has(other.id));
  overlooked.set(id, new Set(missed.map((other) => other.id)));
}

/** A rule is broken. The message begins with its number. */
export class Violation extends Error {}

export function check(isKept: boolean, rule: string, what: () => string): void {
  if (!isKept) throw new Violation(`${rule}: ${what()}`);
}

export function factOf(truth: Truth, id: string): Fact {
  const fact = truth.get(id);
  if (fact === undefined) throw new Error(`nobody wrote version ${id}`);
  return fact;
}

/** What a person who looks at these versions has seen, and what their authors had. */
export function seenBy(truth: Truth, shown: Iterable<string>): Set<string> {
  const seen = new Set<string>();
  for (const id of shown) {
    seen.add(id);
    for (const earlier of factOf(truth, id).seen) seen.add(earlier);
  }
  return seen;
}

/** Who set the content that somebody keeps who was shown these versions: those that came last. */
export function settersOf(truth: Truth, shown: Iterable<string>, hash: string): readonly string[] {
  const equal = [...shown].map((id) => factOf(truth, id)).filter((fact) => fact.hash === hash);
  const setters = equal.flatMap(originsOf);
  return trueCurrentOf([...new Set(setters)].map((id) => factOf(truth, id))).map(({ id }) => id);
}

/** S1: those among the versions of one record that nobody had been shown who wrote another. */
export function trueCurrentOf(facts: readonly Fact[]): Fact[] {
  return facts.filter((fact) => !facts.some((other) => other.seen.has(fact.id)));
}

/** Whether a content that is only kept counts beside the others (rule S3). */
type Replaced = 'no' | 'perhaps' | 'yes';

/**
 * S3: a side is none if another author had seen its content and replaced it. Both answers are right
 * where what that author had seen is an equal content of other origin, and where the author saw it
 * some time before, while something else was overlooked: then a conflict more is the careful answer.
 */
function isReplaced(oracle: Oracle, hash: string, live: readonly Fact[]): Replaced {
  let answer: Replaced = 'yes';
  const others = live.filter((other) => other.hash !== hash);
  for (const fact of live) {
    if (fact.hash !== hash) continue;
    const { keeps } = fact;
    if (keeps.length === 0) return 'no';
    const isSurely = others.some((other) =>
      keeps.every((source) => hasReplaced(oracle, other, fact.id, source)),
    );
    if (isSurely) continue;
    if (!others.some((other) => hasSeenContent(oracle, other, fact))) return 'no';
    answer = 'perhaps';
  }
  return answer;
}

function hasReplaced(oracle: Oracle, other: Fact, carrier: string, source: string): boolean {
  if (!other.seen.has(source)) return false;
  const missed = oracle.overlooked.get(other.id);
  const isCarrierMissed = missed === undefined || missed.size === 0 || missed.has(carrier);
  // What was shown, or what that carried on: of several that set the same content it names one.
  const isShown = (id: string): boolean =>
    id === source || originsOf(factOf(oracle.truth, id)).every((origin) => origin === source);
  return isCarrierMissed || other.shown.some(isShown);
}

/**
 * True if the author had the content on view, or saw one of other origin than those which had been
 * replaced before it was set as it is now; or if an author before knew of that, and had it on view.
 */
function hasSeenContent(oracle: Oracle, fact: Fact, { hash, keeps }: Fact): boolean {
  const { truth, overlooked } = oracle;
  if (fact.onView.includes(hash)) return true;
  const sources = keeps.map((id) => factOf(truth, id));
  const isOther = (origin: string): boolean => !sources.every(({ seen }) => seen.has(origin));
  const knew = ({ id }: Fact): boolean =>
    [...(overlooked.get(id) ?? [])].some((missed) =>
      keeps.some((source) => source === missed || factOf(truth, missed).seen.has(source)),
    );
  return [...fact.seen]
    .map((id) => factOf(truth, id))
    .some(
      (earlier) =>
        (earlier.hash === hash && originsOf(earlier).some(isOther)) ||
        (earlier.onView.includes(hash) && knew(earlier)),
    );
}

/** The versions that set the content of this one. */
function originsOf({ id, keeps }: Fact): readonly string[] {
  return keeps.length > 0 ? keeps : [id];
}

/** The contents that have to be sides, and those that may be. */
export interface TrueSides {
  readonly must: ReadonlySet<string>;
  readonly may: ReadonlySet<string>;
  /** Those that are not surely replaced: as `may`, except where there are no sides but those. */
  readonly open: ReadonlySet<string>;
}

export function trueSides(oracle: Oracle, current: readonly Fact[]): TrueSides {
  const live = current.filter((fact) => !fact.isGone);
  const all = new Set(live.map((fact) => fact.hash));
  const answers = [...all].map((hash) => [hash, isReplaced(oracle, hash, live)] as const);
  const must = new Set(answers.flatMap(([hash, answer]) => (answer === 'no' ? [hash] : [])));
  const open = new Set(answers.flatMap(([hash, answer]) => (answer === 'yes' ? [] : [hash])));
  if (must.size > 0) return { must, may: open, open };
  // Where all replaced each other, as two renames can that settle a conflict, all stand: unless
  // one may have been written again, which leaves the others replaced.
  return { must: open.size === 0 && !oracle.hasEnds ? all : must, may: all, open };
}

export function setBy(
  fields: Setters['fields'],
  stamps: Setters['setBy'] | undefined,
  stamp: readonly [timeMs: number, device: string],
): Setters['setBy'] {
  const names = Object.keys({ ...fields, ...stamps });
  return Object.fromEntries(names.map((name) => [name, stamps?.[name] ?? stamp]));
}

/** S3: the fields by the highest stamp, then the device's id, then the value. */
export function trueFields(versions: readonly Setters[]): Record<string, FieldValue> {
  const names = new Set(versions.flatMap((fact) => Object.keys(fact.setBy)));
  const fields: Record<string, FieldValue> = {};
  for (const name of [...names].sort()) {
    const [best] = versions
      .flatMap(({ setBy, fields: { [name]: value } }) => {
        const stamp = setBy[name];
        return stamp === undefined ? [] : [{ time: stamp[0], device: stamp[1], value }];
      })
      .sort(
        (a, b) =>
          b.time - a.time ||
          compare(b.device, a.device) ||
          compare(JSON.stringify(b.value) ?? '', JSON.stringify(a.value) ?? ''),
      );
    if (best?.value !== undefined) fields[name] = best.value;
  }
  return fields;
}

/** Negative if `a` was made before `b`. */
export function byAge(a: Fact, b: Fact): number {
  return a.stamp[0] - b.stamp[0] || compare(a.stamp[1], b.stamp[1]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
