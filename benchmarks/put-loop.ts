/**
 * The least that has to be done to get a folder into a bucket with the AWS SDK: each file is read
 * and sent, several at once, and that is all. What Satchel takes more is what its work costs.
 *
 *   node benchmarks/put-loop.ts <folder> <bucket-url>
 */

import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { forEachConcurrently } from '../src/base/concurrency.ts';
import { createS3Client } from '../src/store/s3-client.ts';
import { parseBucketUrl } from '../src/store/url.ts';

/** As many as Satchel sends at once where they are short; of photos of 3 MB it sends five. */
const FILES_AT_ONCE = 8;

const [folder = '', url = ''] = process.argv.slice(2);
const settings = parseBucketUrl(url);
if (settings.kind !== 's3') throw new Error('only s3:// buckets');
const { bucket: Bucket, prefix } = settings;
const { client } = await createS3Client(settings, {});
const names = globSync('**/*.jpg', { cwd: folder });
if (names.length === 0) throw new Error(`there are no files in ${folder}`);
await forEachConcurrently(names, FILES_AT_ONCE, async (name) => {
  const Body = await readFile(join(folder, name));
  await client.send(new PutObjectCommand({ Bucket, Key: `${prefix}${name}`, Body }));
});
client.destroy();
