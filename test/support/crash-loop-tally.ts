/** Counting what was killed and where it stood: a kill that hits nobody at work proves nothing. */
import type { Shot } from './crash-loop-kill.ts';
import { PHASES, type Phase } from './crash-loop-trace.ts';

export interface CommandTally {
  readonly command: string;
  /** How many processes were to be killed. */
  readonly aimed: number;
  /** Of those, how many were still running. */
  readonly killed: number;
  /** Of those, how many had begun and were at work: a `watch` idles between two rounds. */
  readonly atWork: number;
  /** Of the killed, how many had a step under way: a write, a rename, a commit, a request. */
  readonly inMidStep: number;
}

export interface PhaseTally {
  readonly phase: Phase;
  /** Died with a step of it under way. */
  readonly during: number;
  /** Died between two steps, the last of which was one of it. */
  readonly after: number;
}

export interface Tally {
  readonly byCommand: readonly CommandTally[];
  /** Where the processes stood that were killed; one with several steps under way counts for each. */
  readonly byPhase: readonly PhaseTally[];
  readonly total: CommandTally;
}

export function tallyOf(shots: readonly Shot[]): Tally {
  const commands = [...new Set(shots.map(({ command }) => command))].sort();
  const killed = shots.filter(({ wasKilled }) => wasKilled);
  const phases = PHASES.map((phase): PhaseTally => {
    const during = killed.filter(({ moment }) => moment.underWay.includes(phase)).length;
    const after = killed.filter(
      ({ moment }) => moment.underWay.length === 0 && moment.last === phase,
    );
    return { phase, during, after: after.length };
  });
  return {
    byCommand: commands.map((command) =>
      count(
        command,
        shots.filter((shot) => shot.command === command),
      ),
    ),
    byPhase: phases.filter(({ during, after }) => during + after > 0),
    total: count('all', shots),
  };
}

function count(command: string, shots: readonly Shot[]): CommandTally {
  const killed = shots.filter(({ wasKilled }) => wasKilled);
  const inMidStep = killed.filter(({ moment }) => moment.underWay.length > 0).length;
  const atWork = killed.filter(wasAtWork).length;
  return { command, aimed: shots.length, killed: killed.length, atWork, inMidStep };
}

/** Of a `watch` that is between two steps and short of its aim, nobody can say what it waits for. */
function wasAtWork({ command, wasAtAim, moment, records }: Shot): boolean {
  const mayIdle = command === 'watch' && !wasAtAim && moment.underWay.length === 0;
  return records > 0 && !mayIdle;
}

/** As two tables for a terminal. */
export function tallyLines({ byCommand, byPhase, total }: Tally): readonly string[] {
  return [
    row(['command', 'aimed at', 'killed', 'at work', 'in mid-step']),
    ...[...byCommand, total].map((one) =>
      row([one.command, one.aimed, one.killed, one.atWork, one.inMidStep]),
    ),
    row(['killed', 'during', 'after']),
    ...byPhase.map(({ phase, during, after }) => row([phase, during, after])),
  ];
}

function row([first = '', ...others]: readonly (string | number)[]): string {
  return `${String(first).padEnd(18)}${others.map((cell) => String(cell).padStart(12)).join('')}`;
}
