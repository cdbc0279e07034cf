/** The peers that are on this machine, and which versions of them. */
import { join } from 'node:path';
import { run } from '../harness/measure.ts';
import { aws } from './aws.ts';
import { kopia } from './kopia.ts';
import type { Peer } from './peer.ts';
import { putLoop } from './put-loop.ts';
import { rcloneBisync, rcloneCopy } from './rclone.ts';
import { restic } from './restic.ts';
import { satchel } from './satchel.ts';

/** Paths by name; those that are missing are left out, and said on stderr by the script. */
export async function findPrograms(): Promise<ReadonlyMap<string, string>> {
  const script = join(import.meta.dirname, '../peers.sh');
  const { HOME = '', XDG_CACHE_HOME, SATCHEL_BENCH_BIN } = process.env;
  const env = {
    HOME,
    ...(XDG_CACHE_HOME === undefined ? {} : { XDG_CACHE_HOME }),
    ...(SATCHEL_BENCH_BIN === undefined ? {} : { SATCHEL_BENCH_BIN }),
  };
  const lines = (await run({ argv: [script], env })).trim().split('\n');
  return new Map(lines.map((line) => [line.split('=')[0] ?? '', line.split('=')[1] ?? '']));
}

export function makePeers(programs: ReadonlyMap<string, string>): ReadonlyMap<string, Peer> {
  const make: Readonly<Record<string, (path: string) => readonly Peer[]>> = {
    rclone: (path) => [
      rcloneCopy(path, { isTuned: false }),
      rcloneCopy(path, { isTuned: true }),
      rcloneBisync(path),
    ],
    restic: (path) => [restic(path)],
    kopia: (path) => [kopia(path)],
    aws: (path) => [aws(path)],
  };
  const peers = [satchel({ isEncrypted: true }), satchel({ isEncrypted: false }), putLoop];
  for (const [name, path] of programs) peers.push(...(make[name]?.(path) ?? []));
  return new Map(peers.map((peer) => [peer.id, peer]));
}
