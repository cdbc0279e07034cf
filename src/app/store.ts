/** Opening the bucket: the right store, counted, and tried again where that may help. */
import { existsSync, readFileSync } from 'node:fs';
import { isErrorKind, messageOf, SatchelError } from '../base/errors.ts';
import type { Clock, Random } from '../base/ports.ts';
import type { DavBucket, S3Bucket } from '../store/bucket-settings.ts';
import type { StoreCredentials } from '../store/credentials.ts';
import { DirectoryStore, ensureDirectoryRoot } from '../store/directory.ts';
import { type MeteredStore, withMeter } from '../store/meter.ts';
import { withRetry } from '../store/retry.ts';
import { openS3Store } from '../store/s3.ts';
import type { S3Options } from '../store/s3-options.ts';
import type { ObjectStore } from '../store/store.ts';
import { type ThrottleLimits, withThrottle } from '../store/throttle.ts';
import { parseBucketUrl } from '../store/url.ts';
import { ensureWebDavFolder, isWebDavFolderMissing, openWebDavStore } from '../store/webdav.ts';
import type { WebDavOptions } from '../store/webdav-options.ts';

export interface OpenedStore {
  readonly store: ObjectStore;
  readonly meter: MeteredStore;
  /** How many requests were sent again so far. */
  readonly retries: () => number;
}

export interface OpenStoreOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Allow clear text and certificates that cannot be checked. */
  readonly insecureTls?: boolean;
  /** What a person entered for this bucket; asked for at the first request. */
  readonly credentials?: () => Promise<StoreCredentials>;
  /** Asked when the bucket refuses: true where `credentials` may tell others by now. */
  readonly mayRenew?: () => boolean;
  /** Told the server's time with each answer that has one, milliseconds since the Unix epoch. */
  readonly onServerDate?: (dateMs: number) => void;
  /** How fast, and how much at once; asked at each use. */
  readonly limits?: () => ThrottleLimits;
}

/** Opens the store at the first request: commands that need none do not wait for its client. */
export function openStore(bucket: string, options: OpenStoreOptions): OpenedStore {
  const { limits, mayRenew = () => false } = options;
  const meter = withMeter(lazyStore(bucket, () => connect(bucket, options), mayRenew));
  const throttled = limits === undefined ? meter : withThrottle(meter, limits, options);
  let retries = 0;
  const onRetry = (): void => {
    retries += 1;
  };
  const { clock, random } = options;
  const store = withRetry(throttled, { clock, random, onRetry });
  return { store, meter, retries: () => retries };
}

async function connect(bucket: string, options: OpenStoreOptions): Promise<ObjectStore> {
  const { clock, random } = options;
  const settings = parseBucketUrl(bucket);
  if (settings.kind === 'file') return new DirectoryStore(settings.root, { clock, random });
  if (settings.kind === 'dav') {
    return await openWebDavStore(settings, await davOptions(settings, options));
  }
  return await openS3Store(settings, await s3Options(settings, options));
}

/** What the store of an S3 bucket needs besides its settings. */
export async function s3Options(bucket: S3Bucket, options: OpenStoreOptions): Promise<S3Options> {
  const { accessKeys } = (await options.credentials?.()) ?? {};
  const common = connectionOptions(bucket, options);
  return accessKeys === undefined ? common : { ...common, accessKeys };
}

/**
 * Makes the folder that a new repository goes into, where the bucket is a folder and it is missing.
 * Nothing else ever does: one that is missing later is a disk or share that is not mounted.
 */
export async function ensureFolder(bucket: string, options: OpenStoreOptions): Promise<void> {
  const settings = parseBucketUrl(bucket);
  if (settings.kind === 'file') await ensureDirectoryRoot(settings.root);
  if (settings.kind === 'dav')
    await ensureWebDavFolder(settings, await davOptions(settings, options));
}

/** True for a bucket that is a folder, here or on a WebDAV server, and is not there. */
export async function isFolderMissing(bucket: string, options: OpenStoreOptions): Promise<boolean> {
  const settings = parseBucketUrl(bucket);
  if (settings.kind === 'file') return !existsSync(settings.root);
  if (settings.kind === 's3') return false;
  return await isWebDavFolderMissing(settings, await davOptions(settings, options));
}

async function davOptions(bucket: DavBucket, options: OpenStoreOptions): Promise<WebDavOptions> {
  const { clock, random, credentials } = options;
  const { password } = (await credentials?.()) ?? {};
  const common = { ...connectionOptions(bucket, options), clock, random };
  return password === undefined ? common : { ...common, password };
}

/** What servers of every kind need to be told about the way to them. */
function connectionOptions({ caFile }: S3Bucket | DavBucket, options: OpenStoreOptions) {
  const { insecureTls = false, onServerDate } = options;
  return {
    insecureTls,
    ...(caFile === undefined ? {} : { ca: readCertificates(caFile) }),
    ...(onServerDate === undefined ? {} : { onServerDate }),
  };
}

function readCertificates(path: string): string {
  const hint = 'The ca-file of the bucket has to be a PEM file that is on this computer.';
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const message = `Cannot read the certificates in ${path}: ${messageOf(error)}.`;
    throw new SatchelError('usage', message, { hint });
  }
  // The platform passes over what is no certificate, and then trusts nobody without a word.
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new SatchelError('usage', `There is no certificate in ${path}.`, { hint });
}

/**
 * @param mayRenew true where other credentials may be had by now than those that were refused.
 */
function lazyStore(
  bucket: string,
  connectOnce: () => Promise<ObjectStore>,
  mayRenew: () => boolean,
): ObjectStore {
  let opened: Promise<ObjectStore> | undefined;
  const forget = (store: Promise<ObjectStore>): void => {
    if (opened !== store) return;
    opened = undefined;
    closeOnceOpen(store);
  };
  const asking = async <T>(ask: (store: ObjectStore) => Promise<T>): Promise<T> => {
    opened ??= connectOnce();
    const mine = opened;
    let store: ObjectStore;
    try {
      store = await mine;
    } catch (error) {
      // A keychain that was locked may be open at the next request.
      forget(mine);
      throw error;
    }
    try {
      return await ask(store);
    } catch (error) {
      if (isErrorKind(error, 'refused') && mayRenew()) forget(mine);
      throw error;
    }
  };
  return {
    name: bucket.replace(/\?.*$/, ''),
    get: (key, options) => asking((store) => store.get(key, options)),
    put: (key, body) => asking((store) => store.put(key, body)),
    list: (prefix) => asking((store) => store.list(prefix)),
    delete: (key) => asking((store) => store.delete(key)),
    close: () => {
      if (opened !== undefined) closeOnceOpen(opened);
    },
  };
}

function closeOnceOpen(opening: Promise<ObjectStore>): void {
  opening.then(
    (store) => store.close(),
    () => undefined,
  );
}
