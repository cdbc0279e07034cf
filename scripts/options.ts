/**
 * The options of the campaigns. One that cannot be meant ends the script, for a campaign that takes
 * it for a zero tests nothing and passes.
 */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ERROR_KINDS, messageOf } from '../src/base/errors.ts';

export function readOptions<T extends ParseArgsConfig>(
  config: T,
): ReturnType<typeof parseArgs<T>>['values'] {
  try {
    return parseArgs(config).values;
  } catch (error) {
    return refuse(messageOf(error));
  }
}

export function wholeNumber(name: string, text: string, least = 0): number {
  const value = numberOf(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  return refuse(`--${name} takes a whole number from ${least}, not "${text}"`);
}

/** Parts of a minute are allowed. */
export function minutesOf(name: string, text: string): number {
  const value = numberOf(text);
  if (Number.isFinite(value) && value > 0) return value;
  return refuse(`--${name} takes a number above 0, not "${text}"`);
}

/** Says what is wrong with the command, and ends the script. */
export function refuse(message: string): never {
  console.error(message);
  process.exit(ERROR_KINDS.usage.exitCode);
}

/** `Number` takes a text of nothing for a zero. */
function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}
