/** Plays a history, step by step, on a world. */

import { choose, saveDeletion, saveWrite } from './merge-fuzz-edits.ts';
import type { Act, Step } from './merge-fuzz-history.ts';
import {
  endIdentity,
  hear,
  hearAll,
  rescueFormer,
  sharedPrefix,
  wake,
} from './merge-fuzz-identity.ts';
import { look } from './merge-fuzz-look.ts';
import { appliedUpTo, endsHere, NO_COMMITS } from './merge-fuzz-replica.ts';
import { byAge, factOf, seenBy, Violation } from './merge-fuzz-truth.ts';
import {
  commitOutbox,
  copyOf,
  type Device,
  publish,
  RECORDS,
  stateOf,
  tell,
  type World,
} from './merge-fuzz-world.ts';

const PATHS = ['p', 'q', 'z'] as const;

export function play(world: World, steps: readonly Step[]): void {
  for (const { act, device: index, other: otherIndex, pick } of steps) {
    world.nowMs += pick % 3;
    const device = at(world.devices, index);
    const other = at(world.devices, otherIndex);
    const record = at(RECORDS, pick % 4 === 0 ? 1 : 0);
    tell(world, () => `${act} ${device.replica.self} ${other.replica.self} ${pick}`);
    ACT[act]({ world, device, other, record, pick: pick >> 2 });
  }
}

interface Scene {
  readonly world: World;
  readonly device: Device;
  readonly other: Device;
  readonly record: string;
  readonly pick: number;
}

const ACT: Readonly<Record<Act, (scene: Scene) => void>> = {
  look: ({ world, device, record }) => look(world, device, record),
  edit,
  rename,
  undo,
  delete: remove,
  commit: ({ world, device, record, pick }) =>
    commitOutbox(world, device, pick % 3 === 0 ? [record] : RECORDS),
  hear: hearOne,
  choose: settle,
  backup: ({ device }) => {
    if (!device.isAsleep) device.backup = copyOf(device);
  },
  restore,
  overwrite,
  wake: ({ world }) => {
    for (const device of world.devices) wake(world, device);
  },
  end: endOther,
};

/** Most contents are new; some two people come to alike. Every other edit goes out at once. */
function edit({ world, device, record, pick }: Scene): void {
  const shown = device.disk.get(record);
  const hash = pick % 4 === 0 ? `same${pick % 3}` : `c${world.truth.size + 1}`;
  if (hash === shown?.hash) return;
  const fields = { path: 'p', ...shown?.fields, mtime: world.nowMs };
  saveWrite(world, device, record, { hash, fields, changed: [] });
  if (pick % 2 === 1) commitOutbox(world, device, RECORDS);
}

/** Nobody renames or deletes what is not there: then a person looks first. */
function rename({ world, device, record, pick }: Scene): void {
  if (!device.disk.has(record)) look(world, device, record);
  const shown = device.disk.get(record);
  if (shown === undefined) return;
  const { exec, ...rest } = shown.fields;
  const isToggled = pick % 4 === 0;
  const path = isToggled ? (rest.path ?? 'p') : at(PATHS, pick % PATHS.length);
  const isExec = isToggled ? exec === undefined : exec !== undefined;
  const fields = { ...rest, path, ...(isExec ? { exec: true } : {}) };
  const changed = isToggled ? ['exec'] : path === rest.path ? [] : ['path'];
  saveWrite(world, device, record, { hash: shown.hash, fields, changed });
  if (pick % 2 === 1) commitOutbox(world, device, RECORDS);
}

/** Puts a content back that was there before, or that something shown still carries. */
function undo({ world, device, record, pick }: Scene): void {
  const { truth } = world;
  const shown = device.disk.get(record);
  if (shown === undefined) return;
  const earlier = [...seenBy(truth, shown.versions)]
    .map((id) => factOf(truth, id))
    .filter((fact) => !fact.isGone && fact.hash !== shown.hash)
    .toSorted(byAge);
  if (earlier.length === 0) return;
  const { hash } = at(earlier, earlier.length - 1 - ((pick >> 1) % earlier.length));
  const fields = { ...shown.fields, mtime: world.nowMs };
  saveWrite(world, device, record, { hash, fields, changed: [] });
  if (pick % 2 === 1) commitOutbox(world, device, RECORDS);
}

function remove({ world, device, record, pick }: Scene): void {
  if (!device.disk.has(record)) look(world, device, record);
  if (!device.disk.has(record)) return;
  saveDeletion(world, device, record);
  if (pick % 2 === 1) commitOutbox(world, device, RECORDS);
}

function hearOne({ world, device, other, pick }: Scene): void {
  if (device.isAsleep) return;
  if (pick % 8 === 0) {
    hearAll(world, device);
    return;
  }
  const identities = [other.replica.self, ...other.former];
  const identity = at(identities, pick % identities.length);
  // A read may be stale: then what is newest is not in it.
  const lag = pick % 5 === 0 ? 1 + (pick % 2) : 0;
  const length = world.bucket.get(identity)?.commits.length ?? 0;
  hear(world, device, identity, length - lag);
  rescueFormer(world, device);
}

function settle({ world, device, record, pick }: Scene): void {
  const { current } = stateOf(world, device, record);
  const sides = world.rules.sidesOf(current, endsHere(device.replica));
  if (sides.length < 2) return;
  const side = sides[pick % (sides.length + 1)];
  choose(world, device, record, side?.hash ?? `merged${world.truth.size + 1}`);
}

/** Puts a device back to its backup. One device in each history, for what two lose is lost. */
function restore({ world }: Scene): void {
  const device = world.devices.find(
    ({ backup, index }) => backup !== undefined && (world.restored ?? index) === index,
  );
  if (device?.backup === undefined) return;
  world.restored = device.index;
  Object.assign(device, device.backup, { isAsleep: true });
  device.backup = copyOf(device);
  tell(world, () => `  ${device.replica.self} is put back`);
}

/**
 * A device that was put back writes its head before it sees the one that is there. What is
 * overwritten has to be known elsewhere: else no rule can save it.
 */
function overwrite({ world }: Scene): void {
  const device = world.devices.find(({ isAsleep }) => isAsleep);
  if (device === undefined) return;
  const { self, commits } = device.replica;
  const own = commits.get(self) ?? NO_COMMITS;
  const found = world.bucket.get(self)?.commits ?? [];
  const shared = sharedPrefix(own, found);
  const lost = found.slice(shared).map((commit) => commit.id);
  const isKnown = lost.every((id) =>
    world.devices.some((other) =>
      (other.replica.commits.get(self) ?? []).some(
        (commit) => commit.id === id && other.index !== device.index,
      ),
    ),
  );
  if (own.length === shared || !isKnown) return;
  device.isAsleep = false;
  world.isOverwritten = true;
  publish(world, device);
}

/**
 * S13, S14: somebody ends an identity at what its head was last seen to show. Not that of a device
 * that may be put back: one that forgets an ended life of its own cannot write it again.
 */
function endOther({ world, device, other }: Scene): void {
  const identity = other.replica.self;
  if (device === other || device.isAsleep || other.backup !== undefined) return;
  if (!world.bucket.has(identity)) return;
  endIdentity(world, device, identity, appliedUpTo(device.replica, identity));
}

const MOST_ROUNDS = 12;

/** Everybody wakes, publishes and reads until nothing is new any more. */
export function settleDown(world: World): void {
  for (const device of world.devices) wake(world, device);
  for (const device of world.devices) {
    hearAll(world, device);
    commitOutbox(world, device, RECORDS);
  }
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const before = sizeOf(world);
    for (const device of world.devices) {
      hearAll(world, device);
      rescueFormer(world, device);
      commitOutbox(world, device, RECORDS);
    }
    if (sizeOf(world) === before) {
      world.isOverwritten = false;
      return;
    }
  }
  throw new Violation('S9: the devices do not come to rest');
}

/** Grows with everything that anybody learns. */
function sizeOf(world: World): string {
  const published = [...world.bucket.values()].map((head) => head.commits.length);
  const known = world.devices.map(({ replica }) => [
    replica.self,
    Object.values(replica.clock).map(([n]) => n),
    [...replica.ends],
  ]);
  return JSON.stringify([published, known]);
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}
