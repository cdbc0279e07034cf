/** The buckets of the fake S3: made, asked for, set up, and what is in them. */
import type { Habits } from './fake-s3-habits.ts';
import { listingReply, versionsReply } from './fake-s3-listing.ts';
import {
  createObjects,
  deleteReply,
  listedEntries,
  type Objects,
  readReply,
  writeReply,
} from './fake-s3-objects.ts';
import { bare, document, element, failure, type Reply } from './fake-s3-reply.ts';
import type { S3Request } from './fake-s3-request.ts';
import { createMemoryShelf, type Shelf } from './fake-s3-shelf.ts';

export interface FakeBucket {
  readonly objects: Objects;
  /** How it is set up: documents of the S3 API by the name of the question, such as `versioning`. */
  readonly settings: Map<string, string>;
}

/** What is answered about a setting that was never set. */
const NOTHING_SET: Readonly<Record<string, Reply>> = {
  versioning: document('VersioningConfiguration', ''),
  lifecycle: failure(404, 'NoSuchLifecycleConfiguration', 'There is no lifecycle configuration.'),
  publicAccessBlock: failure(
    404,
    'NoSuchPublicAccessBlockConfiguration',
    'The public access block configuration was not found',
  ),
  policyStatus: failure(404, 'NoSuchBucketPolicy', 'The bucket policy does not exist'),
  acl: document(
    'AccessControlPolicy',
    `<Owner>${element('ID', 'test-owner')}</Owner><AccessControlList></AccessControlList>`,
  ),
  'object-lock': failure(
    404,
    'ObjectLockConfigurationNotFoundError',
    'Object Lock configuration does not exist for this bucket',
  ),
  encryption: failure(
    404,
    'ServerSideEncryptionConfigurationNotFoundError',
    'The server side encryption configuration was not found',
  ),
};

/** @param shelf where the objects lie: in memory by default. */
export function createFakeBucket(shelf?: Shelf): FakeBucket {
  const settings: FakeBucket['settings'] = new Map();
  const isVersioned = () => settings.get('versioning')?.includes('<Status>Enabled') ?? false;
  return { objects: createObjects(shelf ?? createMemoryShelf(isVersioned)), settings };
}

/** Does what was asked. */
export async function bucketReply(
  buckets: Map<string, FakeBucket>,
  request: S3Request,
  habits: Habits,
  nowMs: number,
): Promise<Reply> {
  const bucket = buckets.get(request.bucket);
  if (isCreation(request)) return created(buckets, request);
  if (bucket === undefined) {
    const more = element('BucketName', request.bucket);
    return failure(404, 'NoSuchBucket', 'The specified bucket does not exist', more);
  }
  const { objects } = bucket;
  switch (request.operation) {
    case 'read':
      return readReply(objects, request, habits);
    case 'write':
      return writeReply(objects, request, habits, nowMs);
    case 'delete':
      return deleteReply(objects, request, habits);
    case 'list':
      return listingReply(request, await listedEntries(objects, request, habits), habits);
    default:
      return otherReply(bucket, request, habits);
  }
}

function isCreation({ method, bucket, key, query }: S3Request): boolean {
  return method === 'PUT' && bucket !== '' && key === '' && query.size === 0;
}

function created(buckets: Map<string, FakeBucket>, { bucket }: S3Request): Reply {
  const said = 'Your previous request to create the named bucket succeeded and you already own it.';
  if (buckets.has(bucket)) return failure(409, 'BucketAlreadyOwnedByYou', said);
  buckets.set(bucket, createFakeBucket());
  return bare(200, { Location: `/${bucket}` });
}

async function otherReply(bucket: FakeBucket, request: S3Request, habits: Habits): Promise<Reply> {
  const { method, key, query } = request;
  const { shelf } = bucket.objects;
  if (method === 'HEAD' && key === '') return bare(200);
  if (method === 'GET' && query.has('versions')) {
    return versionsReply(request, await shelf.versions(query.get('prefix') ?? ''), habits);
  }
  const versionId = query.get('versionId');
  if (method === 'DELETE' && versionId !== null) {
    if (bucket.settings.get('object-lock')?.includes('<DefaultRetention>') === true) {
      const said = 'Access Denied because object protected by object lock.';
      return failure(403, 'AccessDenied', said);
    }
    await shelf.removeVersion(key, versionId);
    return bare(204);
  }
  return settingReply(bucket, request, habits.knowsSettings);
}

function settingReply(
  { settings }: FakeBucket,
  { method, key, query, sent }: S3Request,
  isKnown: boolean,
): Reply {
  const name = Object.keys(NOTHING_SET).find((setting) => query.has(setting));
  if (key !== '' || name === undefined || !isKnown) {
    const said = 'A header you provided implies functionality that is not implemented.';
    return failure(501, 'NotImplemented', said);
  }
  if (method === 'PUT') {
    settings.set(name, sent.body.toString());
    return bare(200);
  }
  if (method === 'DELETE') {
    settings.delete(name);
    return bare(204);
  }
  const set = settings.get(name);
  if (set === undefined) return NOTHING_SET[name] ?? bare(404);
  return { status: 200, headers: { 'Content-Type': 'application/xml' }, body: Buffer.from(set) };
}
