/** How heads are read, and what a device does about identities that end (rules S2, S9, S9a). */
import type { Clock, Commit } from '../../src/format/commit.ts';
import {
  appliedUpTo,
  applyUnits,
  type CommitUnit,
  copiesOf,
  decideAnew,
  hasVersion,
  insertCommit,
  NO_COMMITS,
  setClock,
  unitOf,
} from './merge-fuzz-replica.ts';
import {
  appendCommit,
  type Device,
  dropCommitted,
  nextIdentity,
  publish,
  tell,
  type World,
} from './merge-fuzz-world.ts';

/** Reads one head, up to a number where the read is a stale one, and applies what it can. */
export function hear(world: World, device: Device, identity: string, upTo: number): void {
  const head = world.bucket.get(identity);
  if (head === undefined || identity === device.replica.self) return;
  for (const [ended, n] of head.ends) endIdentity(world, device, ended, n);
  noticeFork(world, device, identity, head.commits);
  noticeOtherLife(world, device, head.clock);
  if (device.replica.ends.has(device.replica.self)) {
    changeIdentity(world, device, world.bucket.get(device.replica.self)?.commits ?? []);
  }
  read(world, device, [[identity, upTo]]);
}

/** Reads all heads as they are now. */
export function hearAll(world: World, device: Device): void {
  for (const identity of [...world.bucket.keys()]) {
    hear(world, device, identity, Number.POSITIVE_INFINITY);
  }
  read(
    world,
    device,
    [...world.bucket.keys()].map((identity) => [identity, Number.POSITIVE_INFINITY]),
  );
}

function read(
  world: World,
  device: Device,
  from: readonly (readonly [identity: string, upTo: number])[],
): void {
  const { replica } = device;
  const units: CommitUnit[] = [];
  for (const [identity, upTo] of from) {
    const before = appliedUpTo(replica, identity);
    for (const commit of world.bucket.get(identity)?.commits ?? []) {
      if (commit.n > before && commit.n <= upTo) {
        units.push(unitOf(identity, commit.n, commit.n, [commit]));
      }
    }
  }
  applyUnits(world.rules, replica, units);
  dropCommitted(device);
}

/** S9a: another commit under a number that was applied means two lives of one identity. */
function noticeFork(
  world: World,
  device: Device,
  identity: string,
  chain: readonly Commit[],
): void {
  const applied = device.replica.commits.get(identity) ?? NO_COMMITS;
  const foreign = applied.findIndex((commit, at) => {
    const there = chain[at];
    return there !== undefined && there.id !== commit.id;
  });
  if (foreign >= 0) endIdentity(world, device, identity, foreign);
}

/** S9a: an identity ended at `n`: what is known beyond it is written again. */
export function endIdentity(world: World, device: Device, identity: string, n: number): void {
  const { replica } = device;
  if ((replica.ends.get(identity) ?? Number.POSITIVE_INFINITY) <= n) return;
  world.hasEnds = true;
  replica.ends.set(identity, n);
  tell(world, () => `  ${replica.self} learns that ${identity} ended at ${n}`);
  if (identity === replica.self) {
    const beyond = (replica.commits.get(identity) ?? NO_COMMITS).filter((commit) => commit.n > n);
    for (const record of recordsOf(beyond)) decideAnew(world.rules, replica, record);
  } else if (appliedUpTo(replica, identity) > n) {
    const orphans = removeBeyond(world, device, identity, n);
    for (const commit of orphans) republish(world, device, identity, n, commit);
  }
  if (!device.isAsleep) publish(world, device);
}

/** S9: another device knows a number of this one that it never gave, or gave to another commit. */
function noticeOtherLife(world: World, device: Device, told: Clock): void {
  const { self, commits } = device.replica;
  const [n, tag] = told[self] ?? [0, ''];
  const own = commits.get(self) ?? NO_COMMITS;
  const commit = own[n - 1];
  if (n > own.length) endIdentity(world, device, self, own.length);
  else if (commit !== undefined && tag !== '' && commit.id !== tag) {
    endIdentity(world, device, self, n - 1);
  }
}

/** Forgets what an identity wrote beyond a number. Returns those commits. */
function removeBeyond(
  world: World,
  device: Device,
  identity: string,
  n: number,
): readonly Commit[] {
  const { replica } = device;
  const all = replica.commits.get(identity) ?? NO_COMMITS;
  const orphans = all.filter((commit) => commit.n > n);
  replica.commits.set(
    identity,
    all.filter((commit) => commit.n <= n),
  );
  setClock(replica, identity, Math.min(n, all.length));
  for (const record of recordsOf(orphans)) {
    const copies = copiesOf(replica, record);
    const kept = copies.filter((copy) => copy.device !== identity || copy.n <= n);
    replica.copies.set(record, kept);
    decideAnew(world.rules, replica, record);
  }
  return orphans;
}

/** Writes a commit of an ended identity again: with the clock it had, and its own past as `own`. */
function republish(
  world: World,
  device: Device,
  identity: string,
  end: number,
  commit: Commit,
): void {
  const { replica } = device;
  const fresh = commit.versions.filter(({ record, id }) => !hasVersion(replica, record, id));
  if (fresh.length === 0) return;
  const { [replica.self]: seenOfSelf, ...clock } = commit.clock;
  const seen = Math.min(commit.own ?? end, end);
  const ended: Clock = seen === 0 ? clock : { ...clock, [identity]: [seen, ''] };
  appendCommit(world, device, fresh, ended, seenOfSelf?.[0] ?? 0);
  for (const { record } of fresh) decideAnew(world.rules, replica, record);
}

/** S9: takes a new identity, and numbers anew what the head found does not share. */
export function changeIdentity(world: World, device: Device, found: readonly Commit[]): void {
  const { replica } = device;
  const former = replica.self;
  const own = replica.commits.get(former) ?? NO_COMMITS;
  const ended = replica.ends.get(former) ?? Number.POSITIVE_INFINITY;
  const shared = Math.min(sharedPrefix(own, found), ended);
  const next = nextIdentity(world);
  replica.self = next;
  world.hasEnds = true;
  const mine = removeBeyond(world, device, former, shared);
  for (const commit of mine) renumber(device, former, shared, commit);
  const isForked = mine.some((commit) => commit.n <= found.length);
  const end = Math.min(ended, isForked ? shared : Math.max(shared, found.length));
  replica.ends.set(former, end);
  device.former = [...device.former, former];
  device.isAsleep = false;
  for (const record of replica.copies.keys()) decideAnew(world.rules, replica, record);
  tell(world, () => `  ${former} goes on as ${next}; ended at ${end}, ${mine.length} moved`);
  publish(world, device);
  // What stands there up to the end is read before anything else is published.
  hearAll(world, device);
}

function renumber(device: Device, former: string, shared: number, commit: Commit): void {
  const { replica } = device;
  const n = appliedUpTo(replica, replica.self) + 1;
  const seen = Math.min(commit.own ?? shared, shared);
  const clock: Clock = seen === 0 ? commit.clock : { ...commit.clock, [former]: [seen, ''] };
  const own = commit.own === undefined ? undefined : Math.max(0, commit.own - shared);
  insertCommit(replica, replica.self, {
    ...commit,
    id: `${replica.self}${n}:again`,
    n,
    clock,
    own,
  });
  setClock(replica, replica.self, n);
}

/** S9a: what stands under a former identity beyond its end is written again by who had it. */
export function rescueFormer(world: World, device: Device): void {
  for (const former of device.former) {
    const end = device.replica.ends.get(former);
    if (end === undefined) continue;
    for (const commit of world.bucket.get(former)?.commits ?? []) {
      if (commit.n > end) republish(world, device, former, end, commit);
    }
  }
}

/** S9: a device that was put back looks at its head, and sees whether another life wrote there. */
export function wake(world: World, device: Device): void {
  if (!device.isAsleep) return;
  const { self, commits } = device.replica;
  const own = commits.get(self) ?? NO_COMMITS;
  const found = world.bucket.get(self)?.commits ?? [];
  if (sharedPrefix(own, found) === found.length) {
    device.isAsleep = false;
    publish(world, device);
    return;
  }
  changeIdentity(world, device, found);
  rescueFormer(world, device);
}

export function sharedPrefix(own: readonly Commit[], found: readonly Commit[]): number {
  const fork = own.findIndex((commit, at) => found[at]?.id !== commit.id);
  return fork < 0 ? own.length : fork;
}

function recordsOf(commits: readonly Commit[]): ReadonlySet<string> {
  return new Set(commits.flatMap((commit) => commit.versions.map((version) => version.record)));
}
