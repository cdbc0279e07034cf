/** Two gigabytes in photos of 3 MB: sent, and fetched by a new device. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { playRounds, type Workload } from '../harness/bench.ts';
import { assertSameTree, linkTree, writePhotos } from '../harness/data.ts';

const COUNT = 667;
const QUICK_COUNT = 40;
const PHOTO_BYTES = 3_000_000;
const PEERS = ['satchel-plain', 'rclone', 'rclone-tuned', 'put-loop', 'satchel', 'restic', 'kopia'];
const MOST_RUNS = 3;

export const photos: Workload = {
  id: 'photos',
  title: '2 GB in photos of 3 MB: first push, fresh pull',
  async run(bench) {
    const source = join(bench.scratch, 'photos');
    const count = bench.isQuick ? QUICK_COUNT : COUNT;
    await writePhotos(source, { count, sizeBytes: PHOTO_BYTES }, bench.seed);
    const wanted = { workload: 'photos', peers: PEERS, runs: Math.min(bench.runs, MOST_RUNS) };
    await playRounds(bench, wanted, async (turn, peer) => {
      const folder = join(turn.scratch, 'folder');
      await linkTree(source, folder);
      const repository = await peer.create(turn.place, folder);
      await turn.step('first push', repository.push);
      const second = await repository.secondDevice?.(join(turn.scratch, 'second'));
      if (second === undefined) return;
      await turn.step('fresh pull', second.pull);
      if (turn.isCounted) await assertSameTree(source, second.root);
    });
    await rm(source, { recursive: true });
  },
};
