/**
 * Rounds of a workload. In each, every peer does the same on a repository of its own, one after the
 * other, so that whatever else the machine does hits all alike. Round 0 goes through the counting
 * proxy, is not timed, and warms what can be warmed; workloads that fetch compare in it, byte for
 * byte, what arrived. With a distance the timed rounds go through the proxy as well.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Peer, Place } from '../peers/peer.ts';
import { startCounter } from './counter.ts';
import { type Command, measure } from './measure.ts';
import type { Findings } from './samples.ts';
import { BUCKET, type Server } from './server.ts';

/** What all workloads get. */
export interface Bench {
  readonly server: Server;
  /** A folder on the disk for data and state. */
  readonly scratch: string;
  readonly seed: number;
  readonly runs: number;
  /** Small sizes, to try the harness. */
  readonly isQuick: boolean;
  /** What rounds leave in `scratch` stays there: see `Workload.hasManyFiles`. */
  readonly keepsScratch: boolean;
  readonly peers: ReadonlyMap<string, Peer>;
  readonly findings: Findings;
  tell(line: string): void;
}

export interface Workload {
  readonly id: string;
  /** One line that says what is done. */
  readonly title: string;
  /**
   * True where rounds leave thousands of files, which are removed after the last workload only: for
   * minutes after a file is removed, ext4 passes its inode over at each file that is made
   * (`recently_deleted` in its source), and the next peer would pay for the last one's tidiness.
   */
  readonly hasManyFiles?: boolean;
  run(bench: Bench): Promise<void>;
}

/** One peer in one round. */
export interface Turn {
  /** True where nothing is timed, and what arrives can be compared. */
  readonly isCounted: boolean;
  readonly place: Place;
  /** Empty, and of no use after the turn. */
  readonly scratch: string;
  /** Runs a command and notes what it took. */
  step(name: string, command: Command): Promise<void>;
}

export interface RoundsWanted {
  readonly workload: string;
  readonly peers: readonly string[];
  readonly runs: number;
  /** How far the server is: what a request takes to it and back. Next door by default. */
  readonly distanceMs?: number;
}

/** Runs `play` for each of the peers that are there, in each round, on a fresh repository. */
export async function playRounds(
  bench: Bench,
  { workload, peers, runs, distanceMs }: RoundsWanted,
  play: (turn: Turn, peer: Peer) => Promise<void>,
): Promise<void> {
  for (let round = 0; round <= runs; round += 1) {
    for (const peer of presentPeers(bench, peers)) {
      const home = await makeHome(bench, `${workload}-${round}-${peer.id}`);
      const wanted = { workload, peer, round, home, distanceMs };
      try {
        await playTurn(bench, wanted, (turn) => play(turn, peer));
      } finally {
        await removeHome(bench, home);
      }
    }
  }
}

/**
 * The same on one repository of each peer for all rounds, filled by `prepare`: where filling takes
 * much longer than what is measured, and leaves nothing behind that changes the next round.
 */
export async function playOnOne(
  bench: Bench,
  { workload, peers, runs }: RoundsWanted,
  prepare: (home: Home, peer: Peer) => Promise<void>,
  play: (turn: Turn, peer: Peer) => Promise<void>,
): Promise<void> {
  const homes = new Map<Peer, Home>();
  try {
    for (const peer of presentPeers(bench, peers)) {
      const home = await makeHome(bench, `${workload}-${peer.id}`);
      homes.set(peer, home);
      bench.tell(`${workload}: ${peer.id} is prepared`);
      await prepare(home, peer);
    }
    for (let round = 0; round <= runs; round += 1) {
      for (const [peer, home] of homes) {
        await playTurn(bench, { workload, peer, round, home }, (turn) => play(turn, peer));
      }
    }
  } finally {
    for (const home of homes.values()) await removeHome(bench, home);
  }
}

const presentPeers = ({ peers }: Bench, ids: readonly string[]): readonly Peer[] =>
  ids.flatMap((id) => peers.get(id) ?? []);

/** Where a repository and its devices live. */
export interface Home {
  /** Without the proxy. */
  readonly place: Place;
  readonly scratch: string;
}

export async function makeHome(bench: Bench, name: string): Promise<Home> {
  const prefix = name.replaceAll(/\W+/g, '-');
  const scratch = join(bench.scratch, prefix);
  const state = join(scratch, 'state');
  await mkdir(state, { recursive: true });
  return { place: { endpoint: bench.server.endpoint, bucket: BUCKET, prefix, state }, scratch };
}

export async function removeHome(bench: Bench, { place, scratch }: Home): Promise<void> {
  await bench.server.empty(place.prefix);
  if (!bench.keepsScratch) await rm(scratch, { recursive: true, force: true });
}

interface TurnWanted {
  readonly workload: string;
  readonly peer: Peer;
  readonly round: number;
  readonly home: Home;
  readonly distanceMs?: number | undefined;
}

async function playTurn(
  bench: Bench,
  { workload, peer, round, home, distanceMs }: TurnWanted,
  play: (turn: Turn) => Promise<void>,
): Promise<void> {
  const { findings, server } = bench;
  const { scratch } = home;
  const isCounted = round === 0;
  const isBetween = isCounted || distanceMs !== undefined;
  const counter = isBetween ? await startCounter(server.endpoint, distanceMs) : undefined;
  const turn: Turn = {
    isCounted,
    place: { ...home.place, endpoint: counter?.endpoint ?? server.endpoint },
    scratch,
    async step(step, command) {
      const at = { workload, step, peer: peer.id };
      counter?.take();
      const usage = await measure(command, scratch);
      const how = isCounted ? 'counted' : `round ${round}`;
      bench.tell(line(`${workload}: ${step}`, peer.id, how, usage.wallMs));
      if (!isCounted) findings.samples.push({ ...at, round, ...usage });
      else if (counter !== undefined) findings.counts.push({ ...at, ...counter.take() });
    },
  };
  try {
    await play(turn);
  } catch (cause) {
    throw new Error(`${workload}, ${peer.id}, round ${round}: ${String(cause)}`, { cause });
  } finally {
    await counter?.close();
  }
}

function line(what: string, peer: string, how: string, wallMs: number): string {
  const seconds = (wallMs / 1000).toFixed(2).padStart(8);
  return `${what.padEnd(34)} ${peer.padEnd(14)} ${how.padEnd(8)} ${seconds} s`;
}
