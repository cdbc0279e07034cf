/** The record of everything that happened in a run: as a hash always, as lines on request. */
import { createHash } from 'node:crypto';

export interface Trace {
  note(line: string): void;
  /** Names the whole run so far: equal for equal runs. */
  digest(): string;
  readonly lines: readonly string[];
}

export function createTrace(keepsLines: boolean): Trace {
  const hash = createHash('sha256');
  const lines: string[] = [];
  return {
    lines,
    note(line) {
      hash.update(line);
      hash.update('\n');
      if (keepsLines) lines.push(line);
    },
    digest: () => hash.copy().digest('hex'),
  };
}
