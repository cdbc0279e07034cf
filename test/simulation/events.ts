/** What people do with Satchel besides editing: devices that come and go, pruning, decisions. */

import { SatchelError } from '../../src/base/errors.ts';
import { REGISTRY_ID } from '../../src/format/ids.ts';
import { type Direction, heldRecords } from '../../src/replica/held.ts';
import { isReady } from '../../src/replica/meta.ts';
import { outboxEntry } from '../../src/replica/outbox.ts';
import { peerOf } from '../../src/replica/peers.ts';
import { conflictsOf } from '../../src/replica/records.ts';
import { retireDevice } from '../../src/sync/adopt.ts';
import { type Choice, chooseFor } from '../../src/sync/choose.ts';
import { type Engine, selfId } from '../../src/sync/engine.ts';
import { conflictSides } from '../../src/sync/records.ts';
import { approveHeld, rejectHeld } from '../../src/sync/release.ts';
import type { Act } from './act.ts';
import type { LifeEvent } from './faults.ts';
import { Machine } from './machine.ts';
import { COLLECTION, VAULT_ROOT } from './program.ts';
import { DAY_MS, HOUR_MS } from './times.ts';
import { living, MOST_MACHINES, type World } from './world.ts';

export const EVENTS_OF_LIFE: Readonly<Record<LifeEvent, Act>> = {
  'add-device'(world) {
    if (world.machines.length >= MOST_MACHINES) return false;
    const watches = world.dice.chance(world.plan.watchShare);
    const machine = new Machine(world.around, { name: `added${world.machines.length}`, watches });
    world.machines.push(machine);
    machine.start();
    return true;
  },
  retire: (world, machine) => retire(world, machine, false),
  lose: (world, machine) => retire(world, machine, true),
  prune: (world, machine) => (world.plan.isHarsh ? pruneAgain : prune)(world, machine),
  'long-pause'(world) {
    if (world.plan.isHarsh && world.dice.chance(0.6)) return goAway(world);
    const awake = living(world).filter((machine) => !machine.isAsleep);
    for (const machine of awake) machine.setAsleep(true);
    const durationMs = world.dice.below(world.dice.pick([12 * HOUR_MS, 5 * DAY_MS, 20 * DAY_MS]));
    world.scheduler.skip(durationMs);
    for (const machine of awake) {
      machine.time.sleptMs += durationMs;
      machine.setAsleep(false);
    }
    return true;
  },
  resolve: (world, machine) => decideOn(world, machine, resolveOne),
  'delete-all': deleteAll,
  approve: (world) => release(world, approveHeld),
  reject: (world) => release(world, rejectHeld),
};

function prune(world: World, machine: Machine): boolean {
  if (!machine.startPrune()) return false;
  world.history.hasPruned = true;
  return true;
}

/** Mostly the same machine, and after so long that there is something to announce or to delete. */
function pruneAgain(world: World, picked: Machine): boolean {
  const { dice, history, plan, scheduler } = world;
  const former = history.pruner;
  const isThere = former?.isGone === false && former.isRunning && !former.isAsleep;
  const machine = isThere && dice.chance(0.8) ? former : picked;
  history.pruner = machine;
  if (machine.isBusy || machine.session === undefined) return false;
  if (dice.chance(0.6)) {
    scheduler.skip((dice.pick([plan.historyDays, plan.condemnedDays]) + 0.05) * DAY_MS);
  }
  return prune(world, machine);
}

/** One machine is shut, perhaps in the midst of its work, and the others go on without it. */
function goAway({ dice, history, machines, scheduler }: World): boolean {
  const awake = machines.filter(({ isGone, isAsleep }) => !isGone && !isAsleep);
  if (awake.length < 2) return false;
  const machine = dice.pick(awake);
  machine.setAsleep(true);
  const stepsLeft = dice.between(3, 15);
  history.away = [...history.away, { machine, sinceMs: scheduler.now(), stepsLeft }];
  return true;
}

/** Opens the machines that were shut for long enough, or all. */
export function comeBack({ history, scheduler }: World, isAll: boolean): void {
  const back = history.away.filter(({ stepsLeft }) => isAll || stepsLeft <= 0);
  for (const { machine, sinceMs } of back) {
    machine.time.sleptMs += scheduler.now() - sinceMs;
    machine.setAsleep(false);
  }
  history.away = history.away
    .filter((away) => !back.includes(away))
    .map((away) => ({ ...away, stepsLeft: away.stepsLeft - 1 }));
}

/** Some device removes another: one that is gone for good, or that does not know yet and comes back. */
function retire(world: World, by: Machine, isLost: boolean): boolean {
  const machine = world.dice.pick(world.machines);
  const { engine } = by.session ?? {};
  if (engine === undefined || machine === by) return false;
  // What it published before it was gone may not have been read by who would report it lost.
  if (machine.isGone ? isLost : machine.session === undefined) return false;
  const id = machine.askReplica((db) => selfId({ db }));
  if (id === undefined) return false;
  return by.unobserved(() => {
    const wasRead = peerOf(engine.db, id)?.numbers !== undefined;
    if (!wasRead || !isReady(engine.db, REGISTRY_ID)) return false;
    retireDevice(engine, { device: id, name: machine.name, retired: engine.clock.now(), isLost });
    if (isLost) world.history.hasForks = true;
    return true;
  });
}

function decideOn(
  world: World,
  machine: Machine,
  act: (world: World, machine: Machine, engine: Engine) => boolean,
): boolean {
  const engine = machine.session?.engine;
  if (engine === undefined) return false;
  return machine.unobserved(() => {
    try {
      return act(world, machine, engine);
    } catch (error) {
      // A choice that does not fit any more, or whose content is not here yet.
      if (!(error instanceof SatchelError)) throw error;
      return false;
    }
  });
}

/** A person settles a conflict, with all its sides on the screen. */
function resolveOne({ dice, oracle }: World, machine: Machine, engine: Engine): boolean {
  const conflicts = conflictsOf(engine.db, COLLECTION);
  if (conflicts.length === 0) return false;
  const { record } = dice.pick(conflicts);
  const choice: Choice = { kind: dice.pick(['local', 'remote', 'both'] as const) };
  const { state } = conflictSides(engine, COLLECTION, record);
  const shown = new Set(state.current.flatMap(({ version }) => version.hash ?? []));
  chooseFor(engine, COLLECTION, record, choice, (device) => device.slice(0, 6));
  const chosen = outboxEntry(engine.db, COLLECTION, record)?.version.hash;
  if (choice.kind === 'both') for (const hash of shown) oracle.touch(hash, 'chosen');
  else oracle.noteChoice(machine.name, [...shown], chosen);
  return true;
}

/** So many files that the guard takes it for a mass deletion, where there are as many (rule S8). */
const MANY_FILES = 5;

function deleteAll(world: World): boolean {
  const full = living(world).filter(({ disk }) => {
    const places = Object.keys(disk.person.tree(VAULT_ROOT));
    return places.filter((place) => !place.endsWith('/')).length >= MANY_FILES;
  });
  return full.length > 0 && world.people.deleteAll(world.dice.pick(full)) > 0;
}

type Decide = typeof approveHeld;

/** A person looks at the deletions that the guard holds, and says yes or no (rule S8). */
function release(world: World, decide: Decide): boolean {
  return living(world).some((machine) =>
    decideOn(world, machine, (_world, _machine, engine) =>
      (['out', 'in'] as const).some((direction) => releaseHeld(world, engine, direction, decide)),
    ),
  );
}

function releaseHeld(
  { oracle }: World,
  engine: Engine,
  direction: Direction,
  decide: Decide,
): boolean {
  if (heldRecords(engine.db, COLLECTION, direction).length === 0) return false;
  if (decide === rejectHeld) {
    // What was deleted in the minutes before is brought back with what is held.
    const rows = engine.db.all('SELECT DISTINCT hash FROM versions WHERE hash IS NOT NULL');
    for (const { hash } of rows) oracle.touch(String(hash), 'brought back');
  }
  decide(engine, COLLECTION, direction);
  return true;
}
