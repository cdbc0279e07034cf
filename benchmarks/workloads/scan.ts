/** 100,000 files of which none has changed. */
import { join } from 'node:path';
import { type Home, playOnOne, type Workload } from '../harness/bench.ts';
import { linkTree, writeNotes } from '../harness/data.ts';
import { run } from '../harness/measure.ts';
import type { Peer } from '../peers/peer.ts';

const COUNT = 100_000;
const QUICK_COUNT = 1000;
const FILE_BYTES = 1024;
const PEERS = ['satchel', 'rclone', 'rclone-tuned', 'restic', 'kopia'];

export const scan: Workload = {
  id: 'scan',
  title: '100,000 files, none of them changed',
  hasManyFiles: true,
  async run(bench) {
    const source = join(bench.scratch, 'scan');
    const count = bench.isQuick ? QUICK_COUNT : COUNT;
    await writeNotes(source, { count, sizeBytes: FILE_BYTES, perFolder: 100 }, bench.seed);
    const wanted = { workload: 'scan', peers: PEERS, runs: bench.runs };
    // Sending so much takes a minute or more, so one repository serves all rounds of a peer.
    const prepare = async ({ scratch, place }: Home, peer: Peer): Promise<void> => {
      await linkTree(source, join(scratch, 'folder'));
      const { fill, push } = await peer.create(place, join(scratch, 'folder'));
      await run(fill ?? push);
    };
    await playOnOne(bench, wanted, prepare, async ({ place, scratch, step }, peer) => {
      const { push } = await peer.reach(place, join(scratch, 'folder'));
      await step('no change', push);
    });
  },
};
