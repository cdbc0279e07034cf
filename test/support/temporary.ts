/** Where tests and benchmarks put what they write. */
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

process.on('exit', () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/**
 * A folder for temporary files in memory, where there is one that has room (Linux; a container may
 * have next to none): SQLite forces files to the disk all the time. Else the usual one.
 */
export function memoryFolder(neededBytes: number): string {
  const memory = '/dev/shm';
  try {
    const { bavail, bsize } = statfsSync(memory);
    if (bavail * bsize >= neededBytes) return memory;
  } catch {
    // Not on this system.
  }
  return tmpdir();
}

/**
 * A folder that goes when the process ends, for support code that cannot clean up after one test.
 *
 * @param name such as `copy`, for whoever finds it while the test runs.
 */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `satchel-${name}-`));
  made.push(folder);
  return folder;
}
