/** restic with what it does by itself; its password is derived anew by each command, as for anyone. */
import { join } from 'node:path';
import { type Command, run } from '../harness/measure.ts';
import { ACCESS_KEY, REGION, SECRET_KEY } from '../harness/server.ts';
import type { Peer, Place, Repository } from './peer.ts';

export function restic(program: string): Peer {
  return {
    id: 'restic',
    label: 'restic',
    async create(place, folder) {
      await run(command(program, place, 'a', ['init']));
      return repository(program, place, folder);
    },
    reach: (place, folder) => Promise.resolve(repository(program, place, folder)),
  };
}

function repository(program: string, place: Place, folder: string): Repository {
  return {
    push: command(program, place, 'a', ['backup', folder]),
    secondDevice: (target) =>
      Promise.resolve({
        pull: command(program, place, 'b', ['restore', 'latest', '--target', target]),
        root: join(target, folder),
      }),
  };
}

function command(program: string, place: Place, device: string, args: readonly string[]): Command {
  return {
    argv: [program, '-r', `s3:${place.endpoint}/${place.bucket}/${place.prefix}`, ...args],
    env: {
      HOME: place.state,
      RESTIC_CACHE_DIR: join(place.state, `restic-${device}`),
      RESTIC_PASSWORD: 'a password for benchmarks only',
      AWS_DEFAULT_REGION: REGION,
      AWS_ACCESS_KEY_ID: ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: SECRET_KEY,
    },
  };
}
