/**
 * kopia with what it does by itself, but for its look for newer releases. The upkeep that it does
 * once a day is done before anything is measured: in a new repository it would come with the first push.
 */
import { join } from 'node:path';
import { type Command, run } from '../harness/measure.ts';
import { ACCESS_KEY, REGION, SECRET_KEY } from '../harness/server.ts';
import type { Peer, Place, Repository } from './peer.ts';

export function kopia(program: string): Peer {
  return {
    id: 'kopia',
    label: 'kopia',
    async create(place, folder) {
      await run(command(program, place, 'a', ['repository', 'create', ...bucketOf(place)]));
      await run(command(program, place, 'a', ['maintenance', 'run', '--full']));
      return repository(program, place, folder);
    },
    async reach(place, folder) {
      await connect(program, place, 'a');
      return repository(program, place, folder);
    },
  };
}

function repository(program: string, place: Place, folder: string): Repository {
  return {
    push: command(program, place, 'a', ['snapshot', 'create', folder]),
    async secondDevice(target) {
      await connect(program, place, 'b');
      const pull = command(program, place, 'b', ['snapshot', 'restore', folder, target]);
      return { pull, root: target };
    },
  };
}

/** A device keeps the place of the bucket, and the keys to it, in a file. */
async function connect(program: string, place: Place, device: string): Promise<void> {
  await run(command(program, place, device, ['repository', 'connect', ...bucketOf(place)]));
}

function bucketOf({ endpoint, bucket, prefix }: Place): readonly string[] {
  const { host } = new URL(endpoint);
  const where = [`--endpoint=${host}`, '--disable-tls', `--region=${REGION}`];
  return ['s3', `--bucket=${bucket}`, `--prefix=${prefix}/`, ...where];
}

function command(
  program: string,
  { state }: Place,
  device: string,
  args: readonly string[],
): Command {
  const own = join(state, `kopia-${device}`);
  return {
    argv: [program, ...args],
    env: {
      HOME: state,
      KOPIA_CONFIG_PATH: join(own, 'repository.config'),
      KOPIA_CACHE_DIRECTORY: join(own, 'cache'),
      KOPIA_LOG_DIR: join(own, 'log'),
      KOPIA_CHECK_FOR_UPDATES: 'false',
      KOPIA_PASSWORD: 'a password for benchmarks only',
      AWS_ACCESS_KEY_ID: ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: SECRET_KEY,
    },
  };
}
