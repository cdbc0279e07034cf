/** What the fake S3 does with objects (S3 API reference: GetObject, PutObject, DeleteObject). */
import { checkBody } from './fake-s3-body.ts';
import type { Habits } from './fake-s3-habits.ts';
import { bare, element, failure, type Reply } from './fake-s3-reply.ts';
import { headerOf, type S3Request } from './fake-s3-request.ts';
import { etagOf, type Shelf, type ShelfEntry, type StoredObject } from './fake-s3-shelf.ts';

/** The objects of a bucket, and what is remembered of their changes for the habits that need it. */
export interface Objects {
  readonly shelf: Shelf;
  /** The keys of all writes, the newest last. */
  readonly written: string[];
  /** What was there before the last change of a key, and how often it was read since. */
  readonly former: Map<string, { readonly object: StoredObject | undefined; reads: number }>;
  readonly writtenAtMs: Map<string, number>;
}

/** Headers of a write that are kept with the object. */
const KEPT_HEADERS = ['content-type', 'x-amz-storage-class', 'x-amz-server-side-encryption'];
const STORAGE_CLASSES = new Set([
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
]);
const ENCRYPTIONS = new Set(['AES256', 'aws:kms']);

export function createObjects(shelf: Shelf): Objects {
  return { shelf, written: [], former: new Map(), writtenAtMs: new Map() };
}

export async function readReply(
  objects: Objects,
  request: S3Request,
  habits: Habits,
): Promise<Reply> {
  const object = await seenObject(objects, request.key, habits);
  if (object === undefined) {
    return habits.hidesMissing
      ? failure(403, 'AccessDenied', 'Access Denied')
      : failure(404, 'NoSuchKey', 'The specified key does not exist.', element('Key', request.key));
  }
  const etag = etagOf(object);
  if (namesTag(headerOf(request.sent, 'if-none-match'), etag)) {
    return notModified(etag, habits.notModified);
  }
  return { status: 200, headers: { ...object.headers, ETag: etag }, body: object.body };
}

/** @param nowMs of any clock, for how fast writes of one key follow. */
export async function writeReply(
  objects: Objects,
  request: S3Request,
  habits: Habits,
  nowMs: number,
): Promise<Reply> {
  const { key, sent } = request;
  const lastMs = objects.writtenAtMs.get(key) ?? Number.NEGATIVE_INFINITY;
  if (nowMs - lastMs < habits.writePauseMs) {
    return failure(429, 'TooManyRequests', 'Reduce your concurrent request rate for the object.');
  }
  const unmet = await unmetCondition(objects.shelf, request, habits.conditions);
  if (unmet !== undefined) return unmet;
  const checked = checkBody(request, habits.takesTrailers);
  if (checked.kind === 'refused') return checked.reply;
  const headers = keptHeaders(request);
  const storageClass = headers['x-amz-storage-class'] ?? 'STANDARD';
  if (!STORAGE_CLASSES.has(storageClass)) {
    return failure(400, 'InvalidStorageClass', 'The storage class you specified is not valid');
  }
  const encryption = headerOf(sent, 'x-amz-server-side-encryption');
  if (encryption !== undefined && !ENCRYPTIONS.has(encryption)) {
    const said = 'The encryption request you specified is not valid.';
    return failure(400, 'InvalidEncryptionAlgorithmError', said);
  }
  // A copy: what arrived may be a view into something larger.
  const object = { body: Uint8Array.from(checked.body), headers };
  await remember(objects, key, habits);
  await objects.shelf.write(key, object);
  objects.written.push(key);
  objects.writtenAtMs.set(key, nowMs);
  const told = encryption === undefined ? {} : { 'x-amz-server-side-encryption': encryption };
  return bare(200, { ETag: etagOf(object), ...told });
}

export async function deleteReply(
  objects: Objects,
  { key }: S3Request,
  habits: Habits,
): Promise<Reply> {
  await remember(objects, key, habits);
  await objects.shelf.remove(key);
  return bare(204);
}

/** The entries that a listing shows. */
export async function listedEntries(
  { shelf, written }: Objects,
  { query }: S3Request,
  { unlistedWrites }: Habits,
): Promise<readonly ShelfEntry[]> {
  const entries = await shelf.entries(query.get('prefix') ?? '');
  const unlisted = new Set(unlistedWrites === 0 ? [] : written.slice(-unlistedWrites));
  return entries.filter(({ key }) => !unlisted.has(key));
}

async function seenObject(
  { shelf, former }: Objects,
  key: string,
  { staleReads }: Habits,
): Promise<StoredObject | undefined> {
  const before = former.get(key);
  if (before === undefined || before.reads >= staleReads) return shelf.read(key);
  before.reads += 1;
  return before.object;
}

async function remember(
  { shelf, former }: Objects,
  key: string,
  { staleReads }: Habits,
): Promise<void> {
  if (staleReads > 0) former.set(key, { object: await shelf.read(key), reads: 0 });
}

async function unmetCondition(
  shelf: Shelf,
  { key, sent }: S3Request,
  conditions: Habits['conditions'],
): Promise<Reply | undefined> {
  const ifNoneMatch = headerOf(sent, 'if-none-match');
  const ifMatch = headerOf(sent, 'if-match');
  const isConditional = ifNoneMatch !== undefined || ifMatch !== undefined;
  if (!isConditional || conditions === 'ignored') return undefined;
  if (conditions === 'refused') {
    const said = 'A header you provided implies functionality that is not implemented.';
    return failure(501, 'NotImplemented', said);
  }
  const present = await shelf.read(key);
  if (present === undefined && ifMatch !== undefined) {
    return failure(404, 'NoSuchKey', 'The specified key does not exist.');
  }
  const etag = present === undefined ? undefined : etagOf(present);
  const isMet =
    (ifNoneMatch === undefined || !namesTag(ifNoneMatch, etag)) &&
    (ifMatch === undefined || namesTag(ifMatch, etag));
  if (isMet) return undefined;
  const said = 'At least one of the pre-conditions you specified did not hold.';
  return failure(412, 'PreconditionFailed', said);
}

/** True where a condition names the tag, with quotes or without, or any. */
function namesTag(condition: string | undefined, etag: string | undefined): boolean {
  if (condition === undefined || etag === undefined) return false;
  if (condition.trim() === '*') return true;
  const bareTag = (tag: string) => tag.trim().replace(/^W\//, '').replaceAll('"', '');
  return condition.split(',').some((tag) => bareTag(tag) === bareTag(etag));
}

function notModified(etag: string, shape: Habits['notModified']): Reply {
  if (shape === 'with-etag') return bare(304, { ETag: etag });
  return bare(304, shape === 'as-xml' ? { 'Content-Type': 'application/xml' } : {});
}

function keptHeaders({ sent }: S3Request): Readonly<Record<string, string>> {
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = headerOf(sent, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
