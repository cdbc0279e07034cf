/** Notes of 4 KB: sent for the first time, nothing to do, fetched by a new device. */
import { join } from 'node:path';
import { type Bench, playRounds, type RoundsWanted, type Workload } from '../harness/bench.ts';
import { assertSameTree, linkTree, writeNotes } from '../harness/data.ts';

export const COUNTS = [10, 50, 100, 500, 1000, 10_000] as const;
const QUICK_COUNTS = [10, 100] as const;
const NOTE_BYTES = 4096;
const PEERS = ['satchel', 'rclone', 'rclone-tuned', 'rclone-bisync', 'restic', 'kopia', 'aws'];
/** Of the largest folder there are fewer rounds, and without the peer that takes a minute for each. */
const LARGE = 10_000;
const LARGE_RUNS = 3;
const LARGE_PEERS = PEERS.filter((id) => id !== 'aws');

export const notes: Workload = {
  id: 'notes',
  title: 'Notes of 4 KB: first push, nothing to do, fresh pull',
  hasManyFiles: true,
  async run(bench) {
    for (const count of bench.isQuick ? QUICK_COUNTS : COUNTS) await runCount(bench, count);
  },
};

/** What a server in the next country takes to answer. */
const DISTANCE_MS = 30;
const FAR_COUNT = 1000;
const FAR_RUNS = 3;

export const far: Workload = {
  id: 'far',
  title: `1,000 notes of 4 KB, with a server ${DISTANCE_MS} ms away`,
  hasManyFiles: true,
  async run(bench) {
    const count = bench.isQuick ? 100 : FAR_COUNT;
    const runs = Math.min(bench.runs, FAR_RUNS);
    await playNotes(bench, count, { workload: 'far', peers: PEERS, runs, distanceMs: DISTANCE_MS });
  },
};

async function runCount(bench: Bench, count: number): Promise<void> {
  const isLarge = count >= LARGE;
  const runs = isLarge ? Math.min(bench.runs, LARGE_RUNS) : bench.runs;
  const peers = isLarge ? LARGE_PEERS : PEERS;
  await playNotes(bench, count, { workload: `notes ${count}`, peers, runs });
}

async function playNotes(bench: Bench, count: number, wanted: RoundsWanted): Promise<void> {
  const source = join(bench.scratch, `notes-${count}`);
  await writeNotes(source, { count, sizeBytes: NOTE_BYTES, perFolder: 100 }, bench.seed);
  await playRounds(bench, wanted, async (turn, peer) => {
    const folder = join(turn.scratch, 'folder');
    await linkTree(source, folder);
    const repository = await peer.create(turn.place, folder);
    await turn.step('first push', repository.push);
    await turn.step('no change', repository.push);
    const second = await repository.secondDevice?.(join(turn.scratch, 'second'));
    if (second === undefined) return;
    await turn.step('fresh pull', second.pull);
    if (turn.isCounted) await assertSameTree(source, second.root);
  });
}
