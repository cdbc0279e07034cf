/** What has to hold at the end of every history, each with the number of its rule. */
import { type Ends, type Placed, supersedes } from '../../src/sync/merge.ts';
import { checkDelivery } from './merge-fuzz-delivery.ts';
import { choose } from './merge-fuzz-edits.ts';
import { checkCurrentFields, checkFieldMerge } from './merge-fuzz-fields.ts';
import { createRoll, type History } from './merge-fuzz-history.ts';
import { keyOf, look, sidesKey } from './merge-fuzz-look.ts';
import { copiesOf, currentOf, type Replica } from './merge-fuzz-replica.ts';
import type { Rules } from './merge-fuzz-rules.ts';
import { play, settleDown } from './merge-fuzz-steps.ts';
import { check, factOf, trueCurrentOf, trueSides } from './merge-fuzz-truth.ts';
import { createWorld, type Device, RECORDS, type World } from './merge-fuzz-world.ts';

/** @throws Violation where a rule is broken. */
export function checkHistory(rules: Rules, history: History, trace?: string[]): void {
  const world = createWorld(rules, history.devices, trace);
  const [device] = world.devices;
  if (device === undefined) throw new Error('a history has devices');
  const roll = createRoll(history.delivery);
  play(world, history.steps);
  settleDown(world);
  checkAgreement(world, device);
  for (const record of RECORDS) {
    checkRecord(world, device, record);
    checkCurrentFields(world, device, record);
  }
  checkFieldMerge(rules, roll);
  checkDelivery(world, device, roll);
  for (const record of RECORDS) checkResolution(world, device, record);
}

/** Every device decided the same, bit by bit, and what it shows agrees with the oracle. */
function checkAgreement(world: World, first: Device): void {
  for (const record of RECORDS) {
    const expected = keyOf(world, first.replica, record);
    for (const { replica } of world.devices) {
      const found = keyOf(world, replica, record);
      check(found === expected, 'S1', () => `${replica.self} has ${found}, not ${expected}`);
    }
    for (const device of world.devices) look(world, device, record);
  }
}

function checkRecord(world: World, { replica }: Device, record: string): void {
  const copies = copiesOf(replica, record);
  const ids = new Set(currentOf(replica, record).map((copy) => copy.version.id));
  const committed = [...(world.committed.get(record) ?? [])].map((id) => factOf(world.truth, id));
  const known = new Set(copies.map((copy) => copy.version.id));
  for (const { id } of committed) check(known.has(id), 'S4', () => `${id} of ${record} is lost`);
  const expected = new Set(trueCurrentOf(committed).map((fact) => fact.id));
  for (const id of expected) {
    check(ids.has(id), 'S1', () => `${id} is superseded by a version whose author never saw it`);
  }
  for (const id of world.hasEnds ? [] : ids) {
    check(expected.has(id), 'S1', () => `${id} stands, and was seen and replaced`);
  }
  checkOrder(copies, replica.ends);
  checkSides(world, replica, record);
}

/** S1: superseding has no circles, not even of one. */
function checkOrder(copies: readonly Placed[], ends: Ends): void {
  let left = copies;
  while (left.length > 0) {
    const below = left.filter((copy) => left.some((other) => supersedes(other, copy, ends)));
    check(below.length < left.length, 'S1', () => {
      return `${left.map((copy) => copy.version.id).join(' ')} supersede each other`;
    });
    left = below;
  }
}

/** S3, S7: no content that nobody replaced is missing from the sides. */
function checkSides(world: World, replica: Replica, record: string): void {
  const current = currentOf(replica, record);
  const sides = world.rules.sidesOf(current, replica.ends);
  const facts = [...new Set(current.map((copy) => copy.version.id))].map((id) =>
    factOf(world.truth, id),
  );
  const hashes = new Set(sides.map((side) => side.hash));
  check(hashes.size === sides.length, 'S3', () => `one content counts twice: ${sidesKey(sides)}`);
  const { must, may } = trueSides(world, facts);
  for (const hash of must) {
    check(hashes.has(hash), 'S3', () => `${hash} is no side, and nobody who saw it replaced it`);
  }
  // Once an identity ended, false conflicts may follow.
  for (const hash of world.hasEnds ? [] : hashes) {
    check(may.has(hash), 'S3', () => `${hash} is a side, and was seen and replaced`);
  }
  const isLive = facts.some((fact) => !fact.isGone);
  check(isLive === sides.length > 0, 'S7', () => 'content and tombstone are decided wrongly');
}

/** S3: a choice closes the conflict everywhere, for good, and makes no work for anybody. */
function checkResolution(world: World, device: Device, record: string): void {
  const sides = world.rules.sidesOf(currentOf(device.replica, record), device.replica.ends);
  if (sides.length < 2) return;
  const chosen = sides.at(-1)?.hash ?? '';
  choose(world, device, record, chosen);
  const written = world.truth.size;
  settleDown(world);
  for (const other of world.devices) {
    look(world, other, record);
    const left = world.rules.sidesOf(currentOf(other.replica, record), other.replica.ends);
    const isClosed = left.length === 1 && left[0]?.hash === chosen;
    check(isClosed, 'S3', () => `after a choice the sides of ${record} are ${sidesKey(left)}`);
    const isShown = other.disk.get(record)?.hash === chosen;
    check(isShown, 'hold', () => `${chosen} was chosen, and is not shown everywhere`);
  }
  check(world.truth.size === written, 'S3', () => 'a choice makes further versions');
}
