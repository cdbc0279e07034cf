/**
 * Options that every command takes, before or after its name: `satchel --json status` and
 * `satchel status --json` are the same.
 */
import { type Command, Option } from 'commander';

export interface GlobalOptions {
  readonly home: string | undefined;
  /** Every home that was given, in the order of the line. */
  readonly homes: readonly string[];
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly isColourless: boolean;
}

const OPTIONS: readonly (readonly [flags: string, description: string])[] = [
  ['--home <folder>', "this device's state (default: the platform's place, or SATCHEL_HOME)"],
  ['--json', 'print one JSON document and nothing else'],
  ['-q, --quiet', 'leave out notes and progress'],
  ['--no-color', 'print without colours'],
];

/**
 * Adds the options to the program and, unseen, to every command below it. Commands parse what
 * follows their name by themselves (`enablePositionalOptions`), or `restore --version` would ask
 * for the version of Satchel.
 */
export function addGlobalOptions(program: Command): void {
  program.enablePositionalOptions();
  for (const option of makeOptions()) program.addOption(option);
  for (const command of program.commands) addHidden(command);
}

function addHidden(command: Command): void {
  for (const option of makeOptions()) command.addOption(option.hideHelp());
  for (const below of command.commands) addHidden(below);
}

function makeOptions(): Option[] {
  return OPTIONS.map(([flags, description]) => {
    const option = new Option(flags, description);
    return flags.startsWith('--home') ? option.argParser(addHome) : option;
  });
}

/** A command that works in one home takes the last. */
function addHome(home: string, others: readonly string[] = []): readonly string[] {
  return [...others, home];
}

/** What was given, wherever in the line: the home nearest to the end wins. */
export function readGlobalOptions(command: Command): GlobalOptions {
  const levels: Record<string, unknown>[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) levels.push(at.opts());
  const homes = levels.reverse().flatMap(({ home }) => (Array.isArray(home) ? home : []));
  return {
    home: homes.at(-1),
    homes,
    isJson: levels.some(({ json }) => json === true),
    isQuiet: levels.some(({ quiet }) => quiet === true),
    isColourless: levels.some(({ color }) => color === false),
  };
}

/** What can be told of a line that could not be parsed: how to print the error. */
export function guessGlobalOptions(args: readonly string[]): GlobalOptions {
  return {
    home: undefined,
    homes: [],
    isJson: args.includes('--json'),
    isQuiet: false,
    isColourless: args.includes('--no-color'),
  };
}
