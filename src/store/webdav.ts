/**
 * A bucket that is a folder on a WebDAV server (RFC 4918): Nextcloud, Apache, rclone and others.
 * Only this entrance is imported statically: what reads XML is loaded when such a bucket is opened.
 */

import type { DavBucket } from './bucket-settings.ts';
import type { ObjectStore } from './store.ts';
import type { WebDavClient } from './webdav-client.ts';
import type { WebDavOptions } from './webdav-options.ts';

/**
 * Opens a bucket without sending a request. Throws `StoreError`: of kind `usage` for clear text
 * to another machine, of kind `refused` for a user without a password.
 */
export async function openWebDavStore(
  bucket: DavBucket,
  options: WebDavOptions,
): Promise<ObjectStore> {
  const { WebDavStore } = await import('./webdav-store.ts');
  return new WebDavStore(bucket, options);
}

/**
 * Creates the bucket's folder where it or folders above it are missing, for `init`. Nothing else
 * ever creates it: a folder that is missing later is a share that is not mounted, or a typing
 * mistake, and writing there would strand the data.
 */
export async function ensureWebDavFolder(bucket: DavBucket, options: WebDavOptions): Promise<void> {
  const { createBase } = await import('./webdav-folders.ts');
  await withClient(bucket, options, createBase);
}

/** True where the server is sure that the bucket's folder is not there. */
export async function isWebDavFolderMissing(
  bucket: DavBucket,
  options: WebDavOptions,
): Promise<boolean> {
  const { isBaseMissing } = await import('./webdav-folders.ts');
  return await withClient(bucket, options, isBaseMissing);
}

async function withClient<T>(
  bucket: DavBucket,
  options: WebDavOptions,
  work: (client: WebDavClient) => Promise<T>,
): Promise<T> {
  const client = new (await import('./webdav-client.ts')).WebDavClient(bucket, options);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}
