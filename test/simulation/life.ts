/** The course of a run: what people, machines and fate do, step by step. */
import type { Act } from './act.ts';
import { comeBack, EVENTS_OF_LIFE } from './events.ts';
import { FATE, putBackAtLast } from './fate.ts';
import { Machine } from './machine.ts';
import { living, type World } from './world.ts';

/** So many acts are thought of, where one after another cannot happen just now. */
const ATTEMPTS = 3;
const FILES_OF_A_MASS = 6;

/** Devices that begin with the run; others may come later. */
export function beginLife(world: World): void {
  for (let index = 0; index < world.plan.devices; index += 1) {
    const machine = new Machine(world.around, {
      name: `device${index}`,
      isFirst: index === 0,
      watches: world.dice.chance(world.plan.watchShare),
    });
    world.machines.push(machine);
    // Fewer files are no mass to the guard, when they are deleted (rule S8).
    if (index === 0 && world.happens('delete-all')) world.people.fill(machine, FILES_OF_A_MASS);
    machine.start();
  }
}

export async function live(world: World): Promise<void> {
  const { plan, scheduler, dice } = world;
  const acts = Object.entries({ ...FATE, ...EVENTS_OF_LIFE }).filter(([name]) =>
    [...plan.on].some((happening) => happening === name),
  );
  const decisions = acts.filter(([name]) => name === 'approve' || name === 'reject');
  for (let step = 0; step < plan.steps; step += 1) {
    comeBack(
      world,
      living(world).every(({ isAsleep }) => isAsleep),
    );
    const machine = dice.pick(living(world).filter(({ isAsleep }) => !isAsleep));
    if (!machine.isRunning && dice.chance(0.6)) machine.start();
    if (dice.chance(0.2)) fatefully(world, machine, decisions);
    if (plan.isHarsh) await beHarsh(world, machine);
    const isFateful = acts.length > 0 && dice.chance(0.25);
    if (isFateful) {
      fatefully(world, machine, acts);
    } else if (dice.chance(0.55)) editSomething(world, machine);
    else work(world, machine);
    if (dice.chance(0.5)) await scheduler.runPicks(dice.longTail(80));
    else await scheduler.runUntil(scheduler.now() + dice.below(plan.stepMs));
  }
  comeBack(world, true);
  putBackAtLast(world);
}

const STEPS_AFTER_A_MEETING = 12;

/** Two people at two machines, who were shown the same, rename a file and edit it. */
export async function meetInRename(world: World): Promise<void> {
  const { dice, network, scheduler } = world;
  const renaming = dice.pick(living(world));
  const others = living(world).filter((machine) => machine !== renaming);
  if (others.length === 0) return;
  const editing = dice.pick(others);
  const words = world.people.renameAndEdit(renaming, editing);
  world.tell(`on ${renaming.name} somebody ${words} (${editing.name})`);
  network.isFaulty = true;
  for (let step = 0; step < STEPS_AFTER_A_MEETING; step += 1) {
    work(world, dice.pick(living(world)));
    await scheduler.runPicks(dice.longTail(80));
  }
}

const MOST_OF_A_ROUND_MS = 120_000;

/** What faults need to hurt: blobs that are pruned in life, and machines with a past. */
async function beHarsh(world: World, machine: Machine): Promise<void> {
  const { dice, history, scheduler } = world;
  if (world.happens('prune') && dice.chance(0.12)) {
    if (EVENTS_OF_LIFE.prune(world, machine)) world.counters.add('prune');
  }
  const hasPast = world.happens('restore') || world.happens('clone');
  const busy = history.backup?.machine ?? world.machines[0];
  if (!hasPast || busy === undefined || !isFree(busy) || !dice.chance(0.4)) return;
  editSomething(world, busy);
  if (!busy.startRound({ list: true, everyHead: true })) return;
  const endMs = scheduler.now() + MOST_OF_A_ROUND_MS;
  while (busy.isBusy && scheduler.now() < endMs) await scheduler.runPicks(5);
  // Only a round in which there is nothing else to do compacts.
  if (dice.chance(0.5)) busy.startRound({ list: false, everyHead: false });
}

function isFree({ isGone, isAsleep, isRunning, isBusy, watches }: Machine): boolean {
  return isRunning && !(isGone || isAsleep || isBusy || watches);
}

/** Something that can happen just now, where there is any. */
function fatefully(world: World, machine: Machine, acts: readonly [string, Act][]): void {
  for (let attempt = 0; attempt < ATTEMPTS && acts.length > 0; attempt += 1) {
    const [name, act] = world.dice.pick(acts);
    if (!act(world, machine)) continue;
    world.counters.add(name);
    world.tell(`${machine.name}: ${name}`);
    return;
  }
}

function editSomething(world: World, machine: Machine): void {
  const isScanning = machine.isBusy && !machine.watches;
  if (isScanning && !world.happens('edit-in-mid-scan')) return;
  if (machine.isBusy) world.counters.add('edit-in-mid-scan');
  world.counters.add('edit');
  const words = world.people.edit(machine);
  world.tell(`on ${machine.name} somebody ${words}`);
  world.sabotage.afterEdit?.(machine, words);
}

function work({ dice }: World, machine: Machine): void {
  if (machine.watches) machine.startWatch();
  else machine.startRound({ list: dice.chance(0.5), everyHead: dice.chance(0.5) });
}
