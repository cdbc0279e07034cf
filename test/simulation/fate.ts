/** What happens to machines: networks that fail, programs and machines that die, copies of them. */
import type { Act } from './act.ts';
import { RESTORED } from './counters.ts';
import {
  excuseUnpublished,
  excuseWhatWasCut,
  hasUnsent,
  noteInterrupted,
  unpublishedOf,
} from './excuses.ts';
import type { MachineFault } from './faults.ts';
import { type Fuse, Machine } from './machine.ts';
import { hasSegments } from './replica.ts';
import { dropOvertaken, landAll } from './store.ts';
import { DAY_MS } from './times.ts';
import { type Backup, living, MOST_MACHINES, type World } from './world.ts';

export const FATE: Readonly<Partial<Record<MachineFault, Act>>> = {
  partition({ scheduler, dice, network }, machine) {
    if (machine.isPartitioned) return false;
    machine.isPartitioned = true;
    scheduler.later(network.carrier, `${machine.name} is back`, dice.longTail(600_000), () => {
      machine.isPartitioned = false;
    });
    return true;
  },
  'kill-at-await': (world, machine) => lightFuse(world, machine, 'await', 400),
  'kill-at-statement': (world, machine) => lightFuse(world, machine, 'statement', 1500),
  kill(_world, machine) {
    if (!machine.isRunning) return false;
    machine.die('kill');
    return true;
  },
  'power-cut'(world, machine) {
    cutPower(world, machine);
    return true;
  },
  restore(world, machine) {
    const { backup } = world.history;
    if (backup === undefined || (backup.machine !== machine && backup.machine.isGone)) {
      backUp(world, machine);
      return false;
    }
    return backup.machine === machine && putBack(world, backup);
  },
  clone(world, machine) {
    if (world.machines.length >= MOST_MACHINES || world.history.twins.has(machine.name))
      return false;
    if (world.plan.isHarsh && machine.askReplica(hasSegments) !== true && world.dice.chance(0.75))
      return false;
    landAll(world.network);
    for (const hash of unpublishedOf(world, machine)) world.oracle.touch(hash, 'copied');
    // What it moved and did not publish is moved twice, and may clash with itself.
    world.oracle.forgetMoves(machine.name, 0);
    const image = machine.image(world.oracle.edits.length);
    const name = `${machine.name}-twin`;
    const { watches } = machine;
    const twin = new Machine(world.around, { name, image, watches });
    world.machines.push(twin);
    world.history.hasForks = true;
    const copiedAtEdit = world.oracle.edits.length;
    world.history.twins.set(name, copiedAtEdit).set(machine.name, copiedAtEdit);
    noteInterrupted(world, twin);
    twin.start();
    return true;
  },
  'dies-for-good'(world, machine) {
    if (living(world).length < 3 || machine.session === undefined) return false;
    // What lands after its sender is gone for good takes away what only the bucket had.
    landAll(world.network, machine.name);
    excuseUnpublished(world, machine, 0);
    machine.die('kill');
    machine.isGone = true;
    return true;
  },
  'clock-jump'({ dice }, machine) {
    machine.jumpClock(dice.chance(0.3) ? 0 : dice.between(-2 * DAY_MS, 2 * DAY_MS));
    return true;
  },
  'full-disk'({ dice }, machine) {
    const { disk } = machine;
    const isFull = disk.capacityBytes !== Number.POSITIVE_INFINITY;
    disk.capacityBytes = isFull ? Number.POSITIVE_INFINITY : dice.longTail(2_000);
    return !isFull;
  },
};

function cutPower(world: World, machine: Machine): void {
  excuseWhatWasCut(world, machine, () => machine.die('power-cut'));
}

function lightFuse(world: World, machine: Machine, at: Fuse['at'], most: number): boolean {
  const left = world.dice.longTail(most);
  const isCut = world.plan.cutsInWork && left % 2 === 0;
  const strike = (): void => {
    if (!isCut) {
      machine.die('kill');
      return;
    }
    world.counters.add('power-cut');
    cutPower(world, machine);
  };
  if (machine.isRunning) machine.lightFuse({ at, left, strike });
  // It counts when it goes off.
  return false;
}

/** Most backups are made when nobody works, and all is sent. Some disks are lost soon after. */
function backUp(world: World, machine: Machine): void {
  const unpublished = unpublishedOf(world, machine);
  const { dice, plan } = world;
  if (unpublished.length > 0 && dice.chance(plan.isHarsh ? 0.97 : 0.7)) return;
  world.history.backup = {
    machine,
    image: machine.image(world.oracle.edits.length),
    unpublished,
    hasUnsent: hasUnsent(world, machine),
    editsUntilLoss: dice.pick([0, 4, 8]),
  };
}

/** A disk that was in use until the end may be lost then, so that many have old backups. */
export function putBackAtLast(world: World): void {
  const { backup } = world.history;
  if (backup === undefined || backup.machine.isGone || world.dice.chance(0.3)) return;
  if (!putBack(world, backup)) return;
  world.counters.add('restore');
  world.tell(`${backup.machine.name}: restore`);
}

/**
 * What is on its way has landed before: an old head that lands later takes away what only the
 * bucket had, and no rule can bring that back. It also takes longer than old answers last.
 */
function putBack(world: World, backup: Backup): boolean {
  const { machine, image, unpublished, editsUntilLoss } = backup;
  const edits = world.oracle.edits
    .slice(image.edits)
    .filter((edit) => edit.machine === machine.name);
  if (machine.session === undefined || edits.length < editsUntilLoss) return false;
  dropOvertaken(world.network);
  landAll(world.network);
  excuseUnpublished(world, machine, image.edits);
  machine.restore(image);
  for (const hash of unpublished) world.oracle.touch(hash, 'copied');
  noteInterrupted(world, machine);
  // With nothing unsent in it, the life that goes on is one with the life that was put back.
  if (backup.hasUnsent) world.history.hasForks = true;
  else if (edits.length > 0) world.counters.add(RESTORED);
  world.history.backup = undefined;
  world.scheduler.skip(world.plan.stalenessMs);
  return true;
}
