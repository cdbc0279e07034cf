/**
 * A process that writes to a directory store, for tests that kill it or run two of it:
 *   directory-writer.ts ROOT KEY SIZE FILL[,FILL…] [ROUNDS]
 * Each round puts a body of SIZE bytes for each FILL. Says "writing" once the first is stored;
 * without ROUNDS it goes on until it is killed.
 */
import { DirectoryStore } from '../../src/store/directory.ts';
import { systemClock, systemRandom } from './ports.ts';

const [root = '', key = '', size = '', fills = '', rounds = 'Infinity'] = process.argv.slice(2);
const store = new DirectoryStore(root, { clock: systemClock, random: systemRandom });

for (let round = 0; round < Number(rounds); round += 1) {
  for (const fill of fills.split(',')) {
    await store.put(key, new Uint8Array(Number(size)).fill(Number(fill)));
    if (round === 0) console.log('writing');
  }
}
