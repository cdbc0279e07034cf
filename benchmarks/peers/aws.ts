/** The command line of AWS: `aws s3 sync`. */
import type { Command } from '../harness/measure.ts';
import { ACCESS_KEY, REGION, SECRET_KEY } from '../harness/server.ts';
import type { Peer, Place, Repository } from './peer.ts';

export function aws(program: string): Peer {
  return {
    id: 'aws',
    label: 'aws s3 sync',
    create: (place, folder) => Promise.resolve(repository(program, place, folder)),
    reach: (place, folder) => Promise.resolve(repository(program, place, folder)),
  };
}

function repository(program: string, place: Place, folder: string): Repository {
  const bucket = `s3://${place.bucket}/${place.prefix}`;
  const sync = (from: string, to: string): Command =>
    command(program, place, ['s3', 'sync', from, to, '--only-show-errors']);
  return {
    push: sync(folder, bucket),
    secondDevice: (target) => Promise.resolve({ pull: sync(bucket, target), root: target }),
  };
}

function command(program: string, { endpoint, state }: Place, args: readonly string[]): Command {
  return {
    argv: [program, ...args],
    env: {
      HOME: state,
      AWS_ENDPOINT_URL: endpoint,
      AWS_DEFAULT_REGION: REGION,
      AWS_ACCESS_KEY_ID: ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: SECRET_KEY,
    },
  };
}
