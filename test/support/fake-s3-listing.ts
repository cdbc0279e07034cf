/** The listings of the fake S3 as documents (S3 API reference: ListObjectsV2, ListObjectVersions). */
import { document, element, failure, type Reply } from './fake-s3-reply.ts';
import type { S3Request } from './fake-s3-request.ts';
import type { ShelfEntry, ShelfVersion } from './fake-s3-shelf.ts';

export interface ListingHabits {
  readonly pageKeys: number;
  readonly encodesKeys: boolean;
}

/** What a page shows in one place: an object, or all objects below a common prefix. */
type Row =
  | { readonly kind: 'object'; readonly name: string; readonly sizeBytes: number }
  | { readonly kind: 'prefix'; readonly name: string };

export function listingReply(
  { bucket, query }: S3Request,
  entries: readonly ShelfEntry[],
  habits: ListingHabits,
): Reply {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : nameIn(token);
  if (after === undefined) {
    return failure(400, 'InvalidArgument', 'The continuation token provided is incorrect');
  }
  const isEncoded = query.get('encoding-type') === 'url' && habits.encodesKeys;
  const spell = isEncoded ? urlEncoded : (text: string) => text;
  const asked = Number(query.get('max-keys') ?? 1000);
  const most = Math.min(asked, habits.pageKeys);
  const rest = rowsOf(entries, prefix, delimiter).filter(({ name }) => byBytes(name, after) > 0);
  const page = rest.slice(0, most);
  const isTruncated = rest.length > page.length;
  const last = page.at(-1)?.name ?? '';
  return document(
    'ListBucketResult',
    element('Name', bucket) +
      element('Prefix', spell(prefix)) +
      element('MaxKeys', asked) +
      (delimiter === '' ? '' : element('Delimiter', spell(delimiter))) +
      (query.has('encoding-type') ? element('EncodingType', isEncoded ? 'url' : '') : '') +
      element('KeyCount', page.length) +
      element('IsTruncated', isTruncated) +
      (isTruncated ? element('NextContinuationToken', tokenFor(last)) : '') +
      page.map((row) => rowElement(row, spell)).join(''),
  );
}

/** One page only: nothing here asks for the next. */
export function versionsReply(
  { bucket, query }: S3Request,
  versions: readonly ShelfVersion[],
  { pageKeys }: ListingHabits,
): Reply {
  const page = versions.toSorted((one, other) => byBytes(one.key, other.key)).slice(0, pageKeys);
  const rows = page.map(({ key, versionId, sizeBytes, isLatest, isMarker }) => {
    const told =
      element('Key', key) + element('VersionId', versionId) + element('IsLatest', isLatest);
    return isMarker
      ? `<DeleteMarker>${told}</DeleteMarker>`
      : `<Version>${told}${element('Size', sizeBytes)}</Version>`;
  });
  return document(
    'ListVersionsResult',
    element('Name', bucket) +
      element('Prefix', query.get('prefix') ?? '') +
      element('IsTruncated', versions.length > page.length) +
      rows.join(''),
  );
}

/** In the order of S3, which is that of the bytes of UTF-8. */
function rowsOf(entries: readonly ShelfEntry[], prefix: string, delimiter: string): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const { key, sizeBytes } of entries) {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const name = end === -1 ? key : key.slice(0, end + delimiter.length);
    rows.set(name, end === -1 ? { kind: 'object', name, sizeBytes } : { kind: 'prefix', name });
  }
  return [...rows.values()].sort((one, other) => byBytes(one.name, other.name));
}

function rowElement(row: Row, spell: (text: string) => string): string {
  const name = spell(row.name);
  return row.kind === 'prefix'
    ? `<CommonPrefixes>${element('Prefix', name)}</CommonPrefixes>`
    : `<Contents>${element('Key', name)}${element('Size', row.sizeBytes)}</Contents>`;
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** As Amazon S3 does: a space is a plus sign, and slashes stay. */
function urlEncoded(text: string): string {
  return encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%20', '+');
}

/** Opaque to clients, and not a key that one could mistake it for. */
function tokenFor(name: string): string {
  return `next:${Buffer.from(name).toString('base64')}`;
}

function nameIn(token: string): string | undefined {
  const [, name] = /^next:(.*)$/.exec(token) ?? [];
  return name === undefined ? undefined : Buffer.from(name, 'base64').toString();
}
