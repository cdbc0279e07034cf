/** A bare loop of PUT with the AWS SDK that Satchel uses: see `benchmarks/put-loop.ts`. */
import { join } from 'node:path';
import { ACCESS_KEY, SECRET_KEY } from '../harness/server.ts';
import type { Peer, Place, Repository } from './peer.ts';
import { bucketUrl } from './satchel.ts';

const PROGRAM = join(import.meta.dirname, '../put-loop.ts');

export const putLoop: Peer = {
  id: 'put-loop',
  label: 'bare PUT loop, same SDK',
  create: (place, folder) => Promise.resolve(repository(place, folder)),
  reach: (place, folder) => Promise.resolve(repository(place, folder)),
};

function repository(place: Place, folder: string): Repository {
  const keys = { AWS_ACCESS_KEY_ID: ACCESS_KEY, AWS_SECRET_ACCESS_KEY: SECRET_KEY };
  return {
    push: {
      argv: [process.execPath, PROGRAM, folder, bucketUrl(place)],
      env: { HOME: place.state, ...keys },
    },
  };
}
