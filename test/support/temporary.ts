/** Folders that go when the process ends, for support code that cannot clean up after one test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

process.on('exit', () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** @param name such as `copy`, for whoever finds it while the test runs. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `satchel-${name}-`));
  made.push(folder);
  return folder;
}
