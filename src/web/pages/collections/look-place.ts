/** Where somebody looks inside a collection, as an address: the way back leads there again. Pure. */

export interface LookPlace {
  /** Its id. */
  readonly collection: string;
  /** Empty for the top. */
  readonly folder?: string;
  /** A file that is looked at. */
  readonly file?: string;
}

export const COLLECTIONS_PATH = '/collections';

export function lookPath({ collection, folder = '', file }: LookPlace): string {
  const query = new URLSearchParams({ look: collection });
  if (folder !== '') query.set('in', folder);
  if (file !== undefined) query.set('file', file);
  return `${COLLECTIONS_PATH}?${query}`;
}

/** @returns undefined where nobody looks inside one. */
export function lookPlaceOf(search: string): LookPlace | undefined {
  const query = new URLSearchParams(search);
  const collection = query.get('look');
  if (collection === null || collection === '') return undefined;
  const file = query.get('file');
  return { collection, folder: query.get('in') ?? '', ...(file === null ? {} : { file }) };
}
