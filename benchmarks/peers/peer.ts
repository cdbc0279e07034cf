/** What the benchmarks ask of each program they compare. */
import type { Command } from '../harness/measure.ts';

/** Where a repository of one run is, and what of this machine it may use. */
export interface Place {
  readonly endpoint: string;
  readonly bucket: string;
  /** No other run's, without a slash at its end. */
  readonly prefix: string;
  /** A folder for the state and caches of the clients, removed after the run. */
  readonly state: string;
}

export interface Repository {
  /** Sends the folder; run again, it finds nothing to do or what changed since. */
  readonly push: Command;
  /** A quicker way to the same state, for what is not measured. */
  readonly fill?: Command;
  /** Goes on keeping the folder in step until it is ended. */
  readonly keepUp?: Command;
  /** Where renames are sent by something else than `push`. */
  readonly pushRenamed?: Command;
  /** Sets up another device, unmeasured; undefined where nothing can be fetched. */
  secondDevice?(folder: string): Promise<SecondDevice>;
}

export interface SecondDevice {
  readonly pull: Command;
  /** As of a repository. */
  readonly keepUp?: Command;
  /** Where the folder arrives: restic restores below the whole former path. */
  readonly root: string;
}

export interface Peer {
  /** As in the results and on the command line. */
  readonly id: string;
  /** As a reader sees it. */
  readonly label: string;
  /** Sets up a new repository for a folder, unmeasured. */
  create(place: Place, folder: string): Promise<Repository>;
  /** The same repository where the server is reached through another endpoint. */
  reach(place: Place, folder: string): Promise<Repository>;
}
