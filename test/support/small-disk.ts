/** A disk of a few megabytes that can be full: a file system in memory, which only root can mount. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

export interface SmallDisk {
  readonly path: string;
  /** Makes it larger, as someone who made room. */
  grow(sizeMib: number): void;
}

/** Undefined where it cannot be made: not root, or not Linux. */
export function smallDisk(context: TestContext, sizeMib: number): SmallDisk | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const path = mkdtempSync(join(tmpdir(), 'satchel-disk-'));
  const mount = (...options: string[]): void => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options.join(','), 'tmpfs', path], {
      stdio: 'ignore',
    });
  };
  try {
    mount(`size=${sizeMib}m`);
  } catch {
    rmdirSync(path);
    return undefined;
  }
  context.after(() => {
    execFileSync('umount', [path]);
    rmdirSync(path);
  });
  return { path, grow: (toMib) => mount('remount', `size=${toMib}m`) };
}
