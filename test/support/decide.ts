/**
 * What Satchel leaves to people in a random life of real processes: dice settle conflicts and answer
 * for deletions that are held.
 */
import assert from 'node:assert/strict';
import type { ConflictInfo } from '../../src/api/conflicts.ts';
import type { HeldDeletions } from '../../src/api/held.ts';
import type { SyncResult } from '../../src/api/status.ts';
import type { Dice } from './dice.ts';
import type { Ran } from './satchel.ts';

export interface Deciding {
  readonly dice: Dice;
  /** What happened, for the message of a failure. */
  readonly story: string[];
  /** Runs a command in the present circumstances: credentials, the day. */
  run(device: string, args: readonly string[]): Promise<Ran>;
}

export async function must(life: Deciding, device: string, ...args: string[]): Promise<Ran> {
  const ran = await life.run(device, args);
  assert.equal(ran.exitCode, 0, `${device}: satchel ${args.join(' ')}\n${ran.out}${ran.err}`);
  return ran;
}

/** True where a round of each device brought nothing anywhere. */
export function isQuiet(results: readonly SyncResult[]): boolean {
  const parts = results.flatMap(({ collections }) => collections);
  // A commit that was made before its process was killed goes up without being counted again.
  return (
    results.every(({ requests, moved }) => requests.put === 0 && moved !== true) &&
    parts.every(({ applied }) => applied.versions === 0)
  );
}

/** @param sidesOf what the dice may choose from. */
export async function settleConflicts(
  life: Deciding,
  device: string,
  sidesOf: (conflict: ConflictInfo) => readonly string[],
): Promise<void> {
  const open = (await must(life, device, 'conflicts', '--json')).json<ConflictInfo[]>();
  for (const conflict of open) {
    const side = life.dice.pick(sidesOf(conflict));
    life.story.push(`  resolve ${conflict.path} on ${device}: ${side}`);
    await must(life, device, 'resolve', 'Notes', conflict.path, '--keep', side);
  }
}

/** Answers for whatever is held on a device just now, in both directions. */
export async function decideHeld(life: Deciding, device: string): Promise<void> {
  const held = (await must(life, device, 'held', '--json')).json<HeldDeletions[]>();
  for (const { direction } of held) {
    const decision = life.dice.pick(['--approve', '--reject']);
    const { out } = await must(life, device, 'held', 'Notes', decision, `--${direction}`);
    life.story.push(`  held on ${device}, ${decision}: ${out.trim()}`);
  }
}
