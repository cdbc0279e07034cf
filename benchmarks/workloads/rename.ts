/** A folder of 1,000 notes gets another name, and that is pushed. No other device fetches it. */
import { rename as renameFolder } from 'node:fs/promises';
import { join } from 'node:path';
import { playRounds, type Workload } from '../harness/bench.ts';
import { linkTree, writeNotes } from '../harness/data.ts';
import { run } from '../harness/measure.ts';

const COUNT = 1000;
const QUICK_COUNT = 100;
const NOTE_BYTES = 4096;
const PEERS = ['satchel', 'rclone', 'rclone-tuned', 'restic', 'kopia'];

export const rename: Workload = {
  id: 'rename',
  title: 'A folder of 1,000 notes is renamed',
  hasManyFiles: true,
  async run(bench) {
    const source = join(bench.scratch, 'rename');
    const count = bench.isQuick ? QUICK_COUNT : COUNT;
    await writeNotes(source, { count, sizeBytes: NOTE_BYTES, perFolder: count }, bench.seed);
    const wanted = { workload: 'rename', peers: PEERS, runs: bench.runs };
    await playRounds(bench, wanted, async (turn, peer) => {
      const folder = join(turn.scratch, 'folder');
      await linkTree(source, folder);
      const repository = await peer.create(turn.place, folder);
      await run(repository.push);
      await renameFolder(join(folder, 'Folder 0000'), join(folder, 'Another name'));
      await turn.step('push of the rename', repository.pushRenamed ?? repository.push);
    });
  },
};
