/**
 * The text log of a home: one line for each thing that happened, in files that are replaced in
 * turn. It tells names and numbers, never secrets or content.
 */
import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/ports.ts';

export type LogLevel = 'info' | 'warning' | 'trace';

export interface TextLog {
  write(level: LogLevel, words: string): void;
}

export interface LogBounds {
  readonly fileBytes: number;
  readonly files: number;
}

const BOUNDS: LogBounds = { fileBytes: 5 * 1024 * 1024, files: 5 };

/**
 * @param folder made when the first line is written, readable by its owner alone.
 * @param onTrouble told once where the log cannot be written: the work goes on without it.
 */
export function openTextLog(
  folder: string,
  clock: Clock,
  onTrouble: (error: unknown) => void,
  bounds: LogBounds = BOUNDS,
): TextLog {
  const path = join(folder, 'satchel.log');
  let sizeBytes: number | undefined;
  let isTold = false;

  const append = (line: string): void => {
    if (sizeBytes === undefined) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    }
    const lineBytes = Buffer.byteLength(line);
    if (sizeBytes > 0 && sizeBytes + lineBytes > bounds.fileBytes) {
      rotate(path, bounds.files);
      sizeBytes = 0;
    }
    appendFileSync(path, line, { mode: 0o600 });
    sizeBytes += lineBytes;
  };

  return {
    write(level, words) {
      const time = new Date(clock.now()).toISOString();
      try {
        append(`${time} ${level.padEnd(7)} ${onOneLine(words)}\n`);
        isTold = false;
      } catch (error) {
        sizeBytes = undefined;
        if (isTold) return;
        isTold = true;
        onTrouble(error);
      }
    },
  };
}

/** `satchel.log` becomes `satchel.log.1`, and so on; the oldest goes. */
function rotate(path: string, files: number): void {
  for (let number = files - 1; number >= 1; number -= 1) {
    const from = number === 1 ? path : `${path}.${number - 1}`;
    if (existsSync(from)) renameSync(from, `${path}.${number}`);
  }
}

/** A file's name may hold anything: no line of the log comes from outside. */
function onOneLine(words: string): string {
  return words.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}
