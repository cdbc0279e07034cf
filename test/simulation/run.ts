/** One run: a seed in, what was found out. */
import { drawHarshness, drawPlan, type Happening, type Plan } from './faults.ts';
import { createGenerator } from './generator.ts';
import { checkEnd } from './invariants.ts';
import { beginLife, live, meetInRename } from './life.ts';
import { Machine } from './machine.ts';
import { pruneAtRest, settle, settleLatecomer } from './settle.ts';
import { createTrace } from './trace.ts';
import type { Violation } from './violations.ts';
import { watchOver } from './watchers.ts';
import { createWorld, type Sabotage, type World } from './world.ts';

export interface RunOptions {
  /** Only these happen; a random part of all by default. */
  readonly only?: readonly Happening[];
  readonly change?: Partial<Plan>;
  /** Four seeds of ten are harsh then; none by default. */
  readonly mayBeHarsh?: boolean;
  readonly keepsTrace?: boolean;
  readonly sabotage?: Sabotage;
  /** Looks at the world before it is taken down. */
  readonly inspect?: (world: World) => void;
}

export interface RunResult {
  readonly seed: bigint;
  readonly violations: readonly Violation[];
  /** Equal for equal runs. */
  readonly digest: string;
  readonly counters: Readonly<Record<string, number>>;
  readonly lines: readonly string[];
}

export async function runSimulation(seed: bigint, options: RunOptions = {}): Promise<RunResult> {
  const dice = createGenerator(seed);
  const drawn = drawPlan(dice, options.only);
  const harshness = options.mayBeHarsh === true ? drawHarshness(seed, drawn) : {};
  const meetsInRename = seed % 5n === 0n;
  const plan = { ...drawn, meetsInRename, ...harshness, ...options.change };
  const trace = createTrace(options.keepsTrace === true);
  const { sabotage } = options;
  const world = createWorld({ plan, dice, trace, ...(sabotage === undefined ? {} : { sabotage }) });
  watchOver(world);
  try {
    beginLife(world);
    await live(world);
    if (plan.meetsInRename) {
      await settle(world);
      await meetInRename(world);
    }
    // Mostly the newcomer comes while the others are still at it, which saves half of the talk.
    const prunes = world.happens('prune');
    if (prunes || dice.chance(0.2)) await settle(world);
    if (prunes) await pruneAtRest(world);
    await settleLatecomer(world, new Machine(world.around, { name: 'latecomer' }));
    sabotage?.beforeCheck?.(world);
    await checkEnd(world);
    options.inspect?.(world);
  } catch (error) {
    world.violations.addError('the run', error);
  } finally {
    world.close();
  }
  world.counters.add('picks', world.scheduler.picks);
  return {
    seed,
    violations: world.violations.all,
    digest: trace.digest(),
    counters: world.counters.toRecord(),
    lines: trace.lines,
  };
}
