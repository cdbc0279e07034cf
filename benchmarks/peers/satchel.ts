/** Satchel as a person runs it: the built program, one process for each command. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, run } from '../harness/measure.ts';
import { ACCESS_KEY, REGION, SECRET_KEY } from '../harness/server.ts';
import type { Peer, Place, Repository } from './peer.ts';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = join(ROOT, 'bin/satchel.js');
const COLLECTION = 'Bench';
/** Obviously for tests. */
const PASSPHRASE = 'a passphrase for benchmarks only';

export function satchel(options: { readonly isEncrypted: boolean }): Peer {
  const plain = options.isEncrypted ? [] : ['--no-encryption'];
  return {
    id: options.isEncrypted ? 'satchel' : 'satchel-plain',
    label: options.isEncrypted ? 'Satchel' : 'Satchel, not encrypted',
    async create(place, folder) {
      const init = ['init', bucketUrl(place), '--device', 'a', ...plain];
      await run(satchelCommand(place, 'a', init));
      await run(satchelCommand(place, 'a', ['add', 'vault', folder, '--name', COLLECTION]));
      return repository(place, plain);
    },
    async reach(place) {
      // The only client that keeps the place of its bucket.
      const path = join(homeOf(place, 'a'), 'settings.json');
      const settings: unknown = JSON.parse(await readFile(path, 'utf8'));
      if (typeof settings !== 'object') throw new Error(`${path} holds no settings`);
      await writeFile(path, JSON.stringify({ ...settings, bucket: bucketUrl(place) }));
      return repository(place, plain);
    },
  };
}

function repository(place: Place, plain: readonly string[]): Repository {
  return {
    push: satchelCommand(place, 'a', ['sync']),
    keepUp: satchelCommand(place, 'a', ['watch']),
    async secondDevice(target) {
      const join = ['join', bucketUrl(place), '--device', 'b', ...plain];
      await run(satchelCommand(place, 'b', join));
      await run(satchelCommand(place, 'b', ['attach', COLLECTION, target]));
      return {
        pull: satchelCommand(place, 'b', ['sync']),
        keepUp: satchelCommand(place, 'b', ['watch']),
        root: target,
      };
    },
  };
}

export function bucketUrl({ endpoint, bucket, prefix }: Place): string {
  return `s3://${bucket}/${prefix}?endpoint=${endpoint}&region=${REGION}`;
}

const homeOf = ({ state }: Place, device: string): string => join(state, `satchel-${device}`);

/** A command in the home of a device. */
export function satchelCommand(place: Place, device: string, args: readonly string[]): Command {
  if (!existsSync(join(ROOT, 'dist/satchel.js'))) throw new Error('run "npm run build" first');
  return {
    argv: [process.execPath, PROGRAM, ...args],
    env: {
      HOME: place.state,
      SATCHEL_HOME: homeOf(place, device),
      SATCHEL_PASSPHRASE: PASSPHRASE,
      SATCHEL_KEYCHAIN: 'off',
      AWS_ACCESS_KEY_ID: ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: SECRET_KEY,
    },
  };
}
