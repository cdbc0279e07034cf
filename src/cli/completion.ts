/**
 * What could come next on a command line: commands, options, or what an argument stands for, by
 * its name in the help. Pure: what collections and records there are is looked up by the caller.
 */
import type { Command, Option } from 'commander';

export interface Candidate {
  readonly value: string;
  /** Shown beside it by shells that do. */
  readonly means: string;
}

/** What is asked for at the cursor. */
export type Asked =
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'collection' }
  /** A path in the collection named before it. */
  | { readonly kind: 'path'; readonly collection: string }
  | { readonly kind: 'device' }
  | { readonly kind: 'setting' }
  /** Left to the shell. */
  | { readonly kind: 'files' }
  | { readonly kind: 'nothing' };

/** @param words everything after `satchel`, the unfinished word last (perhaps empty). */
export function whatIsAsked(program: Command, words: readonly string[]): Asked {
  const typed = words.at(-1) ?? '';
  const { command, given, option } = follow(program, words.slice(0, -1));
  if (option !== undefined) return askedByName(nameOfValue(option), given);
  if (typed.startsWith('-')) return { kind: 'words', candidates: optionsOf(program, command) };
  const subcommands = command.commands.filter((one) => !isHidden(one));
  if (subcommands.length > 0 && given.length === 0) {
    const candidates = subcommands.map((one) => ({ value: one.name(), means: one.summary() }));
    return { kind: 'words', candidates };
  }
  const declared = command.registeredArguments;
  const last = declared.at(-1);
  const argument = declared[given.length] ?? (last?.variadic === true ? last : undefined);
  if (argument === undefined) return { kind: 'nothing' };
  if (argument.argChoices !== undefined) {
    const candidates = argument.argChoices.map((value) => ({ value, means: '' }));
    return { kind: 'words', candidates };
  }
  return askedByName(argument.name(), given);
}

interface Followed {
  readonly command: Command;
  /** The arguments of the command that are there already. */
  readonly given: readonly string[];
  /** The option whose value is being typed. */
  readonly option: Option | undefined;
}

function follow(program: Command, words: readonly string[]): Followed {
  let command = program;
  let given: string[] = [];
  let option: Option | undefined;
  for (const word of words) {
    if (option !== undefined) {
      option = undefined;
      continue;
    }
    if (word.startsWith('-')) {
      const known = allOptions(program, command).find(
        (one) => one.long === word || one.short === word,
      );
      if (known?.required === true) option = known;
      continue;
    }
    const next =
      given.length === 0 ? command.commands.find((one) => one.name() === word) : undefined;
    if (next === undefined) given.push(word);
    else {
      command = next;
      given = [];
    }
  }
  return { command, given, option };
}

function askedByName(name: string, given: readonly string[]): Asked {
  switch (name) {
    case 'collection':
    case 'collections':
      return { kind: 'collection' };
    case 'path':
      return { kind: 'path', collection: given[0] ?? '' };
    case 'device':
      return { kind: 'device' };
    case 'setting':
      return { kind: 'setting' };
    case 'folder':
    case 'file':
    case 'bucket-url':
    case 'new-bucket-url':
      return { kind: 'files' };
    case 'kind':
      return { kind: 'words', candidates: [{ value: 'vault', means: 'a folder of any files' }] };
    default:
      return { kind: 'nothing' };
  }
}

/** `--home <folder>` asks for a folder. */
function nameOfValue(option: Option): string {
  return /<([^>]+)>/.exec(option.flags)?.[1] ?? '';
}

function optionsOf(program: Command, command: Command): Candidate[] {
  return allOptions(program, command)
    .filter((option) => !option.hidden && option.long !== undefined)
    .map((option) => ({ value: option.long ?? '', means: option.description }));
}

function allOptions(program: Command, command: Command): readonly Option[] {
  return command === program ? command.options : [...command.options, ...program.options];
}

/** Commander keeps whether a command is hidden to itself; ours begin with two underscores. */
function isHidden(command: Command): boolean {
  return command.name().startsWith('__');
}
