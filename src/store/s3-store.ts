/** The object store contract on the S3 API. Made by `openS3Store`. */
import { createHash } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type PutObjectCommandOutput,
  type S3Client,
  type StorageClass,
} from '@aws-sdk/client-s3';
import type { S3Bucket } from './bucket-settings.ts';
import { assertBodySize, assertKey, assertPrefix, bodyTooLong } from './checks.ts';
import { EndlessListing, ListingCollector } from './listing.ts';
import type { S3Operation } from './s3-answer.ts';
import { doesNotSpeakS3, isNoSuchKey, isNotModified, s3Error } from './s3-errors.ts';
import {
  type GetOptions,
  type GetResult,
  type Listing,
  MAX_BODY_BYTES,
  type ObjectStore,
  type PutResult,
  StoreError,
} from './store.ts';
import { readStream, StreamTooLong } from './stream.ts';

/** Cold classes bill a smaller object as one of this size (Amazon S3 User Guide, storage classes). */
const MIN_COLD_BYTES = 128 * 1024;

interface ListedName {
  readonly name: string;
  readonly sizeBytes: number | undefined;
}

export class S3Store implements ObjectStore {
  readonly name: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #host: string;
  readonly #settings: S3Bucket;
  /** What stands before each key in the bucket: empty, or ending in `/`. */
  readonly #base: string;

  constructor(client: S3Client, bucket: S3Bucket, host: string) {
    this.#client = client;
    this.#bucket = bucket.bucket;
    this.#host = host;
    this.#settings = bucket;
    this.#base = bucket.prefix === '' ? '' : `${bucket.prefix}/`;
    this.name = `s3://${bucket.bucket}/${bucket.prefix} at ${host}`;
  }

  async get(key: string, options: GetOptions = {}): Promise<GetResult> {
    assertKey(key);
    const maxBytes = options.maxBytes ?? MAX_BODY_BYTES;
    try {
      const answer = await this.#client.send(
        new GetObjectCommand({ ...this.#object(key), IfNoneMatch: options.ifNoneMatch }),
      );
      const body = await readStream(bodyOf(answer.Body), maxBytes, answer.ContentLength);
      this.#checkWhole(key, answer, body);
      return { kind: 'found', body, tag: strongTag(answer.ETag) };
    } catch (error) {
      if (isNotModified(error)) {
        if (options.ifNoneMatch !== undefined) return { kind: 'unchanged' };
        throw doesNotSpeakS3(this.#bucket, `that ${key} is unchanged, which was not asked`, error);
      }
      if (isNoSuchKey(error)) return { kind: 'missing' };
      if (error instanceof StreamTooLong) throw bodyTooLong(key, maxBytes);
      throw this.#error(error, 'read');
    }
  }

  async put(key: string, body: Uint8Array): Promise<PutResult> {
    assertKey(key);
    assertBodySize(key, body);
    const md5 = createHash('md5').update(body).digest();
    const { sse, sseKeyId } = this.#settings;
    const storageClass = this.#storageClassOf(key, body.length);
    try {
      const answer = await this.#client.send(
        new PutObjectCommand({
          ...this.#object(key),
          Body: body,
          ContentLength: body.length,
          ContentMD5: md5.toString('base64'),
          StorageClass: storageClass,
          ServerSideEncryption: sse,
          SSEKMSKeyId: sseKeyId,
        }),
      );
      this.#checkStored(key, answer, md5.toString('hex'));
      return { tag: strongTag(answer.ETag) };
    } catch (error) {
      throw this.#error(error, 'write', [
        ...(storageClass === undefined ? [] : [`storage class ${storageClass}`]),
        ...(sse === undefined ? [] : [`encryption ${sse}`]),
      ]);
    }
  }

  async list(prefix: string): Promise<Listing> {
    assertPrefix(prefix);
    const listing = new ListingCollector(prefix);
    let pages = 0;
    let token: string | undefined;
    try {
      do {
        const page = await this.#listPage(prefix, token);
        pages += 1;
        for (const { name, sizeBytes } of this.#entries(page)) {
          if (name !== '') listing.add(name, sizeBytes);
        }
        const next = page.IsTruncated ? page.NextContinuationToken : undefined;
        if (page.IsTruncated && (next === undefined || next === token)) {
          throw new EndlessListing('the same page again');
        }
        if (next !== undefined) listing.turnPage();
        token = next;
      } while (token !== undefined);
    } catch (error) {
      if (!(error instanceof EndlessListing)) throw error;
      throw doesNotSpeakS3(this.#bucket, 'a listing that never ends', error);
    }
    return listing.toListing(pages);
  }

  async delete(key: string): Promise<void> {
    assertKey(key);
    try {
      await this.#client.send(new DeleteObjectCommand(this.#object(key)));
    } catch (error) {
      if (!isNoSuchKey(error)) throw this.#error(error, 'delete');
    }
  }

  close(): void {
    this.#client.destroy();
  }

  async #listPage(prefix: string, token: string | undefined): Promise<ListObjectsV2CommandOutput> {
    try {
      const page = await this.#client.send(
        new ListObjectsV2Command({
          Bucket: this.#bucket,
          Prefix: this.#base + prefix,
          ContinuationToken: token,
          // Names may hold characters that XML cannot.
          EncodingType: 'url',
        }),
      );
      // The SDK reads any well-formed document as a listing; these every listing states.
      if (
        page.Name === undefined &&
        page.KeyCount === undefined &&
        page.IsTruncated === undefined
      ) {
        throw doesNotSpeakS3(this.#bucket, 'something other than a listing');
      }
      return page;
    } catch (error) {
      throw this.#error(error, 'list');
    }
  }

  /** The names of a page, decoded and relative to our prefix; empty for the prefix's own marker. */
  #entries(page: ListObjectsV2CommandOutput): ListedName[] {
    const isEncoded = page.EncodingType === 'url';
    return (page.Contents ?? []).map(({ Key = '', Size: sizeBytes }) => {
      const whole = isEncoded ? urlDecoded(Key) : Key;
      // What lies elsewhere was not asked for: told as it is, it is no key of ours.
      const name = whole.startsWith(this.#base) ? whole.slice(this.#base.length) : `/${whole}`;
      return { name, sizeBytes };
    });
  }

  /**
   * Compares a body with its ETag where its length was not told before: such an answer of HTTP/1.0
   * ends where the connection does (RFC 9112, section 6.3), also one that broke off.
   */
  #checkWhole(key: string, answer: GetObjectCommandOutput, body: Uint8Array): void {
    if (answer.ContentLength !== undefined) return;
    const md5Hex = md5In(answer);
    if (md5Hex === undefined || md5Hex === createHash('md5').update(body).digest('hex')) return;
    throw new StoreError('unreachable', `the answer of ${this.#host} broke off in ${key}`, 'soon', {
      hint: 'Try again later. If this stays, a proxy on the way to the service cuts answers off.',
    });
  }

  /** Compares what the server says it stored with what was sent, where it says so. */
  #checkStored(key: string, answer: PutObjectCommandOutput, md5Hex: string): void {
    if (answer.ETag === undefined) {
      throw doesNotSpeakS3(this.#bucket, 'no ETag to a write');
    }
    if ((md5In(answer) ?? md5Hex) !== md5Hex) {
      throw new StoreError(
        'damaged',
        `${this.#host} stored something else than was sent as ${key}`,
        'soon',
        { hint: 'If this stays, the service or something on the way to it alters data.' },
      );
    }
  }

  /**
   * The bucket's class for large content that is written once and seldom read. All else is small,
   * or read at every poll, or soon replaced, and would cost more in a cold class than in the
   * standard one.
   */
  #storageClassOf(key: string, sizeBytes: number): StorageClass | undefined {
    const isCold = key.startsWith('blobs/') && sizeBytes >= MIN_COLD_BYTES;
    // Services have classes of their own, which the SDK's type cannot know.
    return isCold ? (this.#settings.storageClass as StorageClass | undefined) : undefined;
  }

  #object(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#bucket, Key: this.#base + key };
  }

  #error(error: unknown, operation: S3Operation, extras: readonly string[] = []): StoreError {
    const { profile } = this.#settings;
    return s3Error(error, { operation, bucket: this.#bucket, host: this.#host, profile, extras });
  }
}

/** The MD5 of the body in lower-case hex, where the ETag tells it. */
function md5In({
  ETag,
  ServerSideEncryption: encryption,
  SSECustomerAlgorithm,
}: Pick<GetObjectCommandOutput, 'ETag' | 'ServerSideEncryption' | 'SSECustomerAlgorithm'>):
  | string
  | undefined {
  // Under other encryptions the ETag has the form of an MD5 without being one.
  const isPlain = encryption === undefined || encryption === 'AES256';
  if (!isPlain || SSECustomerAlgorithm !== undefined) return undefined;
  return /^"?([0-9a-f]{32})"?$/i.exec(ETag ?? '')?.[1]?.toLowerCase();
}

/** A weak ETag promises like meaning, not like bytes, and so names nothing for us. */
function strongTag(etag: string | undefined): string | undefined {
  return etag?.startsWith('W/') ? undefined : etag;
}

/** The SDK's body as the Node stream that it is here; its type also allows a browser's. */
function bodyOf(body: unknown): AsyncIterable<Uint8Array> {
  return (body ?? []) as AsyncIterable<Uint8Array>;
}

/** Undoes `encoding-type=url`, in which a space is a plus sign. */
function urlDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
