/**
 * Options that every command takes, before or after its name: `satchel --json status` and
 * `satchel status --json` are the same.
 */
import { type Command, Option } from 'commander';

export interface GlobalOptions {
  readonly home: string | undefined;
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
  for (const [flags, description] of OPTIONS) program.option(flags, description);
  for (const command of program.commands) addHidden(command);
}

function addHidden(command: Command): void {
  for (const [flags, description] of OPTIONS) {
    command.addOption(new Option(flags, description).hideHelp());
  }
  for (const below of command.commands) addHidden(below);
}

/** What was given, wherever in the line: the home nearest to the end wins. */
export function readGlobalOptions(command: Command): GlobalOptions {
  const levels: Record<string, unknown>[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) levels.push(at.opts());
  const homes = levels.map(({ home }) => home).filter((home) => typeof home === 'string');
  return {
    home: homes[0],
    isJson: levels.some(({ json }) => json === true),
    isQuiet: levels.some(({ quiet }) => quiet === true),
    isColourless: levels.some(({ color }) => color === false),
  };
}

/** What can be told of a line that could not be parsed: how to print the error. */
export function guessGlobalOptions(args: readonly string[]): GlobalOptions {
  return {
    home: undefined,
    isJson: args.includes('--json'),
    isQuiet: false,
    isColourless: args.includes('--no-color'),
  };
}
