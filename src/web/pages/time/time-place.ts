/** What is looked at, and when, as an address: the way back leads there again. Pure. */

export interface TimePlace {
  /** Its id; undefined for the first one. */
  readonly collection?: string | undefined;
  /** ISO 8601; undefined for now. */
  readonly at?: string | undefined;
  /** Empty for the top. */
  readonly folder: string;
  /** True to show deleted files as well. */
  readonly hasDeleted: boolean;
  /** A file whose versions are looked at. */
  readonly file?: string | undefined;
  /** A version of it. */
  readonly version?: string | undefined;
}

const TIME_PATH = '/time';

export function timePath({ collection, at, folder, hasDeleted, file, version }: TimePlace): string {
  const query = new URLSearchParams();
  if (collection !== undefined) query.set('of', collection);
  if (at !== undefined) query.set('at', at);
  if (folder !== '') query.set('in', folder);
  if (hasDeleted) query.set('deleted', 'true');
  if (file !== undefined) query.set('file', file);
  if (version !== undefined) query.set('version', version);
  return query.size === 0 ? TIME_PATH : `${TIME_PATH}?${query}`;
}

/** A moment that cannot be read counts as now. */
export function timePlaceOf(search: string): TimePlace {
  const query = new URLSearchParams(search);
  const given = (name: string): string | undefined => query.get(name) || undefined;
  const atMs = Date.parse(given('at') ?? '');
  return {
    collection: given('of'),
    at: Number.isNaN(atMs) ? undefined : new Date(atMs).toISOString(),
    folder: given('in') ?? '',
    hasDeleted: query.get('deleted') === 'true',
    file: given('file'),
    version: given('version'),
  };
}

/** The folder that a path is in; empty for the top. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
