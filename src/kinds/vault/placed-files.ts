/**
 * Noting what was put in its place, many files at a time: flushing a folder is the slow part of
 * placing, and one flush serves all files in it. The order matters. A note must not outlive the
 * name it tells of: after a power cut, the file would look like one that the person deleted. Nor
 * must it be lost once the round is over: what the person does to the file then would look like
 * something done without having seen it.
 */
import { dirname } from 'node:path';
import { forEachConcurrently } from '../../base/concurrency.ts';
import { diskErrorWords } from '../files/disk-errors.ts';
import { pathOf } from '../files/layout.ts';
import { checkFolder } from '../files/marker.ts';
import type { PutOutRound } from './round.ts';
import type { Vault } from './workings.ts';

const FLUSHES_AT_ONCE = 8;

/**
 * Makes durable what was placed since the last call, and the notes of it. False where a folder could
 * not be flushed: its files are told, and stay stale.
 */
export async function notePlacedFiles(round: PutOutRound): Promise<boolean> {
  const { port, root } = round.vault;
  const rows = round.unnoted.splice(0);
  if (rows.length === 0) return true;
  const byFolder = Map.groupBy(rows, ({ place }) => dirname(pathOf(root, place)));
  const durable: typeof rows = [];
  await forEachConcurrently(byFolder, FLUSHES_AT_ONCE, async ([folder, placed]) => {
    try {
      await flushNearest(round.vault, folder);
      durable.push(...placed);
    } catch (error) {
      const words = diskErrorWords(error);
      round.failed.push(...placed.map(({ place }) => ({ path: place, error: words })));
    }
  });
  port.durableTransaction(() => {
    for (const row of durable) port.placed(row);
  });
  return durable.length === rows.length;
}

/**
 * Makes durable what became of files that were placed in a folder: where a person has removed that
 * since, the folder above tells it. The next look takes them for deleted, or finds where they are.
 */
async function flushNearest(vault: Vault, folder: string): Promise<void> {
  const { disk, root, marker } = vault;
  try {
    await disk.flushFolder(folder);
  } catch (error) {
    if (folder === root || (await disk.stat(folder)) !== undefined) throw error;
    // With the whole disk gone, nothing was removed.
    await checkFolder(disk, root, marker);
    await flushNearest(vault, dirname(folder));
  }
}
