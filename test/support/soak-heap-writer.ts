/**
 * Loaded into a Satchel process by `node --import`: writes how much of its heap is in use to the
 * file that SATCHEL_TEST_HEAP names, whenever it gets SIGUSR2. Garbage is collected first: an idle
 * process leaves it lying for an hour, which looks like a leak and is none.
 */
import { writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const path = process.env.SATCHEL_TEST_HEAP ?? '/dev/null';
setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

process.on('SIGUSR2', () => {
  if (typeof collect !== 'function') throw new Error('this Node cannot collect garbage on demand');
  collect();
  // What finalizers let go of is garbage only now.
  setImmediate(() => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    writeFileSync(path, String(heapUsed + arrayBuffers));
  });
});
