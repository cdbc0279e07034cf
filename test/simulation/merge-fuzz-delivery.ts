/**
 * The commits of a history as others get them: split and merged, in any order, twice, with what is
 * superseded left out where their author compacted it. Everybody has to end with the same.
 */
import type { Commit } from '../../src/format/commit.ts';
import type { Placed } from '../../src/sync/merge.ts';
import type { Roll } from './merge-fuzz-history.ts';
import { keyOf, keyOfCurrent } from './merge-fuzz-look.ts';
import {
  applyUnits,
  type CommitUnit,
  createReplica,
  type Replica,
  unitOf,
} from './merge-fuzz-replica.ts';
import { check } from './merge-fuzz-truth.ts';
import { type Device, RECORDS, type World } from './merge-fuzz-world.ts';

const JOINERS = 2;

export function checkDelivery(world: World, { replica }: Device, roll: Roll): void {
  const expected = RECORDS.map((record) => keyOf(world, replica, record));
  checkWhole(world, replica, expected, roll);
  for (let index = 0; index < JOINERS; index += 1) {
    const joiner = createReplica('');
    for (const [identity, end] of replica.ends) joiner.ends.set(identity, end);
    const isCompacted = index === 1 && !world.hasEnds;
    const units = [...world.bucket].flatMap(([identity, { commits }]) =>
      split(replica, identity, commits, isCompacted, roll),
    );
    const left = deliver(world, joiner, shuffle(units, roll), roll);
    check(left.length === 0, 'S2', () => `${left.length} units wait for ever`);
    RECORDS.forEach((record, at) => {
      const found = keyOf(world, joiner, record);
      check(found === expected[at], 'S1', () => `who joins has ${found}, not ${expected[at]}`);
    });
  }
}

/** Decided at one blow, on everything that ever stood in the bucket. */
function checkWhole(
  world: World,
  { ends }: Replica,
  expected: readonly string[],
  roll: Roll,
): void {
  const copies = [...world.bucket].flatMap(([device, { commits }]) =>
    commits.flatMap(({ n, clock, own, versions }) =>
      versions.map((version): Placed => ({ version, device, n, clock, own })),
    ),
  );
  RECORDS.forEach((record, at) => {
    const ofRecord = copies.filter((copy) => copy.version.record === record);
    const whole = world.rules.currentAmong(shuffle(ofRecord, roll), ends);
    const found = keyOfCurrent(world, whole, ends);
    check(found === expected[at], 'S1', () => `at once: ${found}; bit by bit: ${expected[at]}`);
  });
}

function deliver(
  world: World,
  joiner: Replica,
  units: readonly CommitUnit[],
  roll: Roll,
): readonly CommitUnit[] {
  let waiting: CommitUnit[] = [];
  let at = 0;
  while (at < units.length) {
    const count = 1 + roll(roll(3) === 0 ? units.length : 3);
    waiting = applyUnits(world.rules, joiner, [...waiting, ...units.slice(at, at + count)]);
    at += count;
  }
  return waiting;
}

/** Cuts an author's commits into runs, some of which come twice. */
function split(
  replica: Replica,
  identity: string,
  commits: readonly Commit[],
  isCompacted: boolean,
  roll: Roll,
): CommitUnit[] {
  const units: CommitUnit[] = [];
  let from = 1;
  while (from <= commits.length) {
    const to = roll(2) === 0 ? from : Math.min(commits.length, from + roll(4));
    const run = commits.slice(from - 1, to);
    if (isCompacted && roll(3) > 0) {
      const { [identity]: _own, ...others } = replica.clock;
      units.push(unitOf(identity, from, to, withoutSuperseded(replica, identity, run), others));
    } else {
      units.push(unitOf(identity, from, to, run));
      if (roll(6) === 0) units.push(unitOf(identity, from, from, run.slice(0, 1)));
    }
    from = to + 1;
  }
  return units;
}

/** F3, F4: what compaction keeps: current versions, and the homes of content that they refer to. */
function withoutSuperseded(
  { current }: Replica,
  identity: string,
  commits: readonly Commit[],
): readonly Commit[] {
  const all = [...current.values()].flat();
  const sources = new Set(all.map(({ version }) => version.of?.[2]));
  const kept = (n: number, id: string): boolean =>
    sources.has(id) ||
    all.some((copy) => copy.device === identity && copy.n === n && copy.version.id === id);
  return commits
    .map((commit) => ({
      ...commit,
      versions: commit.versions.filter(({ id }) => kept(commit.n, id)),
    }))
    .filter((commit) => commit.versions.length > 0);
}

function shuffle<T>(items: readonly T[], roll: Roll): T[] {
  const shuffled = [...items];
  for (let index = shuffled.length - 1; index > 0; index -= 1) {
    const other = roll(index + 1);
    const [a, b] = [shuffled[index], shuffled[other]];
    if (a === undefined || b === undefined) continue;
    shuffled[index] = b;
    shuffled[other] = a;
  }
  return shuffled;
}
