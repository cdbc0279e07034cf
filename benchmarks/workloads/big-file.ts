/** One file of two gigabytes; then one megabyte in its middle becomes another. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { playRounds, type Workload } from '../harness/bench.ts';
import { changeMiddle, linkTree, restoreMiddle, writeBigFile } from '../harness/data.ts';

const FILE_BYTES = 2_000_000_000;
const QUICK_BYTES = 100_000_000;
const PEERS = ['satchel', 'rclone', 'restic', 'kopia', 'aws'];
const MOST_RUNS = 3;

export const bigFile: Workload = {
  id: 'big-file',
  title: 'One file of 2 GB, then 1 MB changed in its middle',
  async run(bench) {
    const source = join(bench.scratch, 'big-file');
    await writeBigFile(
      join(source, 'Film.mov'),
      bench.isQuick ? QUICK_BYTES : FILE_BYTES,
      bench.seed,
    );
    const wanted = { workload: 'big-file', peers: PEERS, runs: Math.min(bench.runs, MOST_RUNS) };
    await playRounds(bench, wanted, async (turn, peer) => {
      const folder = join(turn.scratch, 'folder');
      await linkTree(source, folder);
      const film = join(folder, 'Film.mov');
      const repository = await peer.create(turn.place, folder);
      await turn.step('first push', repository.push);
      const before = await changeMiddle(film, bench.seed);
      try {
        await turn.step('1 MB changed', repository.push);
      } finally {
        // All peers share the one file.
        await restoreMiddle(film, before);
      }
    });
    await rm(source, { recursive: true });
  },
};
