/**
 * Loaded into a Satchel process by `node --import`: kills it, as `kill -9` would, right before or
 * after its n-th step (`steps.ts`). SATCHEL_TEST_KILL_AT is n; before and after count apart.
 */
import { syncBuiltinESMExports } from 'node:module';
import { hookSteps } from './steps.ts';

const killAt = Number(process.env.SATCHEL_TEST_KILL_AT);
let moments = 0;

function pass(): void {
  moments += 1;
  if (moments === killAt) process.kill(process.pid, 'SIGKILL');
}

await hookSteps({ before: pass, after: pass });
syncBuiltinESMExports();
