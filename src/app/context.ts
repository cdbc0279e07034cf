/** What a command brings to the app: where things are, and how to tell a person about them. */
import type { Clock, Random } from '../base/ports.ts';

export interface AppContext {
  /** This device's home: an absolute path. */
  readonly home: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Long work under way; see CollectionPort.progress. */
  progress(step: string, done: number, total: number | undefined, unit: 'files' | 'bytes'): void;
  /** Something a person should know, though the command goes on. */
  notice(message: string): void;
}
