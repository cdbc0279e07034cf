/** What happens to machines: networks that fail, programs and machines that die, copies of them. */
import type { Act } from './act.ts';
import { excuseUnpublished, excuseWhatWasCut, noteInterrupted, unpublishedOf } from './excuses.ts';
import type { MachineFault } from './faults.ts';
import { Machine } from './machine.ts';
import { landAll } from './store.ts';
import { living, type World } from './world.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MOST_MACHINES = 6;

export const FATE: Readonly<Partial<Record<MachineFault, Act>>> = {
  partition({ scheduler, dice, network }, machine) {
    if (machine.isPartitioned) return false;
    machine.isPartitioned = true;
    scheduler.later(network.carrier, `${machine.name} is back`, dice.longTail(600_000), () => {
      machine.isPartitioned = false;
    });
    return true;
  },
  'kill-at-await': ({ dice }, machine) => lightFuse(machine, 'await', dice.longTail(400)),
  'kill-at-statement': ({ dice }, machine) => lightFuse(machine, 'statement', dice.longTail(1500)),
  kill(_world, machine) {
    if (!machine.isRunning) return false;
    machine.die('kill');
    return true;
  },
  'power-cut'(world, machine) {
    excuseWhatWasCut(world, machine, () => machine.die('power-cut'));
    return true;
  },
  restore(world, machine) {
    const { backup } = world.history;
    if (backup?.machine !== machine) {
      if (backup !== undefined && !backup.machine.isGone) return false;
      const unpublished = unpublishedOf(world, machine);
      world.history.backup = {
        machine,
        image: machine.image(world.oracle.edits.length),
        unpublished,
      };
      return false;
    }
    if (machine.session === undefined) return false;
    putBack(world, machine);
    return true;
  },
  clone(world, machine) {
    if (world.machines.length >= MOST_MACHINES || world.history.twins.has(machine.name))
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

function lightFuse(machine: Machine, at: 'await' | 'statement', left: number): boolean {
  if (machine.isRunning) machine.lightFuse({ at, left, death: 'kill' });
  // It counts when it goes off.
  return false;
}

/**
 * What is on its way has landed before: an old head that lands later takes away what only the
 * bucket had, and no rule can bring that back. It also takes longer than old answers last.
 */
function putBack(world: World, machine: Machine): void {
  const { backup } = world.history;
  if (backup === undefined) return;
  landAll(world.network);
  excuseUnpublished(world, machine, backup.image.edits);
  machine.restore(backup.image);
  for (const hash of backup.unpublished) world.oracle.touch(hash, 'copied');
  noteInterrupted(world, machine);
  world.history.hasForks = true;
  world.history.backup = undefined;
  world.scheduler.skip(world.plan.stalenessMs);
}
