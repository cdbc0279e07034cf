/** Where and with what it was measured. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { run } from '../harness/measure.ts';

export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'an unknown processor';
  const gigabytes = Math.round(totalmem() / 1024 ** 3);
  const cores = availableParallelism();
  return `${cores} cores of ${model}, ${gigabytes} GB of memory, ${type()} ${release()}`;
}

/** What asks a program for its version, given its path. */
const QUESTIONS: Readonly<Record<string, (path: string) => readonly string[]>> = {
  rclone: (path) => [path, 'version'],
  restic: (path) => [path, 'version'],
  aws: (path) => [path, '--version'],
  kopia: (path) => [path, '--version'],
  // Built from its module, it does not know its own version; Go does.
  versitygw: (path) => ['go', 'version', '-m', path],
};

export async function findVersions(
  programs: ReadonlyMap<string, string>,
): Promise<Readonly<Record<string, string>>> {
  const manifest: { version: string } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
  );
  const versions: Record<string, string> = {
    Satchel: manifest.version,
    Node: process.version.slice(1),
  };
  for (const [name, path] of programs) {
    const argv = QUESTIONS[name]?.(path);
    if (argv !== undefined) versions[name] = await askVersion(argv);
  }
  return versions;
}

async function askVersion(argv: readonly string[]): Promise<string> {
  const answer = await run({ argv, env: { HOME: '/nonexistent' } }).catch(() => '');
  const [, module] = /\smod\s+\S+\s+v(\S+)/.exec(answer) ?? [];
  return module ?? /\d+\.\d+(\.\d+)?/.exec(answer)?.[0] ?? 'unknown';
}
