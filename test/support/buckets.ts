/**
 * The buckets that tests of the whole program run against: a folder always, and a real S3 server
 * where SATCHEL_TEST_S3 names a bucket by its URL (`scripts/ceph.sh start` prints one). Every test
 * works below a prefix of its own. With SATCHEL_TEST_S3_REQUIRED=1 a missing server is a failure.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { forEachConcurrently } from '../../src/base/concurrency.ts';
import { DirectoryStore } from '../../src/store/directory.ts';
import { openS3Store } from '../../src/store/s3.ts';
import { createS3Client } from '../../src/store/s3-client.ts';
import type { ObjectStore } from '../../src/store/store.ts';
import { formatBucketUrl, parseBucketUrl, type S3Bucket } from '../../src/store/url.ts';
import { systemClock, systemRandom } from './ports.ts';
import type { Environment } from './satchel.ts';

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
  const url = process.env.SATCHEL_TEST_S3;
  if (url !== undefined) {
    suite(`${name}, through a real S3 server`, () => declare(s3Bucket(url)));
  } else if (process.env.SATCHEL_TEST_S3_REQUIRED === '1') {
    test(`${name}, through a real S3 server`, () => {
      assert.fail('SATCHEL_TEST_S3 is not set, and SATCHEL_TEST_S3_REQUIRED=1 asks for it');
    });
  } else {
    test(`${name}, through a real S3 server`, {
      skip: 'set SATCHEL_TEST_S3, as "scripts/ceph.sh start" prints it',
    });
  }
}

function s3Bucket(text: string): BucketKind {
  const settings = parseBucketUrl(text);
  if (settings.kind !== 's3') throw new Error('SATCHEL_TEST_S3 is no s3:// URL');
  return {
    name: 'a real S3 server',
    async make() {
      await createIfMissing(settings);
      const name = `test-${randomBytes(6).toString('hex')}`;
      const prefix = settings.prefix === '' ? name : `${settings.prefix}/${name}`;
      const bucket: S3Bucket = { ...settings, prefix };
      const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
      const env = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
      return asBucket(formatBucketUrl(bucket), env, await openS3Store(bucket));
    },
  };
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
