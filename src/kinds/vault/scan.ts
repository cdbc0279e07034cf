/** Looking through the folder for what a person changed, before anything is read (S6, S8). */
import type { Shown, Trouble } from '../../sync/kind.ts';
import { isOutrun, planScan, type ScanPlan } from '../files/changes.ts';
import { type Walk, walkFolder } from '../files/walk.ts';
import { forgetOutside, notedInside } from './outside.ts';
import { nothingTouched } from './touched.ts';
import { knownPlaces, loadRules, type Vault } from './workings.ts';

interface Scan {
  readonly plan: ScanPlan;
  /** Folders that could not be looked into. */
  readonly unreadable: readonly Trouble[];
  readonly leftOut: readonly Trouble[];
  /** Of what the plan misses and nothing new turns out to be: true where it was deleted. */
  isGone(row: Shown): boolean;
}

interface Look {
  readonly walk: Walk;
  readonly plan: ScanPlan;
  readonly outside: readonly Shown[];
}

/**
 * A file that moves while the folder is looked through may be seen nowhere, or twice. Where that
 * could be, the folder is looked through once more, and only what is missed both times is gone.
 */
export async function scanVault(vault: Vault): Promise<Scan> {
  const rules = await loadRules(vault);
  await vault.memory.turns(async () => {
    vault.memory.touched = nothingTouched();
  });
  const ignores = rules.ignores.bind(rules);
  const look = async (): Promise<Look> => {
    const { disk, port, root, selection } = vault;
    const isKnownPlace = knownPlaces(port);
    const walk = await walkFolder(disk, root, rules, {
      nowMs: port.now(),
      selection,
      isKnownPlace,
    });
    const outside: Shown[] = [];
    return { walk, plan: planScan(walk, notedInside(vault, outside), ignores), outside };
  };
  const { missed, first } = await firstLook(look);
  const last = first ?? (await look());
  forgetOutside(vault, last.outside);
  // What is unchanged is forgotten with the walk: of a large vault, that is most.
  const { plan, walk } = last;
  const { unreadable, leftOut } = walk;
  return { plan, unreadable, leftOut, isGone: ({ place }) => missed.has(place) };
}

/** @returns no look where it takes another: of a large vault, one at a time is in memory. */
async function firstLook(
  look: () => Promise<Look>,
): Promise<{ readonly missed: ReadonlySet<string>; readonly first?: Look }> {
  const first = await look();
  const missed = new Set(first.plan.missing.map(({ place }) => place));
  return isOutrun(first.walk, first.plan) ? { missed } : { missed, first };
}
