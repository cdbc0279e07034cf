/** What a request asks of the fake S3, in the terms of S3 (path style only). */
import type { CannedRequest } from './canned-server.ts';

export type S3Operation = 'read' | 'write' | 'list' | 'delete';

export interface S3Request {
  /** Undefined for what is no operation on objects. */
  readonly operation: S3Operation | undefined;
  readonly method: string;
  /** Empty for the service itself. */
  readonly bucket: string;
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly sent: CannedRequest;
}

const ACTIONS: Readonly<Record<S3Operation, string>> = {
  read: 's3:GetObject',
  write: 's3:PutObject',
  list: 's3:ListBucket',
  delete: 's3:DeleteObject',
};

export function s3RequestIn(sent: CannedRequest): S3Request {
  const url = new URL(sent.url, 'http://localhost');
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(url.pathname) ?? [];
  const asked = {
    method: sent.method,
    bucket: decodeURIComponent(bucket),
    key: decodeURIComponent(key),
    query: url.searchParams,
    sent,
  };
  return { ...asked, operation: operationOf(asked) };
}

/** The action that a request takes the right to, as policies name it. */
export function s3ActionOf(sent: CannedRequest): string {
  const { operation } = s3RequestIn(sent);
  return operation === undefined ? `${sent.method} ${sent.url}` : ACTIONS[operation];
}

/** A header of a request; undefined where it is missing, empty text included. */
export function headerOf({ headers }: CannedRequest, name: string): string | undefined {
  const value = headers[name];
  const text = Array.isArray(value) ? value.join(',') : value;
  return text === '' ? undefined : text;
}

function operationOf({
  method,
  key,
  query,
}: Omit<S3Request, 'operation'>): S3Operation | undefined {
  if (key === '') return query.has('list-type') ? 'list' : undefined;
  if (query.has('versionId')) return undefined;
  if (method === 'PUT') return 'write';
  if (method === 'DELETE') return 'delete';
  return method === 'GET' || method === 'HEAD' ? 'read' : undefined;
}
