/** Folders on a WebDAV server, which must be there before anything is put into them. */
import type { DavBucket } from './bucket-settings.ts';
import { formatPath } from './url-settings.ts';
import type { DavAnswer, WebDavClient } from './webdav-client.ts';
import { noSuchFolder, webDavError } from './webdav-errors.ts';

/** True for an answer that may mean: the folder above is missing (RFC 4918; rclone says 404). */
export function mayLackFolder({ status }: DavAnswer): boolean {
  return status === 409 || status === 404;
}

/** Throws `usage` if the bucket's folder is not there, and the fitting error if nobody can say. */
export async function requireBase(client: WebDavClient): Promise<void> {
  const answer = await lookAtBase(client);
  if (answer.status !== 207)
    throw webDavError(answer, { operation: 'list', bucket: client.bucket });
}

/** True where the server is sure that the bucket's folder is not there. */
export async function isBaseMissing(client: WebDavClient): Promise<boolean> {
  return mayLackFolder(await lookAtBase(client));
}

/**
 * Creates a folder below the bucket's, and those above it as far as they are missing, but never
 * the bucket's own. One that is there already is fine.
 */
export async function createFolder(client: WebDavClient, folder: string): Promise<void> {
  const create = () => client.send({ method: 'MKCOL', path: `${folder}/` });
  let answer = await create();
  if (mayLackFolder(answer)) {
    const above = folderAbove(folder);
    if (above === '') await requireBase(client);
    else await createFolder(client, above);
    answer = await create();
  }
  // Apache says 403 to all but one of those who create a folder at the same time.
  if (answer.status === 403) answer = await create();
  assertCreated(answer, client.bucket);
}

/** Creates the bucket's own folder, and those above it as far as they are missing. */
export async function createBase(client: WebDavClient): Promise<void> {
  const answer = await lookAtBase(client);
  if (answer.status === 207) return;
  if (!mayLackFolder(answer)) {
    throw webDavError(answer, { operation: 'list', bucket: client.bucket });
  }
  await createFromRoot(client, client.bucket.path);
  await requireBase(client);
}

/** The folder that holds a key or a folder; empty for the bucket's own. */
export function folderAbove(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** From the deepest up, since above the share nobody may create or even ask. */
async function createFromRoot(client: WebDavClient, path: string): Promise<void> {
  if (path === '') throw noSuchFolder(client.bucket);
  const url = new URL(`/${formatPath(path)}/`, client.urlOf(''));
  const create = () => client.sendTo(url, { method: 'MKCOL' });
  let answer = await create();
  if (mayLackFolder(answer)) {
    await createFromRoot(client, folderAbove(path));
    answer = await create();
  }
  assertCreated(answer, client.bucket);
}

/** 405 says that it exists. */
function assertCreated(answer: DavAnswer, bucket: DavBucket): void {
  if (answer.status === 405 || (answer.status >= 200 && answer.status < 207)) return;
  throw webDavError(answer, { operation: 'write', bucket });
}

async function lookAtBase(client: WebDavClient): Promise<DavAnswer> {
  return await client.send({
    method: 'PROPFIND',
    path: '',
    headers: { depth: '0', 'content-type': 'application/xml' },
    body: new TextEncoder().encode(
      '<?xml version="1.0" encoding="utf-8"?>' +
        '<propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>',
    ),
  });
}
