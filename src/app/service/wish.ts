/** Which service a command line means: one for all homes of a person, or one for those it names. */
import { resolve } from 'node:path';
import { utf8 } from '../../base/bytes.ts';
import { contentHash } from '../../base/hash.ts';
import type { ServiceWish } from './plan.ts';

/** Settings that a service would not have from the shell. */
const KEPT = [
  'PATH',
  'SATCHEL_KEYCHAIN',
  'AWS_PROFILE',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_S3',
  'AWS_CA_BUNDLE',
  'NODE_EXTRA_CA_CERTS',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
  'https_proxy',
  'http_proxy',
  'no_proxy',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
] as const;

/** What gets into a bucket, and is in no file of a service: without it the service has to get on. */
const SECRETS = [
  'SATCHEL_WEBDAV_PASSWORD',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
] as const;

/** What a command line says about homes, and the shell around it. */
interface Command {
  readonly home: string | undefined;
  /** Every one that was given. */
  readonly homes: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder against which relative paths are meant. */
  readonly workingFolder: string;
}

/** How this program is started: Node, and the file that it runs. */
export interface Program {
  readonly node: string;
  readonly script: string;
}

export function serviceWish(command: Command, program: Program, port?: number): ServiceWish {
  const homes = homesOf(command);
  const name = contentHash(utf8(homes.join('\n'))).slice(0, 8);
  return {
    id: homes.length === 0 ? 'satchel' : `satchel-${name}`,
    command: [
      program.node,
      program.script,
      'up',
      // What a service prints is kept, where more people read it than may open the page.
      '--no-link',
      ...homes.flatMap((home) => ['--home', home]),
      ...(port === undefined ? [] : ['--port', String(port)]),
    ],
    env: Object.fromEntries(
      KEPT.flatMap((variable) => {
        const value = command.env[variable];
        return value === undefined || value === '' ? [] : [[variable, value]];
      }),
    ),
  };
}

/** The secrets of this shell that the service will not have, by name. */
export function secretsLeftOut({ env }: Command): readonly string[] {
  return SECRETS.filter((variable) => (env[variable] ?? '') !== '');
}

/** Those that were named; none for all that are known here. */
function homesOf({ home, homes, workingFolder }: Command): readonly string[] {
  const given = homes.length > 0 ? homes : home === undefined ? [] : [home];
  return [...new Set(given.map((folder) => resolve(workingFolder, folder)))];
}
