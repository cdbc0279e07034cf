/** The object store contract on a folder of a WebDAV server. Made by `openWebDavStore`. */
import type { IncomingHttpHeaders } from 'node:http';
import { forEachConcurrently } from '../base/concurrency.ts';
import type { DavBucket } from './bucket-settings.ts';
import { assertBodySize, assertKey, assertPrefix, bodyTooLong } from './checks.ts';
import { EndlessListing, ListingCollector } from './listing.ts';
import {
  type GetOptions,
  type GetResult,
  isStoreKey,
  type Listing,
  MAX_BODY_BYTES,
  type ObjectStore,
  type PutResult,
  StoreError,
} from './store.ts';
import { StreamTooLong } from './stream.ts';
import { type DavAnswer, WebDavClient } from './webdav-client.ts';
import { doesNotSpeakWebDav, type WebDavOperation, webDavError } from './webdav-errors.ts';
import { requireBase } from './webdav-folders.ts';
import { LISTING_REQUEST, type ListedName, NotAListing, readListing } from './webdav-listing.ts';
import type { WebDavOptions } from './webdav-options.ts';
import { TEMPORARY_FOLDER, WebDavWriter } from './webdav-writer.ts';

/** A folder of some 50,000 names; only something that is not WebDAV answers with more. */
const MAX_LISTING_BYTES = 16 * 1024 * 1024;
/** How many folders are listed at the same time. */
const LISTING_WIDTH = 8;
/** Blobs lie in a thousand folders, and each device has two. */
const MAX_FOLDERS = 20_000;
/** Two writes this far apart differ in their times on every file system, FAT included. */
const SETTLED_MS = 2_000;

export class WebDavStore implements ObjectStore {
  readonly name: string;
  readonly #bucket: DavBucket;
  readonly #client: WebDavClient;
  readonly #writer: WebDavWriter;
  #hasSeenBase = false;

  constructor(bucket: DavBucket, options: WebDavOptions) {
    this.#bucket = bucket;
    this.#client = new WebDavClient(bucket, options);
    this.#writer = new WebDavWriter(this.#client, options, (folder) =>
      this.#entries(folder, false),
    );
    this.name = `${bucket.secure ? 'davs' : 'dav'}://${bucket.host}/${bucket.path}`;
  }

  async get(key: string, options: GetOptions = {}): Promise<GetResult> {
    assertKey(key);
    const maxBytes = options.maxBytes ?? MAX_BODY_BYTES;
    let answer = await this.#read(key, options.ifNoneMatch, maxBytes);
    if (isAbsent(answer)) {
      if (!this.#hasSeenBase) await requireBase(this.#client);
      this.#hasSeenBase = true;
      // A server that replaces by MOVE has nothing under the key for a moment (RFC 4918, 9.9.3).
      answer = await this.#read(key, options.ifNoneMatch, maxBytes);
    }
    if (isAbsent(answer)) return { kind: 'missing' };
    if (answer.status === 304 && options.ifNoneMatch !== undefined) return { kind: 'unchanged' };
    if (answer.status !== 200) throw this.#error(answer, 'read');
    if (isWebPage(answer.headers)) throw this.#webPage();
    return { kind: 'found', body: answer.body, tag: trustedTag(answer.headers) };
  }

  async put(key: string, body: Uint8Array): Promise<PutResult> {
    assertKey(key);
    assertBodySize(key, body);
    await this.#writer.write(key, body);
    // A tag is trusted once what it names has rested for a while, so never right after a write.
    return { tag: undefined };
  }

  async list(prefix: string): Promise<Listing> {
    assertPrefix(prefix);
    const listing = new ListingCollector(prefix);
    let pages = 0;
    let folders = [prefix];
    try {
      while (folders.length > 0) {
        const below: string[] = [];
        await forEachConcurrently(folders, LISTING_WIDTH, async (folder) => {
          const entries = await this.#entries(folder, folder === prefix);
          pages += 1;
          for (const { name, isFolder, sizeBytes } of entries) {
            const key = folder + name;
            if (isFolder && key === TEMPORARY_FOLDER) continue;
            if (!isStoreKey(key)) listing.addStrange(isFolder ? `${key}/` : key);
            else if (isFolder) below.push(`${key}/`);
            else listing.add(key, sizeBytes ?? (await this.#size(key)));
          }
        });
        folders = below;
        if (pages + folders.length > MAX_FOLDERS) throw new EndlessListing('ever more folders');
      }
    } catch (error) {
      if (!(error instanceof EndlessListing)) throw error;
      throw doesNotSpeakWebDav(this.#bucket, 'a listing that never ends', error);
    }
    return listing.toListing(pages);
  }

  async delete(key: string): Promise<void> {
    assertKey(key);
    const answer = await this.#client.send({ method: 'DELETE', path: key });
    if (isAbsent(answer) || answer.status === 204) return;
    if (answer.status !== 200) throw this.#error(answer, 'delete');
    if (isWebPage(answer.headers)) throw this.#webPage();
  }

  close(): void {
    this.#client.close();
  }

  /**
   * An answer whose head and body belong together. Servers look at a file for the one and open it
   * for the other, and it may have been replaced in between: then the head is not the present one.
   */
  async #read(key: string, tag: string | undefined, maxBytes: number): Promise<DavAnswer> {
    for (let looks = 0; looks < 3; looks += 1) {
      const answer = await this.#readOnce(key, tag, maxBytes);
      // A page to sign in differs each time, and is none of the server's files.
      if (answer.status !== 200 || isWebPage(answer.headers)) return answer;
      const present = await this.#client.send({ method: 'HEAD', path: key });
      if (!isAbsent(present) && (present.status !== 200 || isSameFile(answer, present))) {
        return answer;
      }
    }
    throw changesWhileRead(key, this.#bucket.host);
  }

  async #readOnce(key: string, tag: string | undefined, maxBytes: number): Promise<DavAnswer> {
    const headers = tag === undefined ? {} : { 'if-none-match': tag };
    try {
      return await this.#client.send({ method: 'GET', path: key, headers, maxBytes });
    } catch (error) {
      if (error instanceof StreamTooLong) throw bodyTooLong(key, maxBytes);
      throw error;
    }
  }

  /** What lies directly in a folder: nothing, where the folder is not there. */
  async #entries(folder: string, isAskedFor: boolean): Promise<readonly ListedName[]> {
    try {
      const answer = await this.#client.send({
        method: 'PROPFIND',
        path: folder,
        // Servers mostly refuse to list all depths at once.
        headers: { depth: '1', 'content-type': 'application/xml' },
        body: new TextEncoder().encode(LISTING_REQUEST),
        maxBytes: MAX_LISTING_BYTES,
      });
      if (isAbsent(answer) && folder !== '') {
        if (isAskedFor) await requireBase(this.#client);
        return [];
      }
      if (answer.status !== 207) throw this.#error(answer, 'list');
      return readListing(answer.body, joined(this.#bucket.path, folder));
    } catch (error) {
      if (error instanceof NotAListing) {
        throw doesNotSpeakWebDav(this.#bucket, error.message, error);
      }
      if (error instanceof StreamTooLong) {
        throw doesNotSpeakWebDav(this.#bucket, 'without end', error);
      }
      throw error;
    }
  }

  /** For a server whose listing does not tell; 0 where it does not tell at all. */
  async #size(key: string): Promise<number> {
    const { headers } = await this.#client.send({ method: 'HEAD', path: key });
    return Number(headers['content-length'] ?? 0) || 0;
  }

  #error(answer: DavAnswer, operation: WebDavOperation) {
    return webDavError(answer, { operation, bucket: this.#bucket });
  }

  #webPage() {
    return doesNotSpeakWebDav(this.#bucket, 'a web page (status 200)');
  }
}

function isAbsent({ status }: DavAnswer): boolean {
  return status === 404 || status === 410;
}

/** True if the head of a later answer is that of the body in `answer`. */
function isSameFile({ headers, body }: DavAnswer, { headers: present }: DavAnswer): boolean {
  const { 'content-length': length = body.length, 'last-modified': changed } = present;
  return (
    Number(length) === body.length &&
    headers['last-modified'] === changed &&
    // A weak ETag becomes strong with age.
    headers.etag?.replace('W/', '') === present.etag?.replace('W/', '')
  );
}

/** As from a captive portal. Servers give the files that they hold an ETag. */
function isWebPage(headers: IncomingHttpHeaders): boolean {
  return /^text\/html\b/i.test(headers['content-type'] ?? '') && headers.etag === undefined;
}

/**
 * The ETag as a name of the body, or undefined where it may not be one. A weak ETag promises like
 * meaning, not like bytes. And most servers make theirs of size and time, which two writes in the
 * same instant share: it counts once the last change lies back, by the server's own clock.
 */
function trustedTag({ etag, date, 'last-modified': changed }: IncomingHttpHeaders) {
  if (etag === undefined || !/^"[^"]*"$/.test(etag)) return undefined;
  if (changed === undefined) return etag;
  return Date.parse(date ?? '') - Date.parse(changed) >= SETTLED_MS ? etag : undefined;
}

function changesWhileRead(key: string, host: string): StoreError {
  return new StoreError('unreachable', `${key} keeps changing at ${host} as it is read`, 'soon', {
    hint: 'Try again later.',
  });
}

function joined(base: string, folder: string): string {
  return [base, folder.slice(0, -1)].filter((part) => part !== '').join('/');
}
