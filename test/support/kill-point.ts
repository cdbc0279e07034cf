/**
 * Loaded into a Satchel process by `node --import`: kills it, as `kill -9` would, right before or
 * after its n-th step. A step changes something: a name or bytes on a disk, a commit of the
 * replica, a request to a bucket. SATCHEL_TEST_KILL_AT is n; before and after count apart.
 */
import fs from 'node:fs/promises';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync } from 'node:sqlite';

const killAt = Number(process.env.SATCHEL_TEST_KILL_AT);
let moments = 0;

function pass(): void {
  moments += 1;
  if (moments === killAt) process.kill(process.pid, 'SIGKILL');
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Counts a moment before the call, and one after it succeeded. */
function watch(target: object, name: string, isStep = (_args: readonly unknown[]) => true): void {
  const original: unknown = Reflect.get(target, name);
  if (typeof original !== 'function') throw new Error(`there is no ${name} to watch`);
  const watched: Method = function (...args) {
    if (!isStep(args)) return Reflect.apply(original, this, args);
    pass();
    const result: unknown = Reflect.apply(original, this, args);
    if (!(result instanceof Promise)) {
      pass();
      return result;
    }
    return result.then((value: unknown) => {
      pass();
      return value;
    });
  };
  Reflect.set(target, name, watched);
}

for (const name of ['link', 'rename', 'mkdir', 'unlink', 'rmdir', 'lutimes']) watch(fs, name);
const handle = await fs.open(process.execPath);
for (const name of ['write', 'writeFile', 'sync']) watch(Object.getPrototypeOf(handle), name);
await handle.close();
watch(DatabaseSync.prototype, 'exec', ([sql]) => sql === 'COMMIT');
watch(http, 'request');
syncBuiltinESMExports();
