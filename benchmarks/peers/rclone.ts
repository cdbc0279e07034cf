/** rclone: `copy` as it comes, `copy` with what its manual advises for S3, and `bisync`. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from '../harness/measure.ts';
import { ACCESS_KEY, REGION, SECRET_KEY } from '../harness/server.ts';
import type { Peer, Place, Repository } from './peer.ts';

/**
 * More at once, a listing of the whole instead of a request for each file, and the time of the
 * object instead of a HEAD for each: see "Reducing costs" in https://rclone.org/s3/.
 */
const TUNED = [
  '--transfers=32',
  '--checkers=32',
  '--fast-list',
  '--update',
  '--use-server-modtime',
  '--s3-no-check-bucket',
];

export function rcloneCopy(program: string, options: { readonly isTuned: boolean }): Peer {
  const flags = options.isTuned ? TUNED : [];
  return {
    id: options.isTuned ? 'rclone-tuned' : 'rclone',
    label: options.isTuned ? 'rclone copy, tuned' : 'rclone copy',
    create: (place, folder) => Promise.resolve(copies(program, flags, place, folder)),
    reach: (place, folder) => Promise.resolve(copies(program, flags, place, folder)),
  };
}

function copies(
  program: string,
  flags: readonly string[],
  place: Place,
  folder: string,
): Repository {
  const there = remote(place);
  return {
    push: rclone(program, place, ['copy', ...flags, folder, there]),
    fill: rclone(program, place, ['copy', ...TUNED, folder, there]),
    pushRenamed: rclone(program, place, ['sync', '--track-renames', ...flags, folder, there]),
    secondDevice: (target) =>
      Promise.resolve({
        pull: rclone(program, place, ['copy', ...flags, there, target]),
        root: target,
      }),
  };
}

export function rcloneBisync(program: string): Peer {
  return {
    id: 'rclone-bisync',
    label: 'rclone bisync',
    create: (place, folder) => Promise.resolve(bisyncs(program, place, folder)),
    reach: (place, folder) => Promise.resolve(bisyncs(program, place, folder)),
  };
}

function bisyncs(program: string, place: Place, folder: string): Repository {
  return {
    push: bisync(program, place, 'a', folder),
    keepUp: again(bisync(program, place, 'a', folder)),
    async secondDevice(target) {
      await mkdir(target, { recursive: true });
      const pull = bisync(program, place, 'b', target);
      return { pull, keepUp: again(pull), root: target };
    },
  };
}

/**
 * One round. The first one of a folder has to be told so: a shell looks for the notes of an earlier
 * round, as a person's script would.
 */
function bisync(program: string, place: Place, device: string, folder: string): Command {
  const notes = join(place.state, `bisync-${device}`);
  // As its manual advises for rounds that nobody looks at.
  const careful = ['--resilient', '--recover', '--conflict-resolve=newer'];
  const base = [folder, remote(place), '--workdir', notes, ...careful];
  const { argv, env } = rclone(program, place, ['bisync', ...base]);
  const script = 'if [ -d "$0" ]; then exec "$@"; else exec "$@" --resync; fi';
  return { argv: ['/bin/sh', '-c', script, notes, ...argv], env };
}

/** Round after round with a second's pause. */
function again({ argv, env }: Command): Command {
  return { argv: ['/bin/sh', '-c', 'while :; do "$0" "$@"; sleep 1; done', ...argv], env };
}

function remote({ bucket, prefix }: Place): string {
  return `bench:${bucket}/${prefix}`;
}

function rclone(program: string, place: Place, args: readonly string[]): Command {
  return {
    argv: [program, ...args],
    env: {
      HOME: place.state,
      RCLONE_CONFIG: '/dev/null',
      RCLONE_CONFIG_BENCH_TYPE: 's3',
      RCLONE_CONFIG_BENCH_PROVIDER: 'Other',
      RCLONE_CONFIG_BENCH_ENDPOINT: place.endpoint,
      RCLONE_CONFIG_BENCH_REGION: REGION,
      RCLONE_CONFIG_BENCH_ACCESS_KEY_ID: ACCESS_KEY,
      RCLONE_CONFIG_BENCH_SECRET_ACCESS_KEY: SECRET_KEY,
    },
  };
}
