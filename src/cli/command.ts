/** What a command is to the rest of the command line. */
import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** What the global options and the process give to a command. Read it inside the action. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** `--home` or SATCHEL_HOME; undefined where neither is given. */
  readonly home: string | undefined;
  /** Every `--home` that was given, for a command that works in several. */
  readonly homes: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder against which relative paths are meant. */
  readonly workingFolder: string;
  /** Where a person types, and whether one is there. */
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** Ends the run with this exit code once the action is over, without an error message. */
  setExitCode(exitCode: number): void;
  /** For commands that go on until Ctrl-C: aborts at the first one, which then ends nothing. */
  untilInterrupted(): AbortSignal;
}

export interface CommandModule {
  readonly name: string;
  /**
   * Adds the command to the program; `context` is complete when an action runs. What the action
   * needs is imported inside it, so that every command starts as fast as the least.
   */
  register(program: Command, context: CommandContext): void;
}

/** The groups of the help, in its order. */
export const GROUPS = {
  setUp: 'Set up:',
  everyDay: 'Every day:',
  history: 'Conflicts and history:',
  lookAfter: 'Look after:',
} as const;
