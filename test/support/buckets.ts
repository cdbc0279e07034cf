/**
 * The buckets that tests of the whole program run against: a folder always, and one on each real
 * server that the environment names (`servers.ts`). Every test works below a prefix of its own.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'node:test';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { forEachConcurrently } from '../../src/base/concurrency.ts';
import type { DavBucket, S3Bucket } from '../../src/store/bucket-settings.ts';
import { DirectoryStore } from '../../src/store/directory.ts';
import { openS3Store } from '../../src/store/s3.ts';
import { createS3Client } from '../../src/store/s3-client.ts';
import type { ObjectStore } from '../../src/store/store.ts';
import { formatBucketUrl, parseBucketUrl } from '../../src/store/url.ts';
import { openWebDavStore } from '../../src/store/webdav.ts';
import type { WebDavOptions } from '../../src/store/webdav-options.ts';
import { systemClock, systemRandom } from './ports.ts';
import type { Environment } from './satchel.ts';
import { DAV_SERVERS, S3_SERVERS, suiteOnServers } from './servers.ts';

export interface TestBucket {
  /** As a person types it. */
  readonly url: string;
  /** What commands need besides, such as credentials. */
  readonly env: Environment;
  /** The same bucket, for looking into it and for tampering with it. */
  readonly store: ObjectStore;
  /** Removes every object. */
  empty(): Promise<void>;
}

export interface BucketKind {
  readonly name: string;
  /** @param root a folder that goes when the test is over. */
  make(root: string): Promise<TestBucket>;
}

export const directoryBucket: BucketKind = {
  name: 'a folder',
  async make(root) {
    const url = join(root, 'bucket');
    mkdirSync(url, { recursive: true });
    const ports = { clock: systemClock, random: systemRandom };
    return asBucket(url, {}, new DirectoryStore(url, ports));
  },
};

/** Declares a suite for each kind of bucket there is; what cannot run is said to be skipped. */
export function suiteOnEachBucket(name: string, declare: (kind: BucketKind) => void): void {
  suite(`${name}, through ${directoryBucket.name}`, () => declare(directoryBucket));
  suiteOnServers([...S3_SERVERS, ...DAV_SERVERS], name, (url, server) => {
    declare(bucketsOn(server.name, url));
  });
}

/**
 * Buckets on a server, each in a folder of its own below the one that the URL names. Credentials
 * come from the environment.
 * @param name as the names of suites say it.
 */
export function bucketsOn(name: string, url: string): BucketKind {
  const settings = parseBucketUrl(url);
  if (settings.kind === 's3') return s3Bucket(name, settings);
  if (settings.kind === 'dav') return davBucket(name, settings);
  throw new Error(`${url} is no bucket on a server`);
}

function s3Bucket(name: string, settings: S3Bucket): BucketKind {
  return {
    name,
    async make() {
      await createIfMissing(settings);
      const bucket: S3Bucket = { ...settings, prefix: freshFolder(settings.prefix) };
      const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
      const env = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
      return asBucket(formatBucketUrl(bucket), env, await openS3Store(bucket));
    },
  };
}

/** The folder is not made here: `init` makes it. */
function davBucket(name: string, settings: DavBucket): BucketKind {
  return {
    name,
    async make() {
      const bucket = { ...settings, path: freshFolder(settings.path) };
      const env = { SATCHEL_WEBDAV_PASSWORD: davOptions().password };
      return asBucket(formatBucketUrl(bucket), env, await openWebDavStore(bucket, davOptions()));
    },
  };
}

/** What opening a bucket on a WebDAV server of the tests takes. */
export function davOptions(): WebDavOptions & { readonly password: string } {
  const password = process.env.SATCHEL_WEBDAV_PASSWORD ?? '';
  return { clock: systemClock, random: systemRandom, password };
}

/** A folder below `parent` (empty for none) that no other test uses. */
export function freshFolder(parent: string): string {
  const name = `test-${randomBytes(6).toString('hex')}`;
  return parent === '' ? name : `${parent}/${name}`;
}

function asBucket(url: string, env: Environment, store: ObjectStore): TestBucket {
  return {
    url,
    env,
    store,
    async empty() {
      const { objects } = await store.list('');
      await forEachConcurrently(objects, 16, ({ key }) => store.delete(key));
      store.close();
    },
  };
}

/** Creates the bucket on the test server, where an earlier run has not. */
export async function createIfMissing(bucket: S3Bucket): Promise<void> {
  const { client } = await createS3Client(bucket, {});
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket.bucket }));
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name !== 'BucketAlreadyOwnedByYou' && name !== 'BucketAlreadyExists') throw error;
  } finally {
    client.destroy();
  }
}
