/** The buckets that the matrix compares: one in memory, one in a folder, one on each server. */

import type { BucketSettings, DavBucket, S3Bucket } from '../../src/store/bucket-settings.ts';
import { DirectoryStore } from '../../src/store/directory.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { withRetry } from '../../src/store/retry.ts';
import { openS3Store } from '../../src/store/s3.ts';
import type { ObjectStore } from '../../src/store/store.ts';
import { parseBucketUrl } from '../../src/store/url.ts';
import { ensureWebDavFolder, openWebDavStore } from '../../src/store/webdav.ts';
import { createIfMissing, davOptions, freshFolder } from './buckets.ts';
import { systemClock, systemRandom } from './ports.ts';
import { DAV_SERVERS, S3_SERVERS, type TestServer } from './servers.ts';
import { temporaryFolder } from './temporary.ts';

export interface Column {
  /** As suites name it after `through`. */
  readonly name: string;
  /** Undefined for what needs no server. */
  readonly server?: TestServer;
  /** Opens a bucket in which nothing is. */
  open(): Promise<ObjectStore>;
}

const ports = { clock: systemClock, random: systemRandom };

export const LOCAL_COLUMNS: readonly Column[] = [
  { name: 'memory', open: async () => createMemoryStore() },
  { name: 'a folder', open: async () => new DirectoryStore(temporaryFolder('matrix'), ports) },
];

/** The columns of the servers that the environment names. */
export function columnsOf(servers: readonly TestServer[]): readonly Column[] {
  return servers
    .filter(({ variable }) => process.env[variable] !== undefined)
    .map((server) => ({ name: server.name, server, open: () => openOn(server) }));
}

/** The servers that the environment does not name. */
export function missingServers(): readonly TestServer[] {
  return [...S3_SERVERS, ...DAV_SERVERS].filter(
    ({ variable }) => process.env[variable] === undefined,
  );
}

async function openOn(server: TestServer): Promise<ObjectStore> {
  const settings = settingsOf(server);
  if (settings.kind === 'file') throw new Error(`${server.variable} names no bucket on a server`);
  if (settings.kind === 's3') {
    await createIfMissing(settings);
    const bucket = { ...settings, prefix: freshFolder(settings.prefix) };
    return withRetry(await openS3Store(bucket), ports);
  }
  const bucket = { ...settings, path: freshFolder(settings.path) };
  await ensureWebDavFolder(bucket, davOptions());
  return withRetry(await openWebDavStore(bucket, davOptions()), ports);
}

export function s3Settings(server: TestServer | undefined): S3Bucket {
  const settings = settingsOf(server);
  if (settings.kind !== 's3') throw new Error(`${server?.variable} is no s3:// URL`);
  return settings;
}

export function davSettings(server: TestServer | undefined): DavBucket {
  const settings = settingsOf(server);
  if (settings.kind !== 'dav') throw new Error(`${server?.variable} is no dav:// URL`);
  return settings;
}

function settingsOf(server: TestServer | undefined): BucketSettings {
  return parseBucketUrl(process.env[server?.variable ?? ''] ?? '');
}
