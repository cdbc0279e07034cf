/** `--port` of the commands that serve the page. */
import { InvalidArgumentError } from 'commander';

/** @throws InvalidArgumentError, which the command line tells of. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It has to be a number from 0 to 65535.');
}
