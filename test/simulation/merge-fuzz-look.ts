/** A device puts on its disk what the view says; the oracle says what it may be. */
import type { Ends, Placed, Side } from '../../src/sync/merge.ts';
import { copiesOf, currentOf, endsHere, type Replica } from './merge-fuzz-replica.ts';
import { byAge, check, type Fact, factOf, trueFields, trueSides } from './merge-fuzz-truth.ts';
import {
  CONTENT_FIELDS,
  type Device,
  type OnDisk,
  type State,
  stateOf,
  tell,
  type World,
} from './merge-fuzz-world.ts';

export function look(world: World, device: Device, record: string): void {
  const { replica } = device;
  const state = stateOf(world, device, record);
  const onDisk = device.disk.get(record);
  const shownIds = onDisk?.versions ?? [];
  const copies = copiesOf(replica, record);
  const held = {
    pending: state.pending?.version.id,
    shown: [...copies, ...state.current.filter((known) => !copies.includes(known))].filter(
      (known) => shownIds.includes(known.version.id),
    ),
    hash: onDisk?.hash,
  };
  const ends = endsHere(replica);
  const view = world.rules.viewOf(record, state.current, held, CONTENT_FIELDS, ends);
  const facts = idsOf(state).map((id) => factOf(world.truth, id));
  checkLife(facts, view?.live === true);
  if (view?.live !== true) {
    device.disk.delete(record);
    return;
  }
  const hash = view.content?.hash ?? '';
  // A clock with a number in it that was given twice counts as having seen both commits.
  if (!world.isOverwritten) {
    checkShown(world, facts, hash, view.shows, view.conflict);
    checkHeld(world, facts, hash, state, onDisk);
  }
  checkFields(facts, view.fields);
  device.disk.set(record, { hash, fields: view.fields, versions: view.shows });
  tell(world, () => `  shows ${hash} by ${view.shows.join(' ')}`);
}

function idsOf(state: State): string[] {
  return [...new Set(state.current.map((known) => known.version.id))];
}

function checkLife(facts: readonly Fact[], isLive: boolean): void {
  const isWanted = facts.some((fact) => !fact.isGone);
  check(isLive === isWanted, 'S7', () => `a record is ${isLive ? 'there' : 'gone'} wrongly`);
}

/** S3: a person sees the content shown, and what says nothing of the content; no other side. */
function checkShown(
  world: World,
  facts: readonly Fact[],
  hash: string,
  shows: readonly string[],
  isConflict: boolean,
): void {
  const { must, may } = trueSides(world, facts);
  for (const id of shows) {
    const fact = facts.find((candidate) => candidate.id === id);
    check(fact !== undefined, 'S3', () => `${id} is shown and is not current`);
    const isHidden = fact?.isGone === false && fact.hash !== hash && must.has(fact.hash);
    check(!isHidden, 'S3', () => `${id} counts as shown beside ${hash}`);
  }
  for (const fact of facts) {
    const isSeen = shows.includes(fact.id);
    const isOther = !fact.isGone && fact.hash !== hash && may.has(fact.hash);
    check(isSeen || isOther || world.hasEnds, 'S3', () => `${fact.id} does not count as shown`);
  }
  // Once an identity ended, false conflicts may follow.
  const most = world.hasEnds ? Number.POSITIVE_INFINITY : Math.max(1, may.size);
  const isRight = isConflict ? most > 1 : must.size < 2;
  check(isRight, 'S3', () => `${isConflict ? 'a' : 'no'} conflict of ${must.size} sides`);
}

/**
 * The policy "hold": the pending side, else the side shown, else what became of it. Where nobody was
 * shown that very version, what became of it cannot always be told. Which contents are sides can
 * have several right answers; what follows from any of them is accepted.
 */
function checkHeld(
  world: World,
  facts: readonly Fact[],
  hash: string,
  { pending }: State,
  onDisk: OnDisk | undefined,
): void {
  const ids = onDisk?.versions ?? [];
  const alike = ids.filter((id) => factOf(world.truth, id).hash === onDisk?.hash);
  const shown = alike.length > 0 ? alike : ids;
  const { must, may, open } = trueSides(world, facts);
  const live = facts.filter((fact) => !fact.isGone);
  // Of those that are perhaps replaced, each may be so alone. Once an identity ended, any content
  // may be a side.
  const doubtful = world.hasEnds ? live.map((fact) => fact.hash) : [...open];
  const alone = doubtful.map((one) => new Set([...must, one]));
  const accepted = [must, open, may, ...alone].flatMap((hashes) => {
    const sides = live.filter((fact) => hashes.has(fact.hash));
    const waiting = sides.filter((fact) => fact.id === pending?.version.id);
    if (waiting.length > 0) return waiting;
    const same = sides.filter((fact) => shown.includes(fact.id));
    if (same.length > 0) return same;
    // Once an identity ended, any content may be a side, and so be shown.
    return world.hasEnds ? live : whatBecame(world, sides, shown);
  });
  const isKept = accepted.length === 0 || accepted.some((fact) => fact.hash === hash);
  const words = (): string => accepted.map((fact) => fact.hash).join(' or ');
  check(isKept, 'hold', () => `${hash} is shown in the place of ${words()}`);
}

/**
 * The sides made from what was shown, or from the content it kept; all where none can be told. Where
 * nothing was shown, the newest.
 */
function whatBecame(
  { truth }: World,
  sides: readonly Fact[],
  shown: readonly string[],
): readonly Fact[] {
  if (shown.length === 0) return sides.toSorted(byAge).slice(-1);
  const isFrom = (ids: readonly string[]): readonly Fact[] =>
    sides.filter((fact) => ids.some((id) => fact.seen.has(id)));
  const became = isFrom(shown);
  if (became.some((fact) => shown.some((id) => fact.shown.includes(id)))) return became;
  if (became.length > 0) return sides;
  // Of several that set the same content, what carries it on names one.
  const kept = shown.map((id) => truth.get(id)?.keeps ?? []);
  const ofKept = isFrom(kept.flat());
  const wasShown = (fact: Fact): boolean =>
    kept.some((ids) => ids.length > 0 && ids.every((id) => fact.shown.includes(id)));
  return ofKept.some(wasShown) ? ofKept : sides;
}

function checkFields(facts: readonly Fact[], fields: Readonly<Record<string, unknown>>): void {
  const expected = trueFields(facts.filter((fact) => !fact.isGone));
  for (const name of new Set([...Object.keys(expected), ...Object.keys(fields)])) {
    if ((CONTENT_FIELDS as readonly string[]).includes(name)) continue;
    const isRight = expected[name] === fields[name];
    check(isRight, 'S3', () => `${name} is ${fields[name]}, not ${expected[name]}`);
  }
}

/** The contents of sides, in order, for comparison. */
export function sidesKey(sides: readonly Side[]): string {
  return sides
    .map(({ hash, versions }) => {
      const ids = [...new Set(versions.map((known) => known.version.id))].sort();
      return `${hash}=${ids.join('+')}`;
    })
    .join(' ');
}

/** What a record is on a device: its current copies and the sides they make. */
export function keyOf(world: World, replica: Replica, record: string): string {
  return keyOfCurrent(world, currentOf(replica, record), replica.ends);
}

export function keyOfCurrent({ rules }: World, current: readonly Placed[], ends: Ends): string {
  const copies = current.map((copy) => `${copy.device}${copy.n}:${copy.version.id}`).sort();
  return `${copies.join(' ')} | ${sidesKey(rules.sidesOf(current, ends))}`;
}
