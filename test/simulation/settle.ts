/** The end of a run: the faults stop, and everyone talks until nothing changes any more. */
import { REGISTRY_ID } from '../../src/format/ids.ts';
import { clockOf } from '../../src/replica/clocks.ts';
import type { Database } from '../../src/replica/database.ts';
import { isReady } from '../../src/replica/meta.ts';
import { outboxCount } from '../../src/replica/outbox.ts';
import { allPeers, type Peer, peerOf, waitingUnits } from '../../src/replica/peers.ts';
import { retireDevice } from '../../src/sync/adopt.ts';
import { type Engine, selfId } from '../../src/sync/engine.ts';
import { isHeadChanged } from '../../src/sync/head.ts';
import { approveHeld } from '../../src/sync/release.ts';
import { retiredDevices } from '../../src/sync/retired.ts';
import type { Machine } from './machine.ts';
import { COLLECTION } from './program.ts';
import { landAll } from './store.ts';
import { DAY_MS, HOUR_MS } from './times.ts';
import { living, type World } from './world.ts';

/** More turns than that without coming to rest are no rest at all. */
const MOST_TURNS = 12;

/** Ends all faults and lets everyone talk, until nothing changes any more. */
export async function settle(world: World): Promise<void> {
  await calmDown(world);
  await talkUntilQuiet(world);
  await giveUpWaiting(world);
  if (removeSomeOfTheDead(world)) await talkUntilQuiet(world);
}

/**
 * The same, with a device that comes last: it reads what compaction left, and must agree with the
 * rest.
 */
export async function settleLatecomer(world: World, latecomer: Machine): Promise<void> {
  await calmDown(world);
  world.machines.push(latecomer);
  latecomer.start();
  await world.scheduler.runUntilSettled(latecomer.idle(), `the start of ${latecomer.name}`);
  await talkUntilQuiet(world, latecomer);
  await giveUpWaiting(world);
}

/** Long enough for numbers that were lost for ever to be given up (rule S13). */
async function giveUpWaiting(world: World): Promise<void> {
  if (!removeTheDead(world) && !mayWait(world)) return;
  world.scheduler.skip(26 * HOUR_MS);
  await talkUntilQuiet(world);
}

/**
 * A machine that died while its head was written, and is gone for good, leaves a head that nobody
 * can read or mend, or an older one that landed late; so does one that was put back to before it
 * took that identity. Whoever is told so removes the device: a newcomer waits for it, or what it
 * wrote last is known to one device alone (rules S14, S15).
 */
function removeTheDead(world: World): boolean {
  const alive = identitiesOf(living(world));
  const told = living(world).flatMap((machine) => machine.askReplica(troubledIn) ?? []);
  const dead = [...new Set(told)].filter((device) => !alive.includes(device));
  for (const device of dead) {
    const reads = living(world).filter(
      (other) => other.askReplica((db) => isTroubled(peerOf(db, device))) === true,
    );
    const by = reads.find((other) => other.askReplica((db) => peerOf(db, device)?.numbers));
    const engine = (by ?? reads[0])?.session?.engine;
    if (engine === undefined || retiredDevices(engine).has(device)) continue;
    remove(world, engine, device, 'its head is unreadable or older');
  }
  return dead.length > 0;
}

/** Most people remove a machine from the list that is gone for good, and some never do. */
function removeSomeOfTheDead(world: World): boolean {
  const alive = identitiesOf(living(world));
  const gone = identitiesOf(world.machines.filter(({ isGone }) => isGone));
  let count = 0;
  for (const device of new Set(gone)) {
    if (alive.includes(device)) continue;
    const { engine } = world.dice.pick(living(world)).session ?? {};
    const isKnown = engine !== undefined && peerOf(engine.db, device)?.numbers !== undefined;
    if (!isKnown || retiredDevices(engine).has(device) || world.dice.chance(0.3)) continue;
    remove(world, engine, device, 'at rest');
    count += 1;
  }
  return count > 0;
}

function identitiesOf(machines: readonly Machine[]): readonly string[] {
  return machines.flatMap((machine) => machine.askReplica((db) => selfId({ db })) ?? []);
}

function remove({ counters }: World, engine: Engine, device: string, why: string): void {
  retireDevice(engine, { device, name: device, retired: engine.clock.now(), isLost: false });
  counters.add('retire');
  counters.add(`retire of the dead: ${why}`);
}

/** Its head cannot be read, or shows less than it did. */
function isTroubled(peer: Peer | undefined): boolean {
  return peer?.error !== undefined || peer?.olderSince !== undefined;
}

function troubledIn(db: Database): string[] {
  return allPeers(db)
    .filter(isTroubled)
    .map(({ device }) => device);
}

/**
 * When all is quiet, somebody prunes: to announce what nothing needs, to delete it when that is long
 * enough ago, and to take it off the list (rule S12). The network may fail again meanwhile.
 */
export async function pruneAtRest(world: World): Promise<void> {
  const { plan, scheduler, dice, network } = world;
  const machine = dice.pick(living(world));
  network.isFaulty = dice.chance(0.5);
  for (const days of [plan.historyDays, plan.condemnedDays, plan.condemnedDays]) {
    scheduler.skip((days + 1) * DAY_MS);
    machine.startPrune();
    await scheduler.runUntilSettled(machine.idle(), `the pruning of ${machine.name}`);
  }
  network.isFaulty = false;
}

/** Until each in turn has had a round that changed nothing, with no change by others in between. */
async function talkUntilQuiet(world: World, first?: Machine): Promise<void> {
  const machines = living(world).toSorted((a, b) => Number(b === first) - Number(a === first));
  let quietRounds = 0;
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    for (const machine of machines) {
      const before = stateOf(world, machine);
      await roundOf(world, machine);
      quietRounds = stateOf(world, machine) === before ? quietRounds + 1 : 0;
      if (quietRounds === machines.length) return;
    }
  }
}

/**
 * What a round of one machine may change: the bucket, what the machine has applied, and what it has
 * to send.
 */
function stateOf({ network }: World, { session }: Machine): string {
  if (session === undefined) return JSON.stringify([network.changes]);
  const { db } = session.engine;
  const clocks = [COLLECTION, REGISTRY_ID].map((id) => clockOf(db, id));
  return JSON.stringify([network.changes, clocks, outboxCount(db, COLLECTION)]);
}

/** True where somebody may wait for what will never come. */
function mayWait(world: World): boolean {
  return living(world).some(({ session }) => {
    if (session === undefined) return true;
    const { db } = session.engine;
    // Who was copied or put back publishes nothing before its former commits are all here.
    const isBehind = isHeadChanged(session.engine) || outboxCount(db, COLLECTION) > 0;
    return isBehind || waitingUnits(db, COLLECTION).length > 0 || !isReady(db, COLLECTION);
  });
}

export async function roundOf(world: World, machine: Machine): Promise<void> {
  const { scheduler } = world;
  scheduler.skip(5_000);
  approveAll(world, machine);
  machine.startRound({ list: true, everyHead: true });
  await scheduler.runUntilSettled(machine.idle(), `the round of ${machine.name}`);
}

async function calmDown(world: World): Promise<void> {
  const { scheduler, network } = world;
  network.isFaulty = false;
  for (const machine of living(world)) {
    machine.isPartitioned = false;
    machine.setAsleep(false);
    machine.putOutFuse();
    machine.disk.capacityBytes = Number.POSITIVE_INFINITY;
    machine.stop();
  }
  for (const machine of living(world)) {
    await scheduler.runUntilSettled(machine.idle(), `the work of ${machine.name}`);
    machine.start();
    await scheduler.runUntilSettled(machine.idle(), `the start of ${machine.name}`);
  }
  landAll(network);
  await scheduler.runUntil(scheduler.now() + HOUR_MS);
}

/** A person lets all deletions happen that the guard holds (rule S8). */
function approveAll({ counters }: World, { session }: Machine): void {
  if (session === undefined) return;
  for (const direction of ['out', 'in'] as const) {
    const count = approveHeld(session.engine, COLLECTION, direction);
    if (count > 0) counters.add(`held ${direction}, approved at the end`);
  }
}
