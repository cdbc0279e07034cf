/** Conflicts in words, and where each of them is on the page. Pure. */
import type { SettleItem } from '../../../api/conflicts.ts';
import type { Answer } from '../../api/client.ts';
import { nameIn } from '../../listing/paths.ts';
import { countWords, sizeWords } from '../../words.ts';

export type Listed = Answer<'conflicts'>[number];
export type Conflict = NonNullable<Answer<'conflict'>>;
export type Compared = Conflict['left'];
export type Side = Listed['sides'][number];
export type Choice = SettleItem['choice'];
export type Keep = Choice['keep'];
type NotSettled = Answer<'resolve'>['failed'][number];

/** Which file: the two together, for a path may be in several collections. */
export interface Place {
  readonly collection: string;
  readonly path: string;
}

export const LIST_ADDRESS = '/conflicts';

export function addressOf({ collection, path }: Place): string {
  return `${LIST_ADDRESS}?${new URLSearchParams({ collection, path })}`;
}

/** Undefined where the address is that of the list. */
export function placeIn(search: string): Place | undefined {
  const fields = new URLSearchParams(search);
  const [collection, path] = [fields.get('collection'), fields.get('path')];
  return collection === null || path === null ? undefined : { collection, path };
}

export function isAt(place: Place, { collection, path }: Place): boolean {
  return place.collection === collection && place.path === path;
}

export function keyOfPlace({ collection, path }: Place): string {
  return `${collection}\n${path}`;
}

/** Those before and after one in the list; after the last there is none. */
export function neighboursOf(
  list: readonly Listed[],
  place: Place,
): { readonly before: Listed | undefined; readonly after: Listed | undefined } {
  const at = list.findIndex((one) => isAt(one, place));
  return { before: at < 1 ? undefined : list[at - 1], after: at < 0 ? list[0] : list[at + 1] };
}

/** Whose side it is. */
export function sideWords({ isLocal, device }: Pick<Side, 'isLocal' | 'device'>): string {
  return isLocal ? `This device (${device})` : device;
}

/** Why a side shows no text. */
export function contentWords({ content, size }: Compared): string {
  const amount = size === null ? '' : `: ${sizeWords(size)}`;
  switch (content) {
    case 'text':
      return 'Text';
    case 'binary':
      return `Not a text${amount}`;
    case 'large':
      return `Too long to be compared here${amount}`;
    case 'folder':
      return 'A folder';
    case 'deleted':
      return 'Deleted';
    case 'missing':
      return 'Its content cannot be read now';
  }
}

const KEPT_WORDS: Readonly<Record<Keep, string>> = {
  local: 'your side is kept',
  remote: 'the other side is kept',
  both: 'both sides are kept',
  version: 'the side you chose is kept',
  merged: 'your merge is kept',
};

/** What came of a decision about one file, or about many. */
export function settledWords(paths: readonly string[], keep: Keep): string {
  const [path] = paths;
  const what =
    paths.length === 1 && path !== undefined ? nameIn(path) : conflictWords(paths.length);
  return `${what}: ${KEPT_WORDS[keep]}`;
}

export function failedWords(failed: readonly NotSettled[]): string {
  const [first, ...others] = failed;
  if (first === undefined) return '';
  if (others.length === 0) return first.error;
  return `${countWords(failed.length, 'file')} could not be settled. The first: ${first.error}`;
}

export function conflictWords(count: number): string {
  return countWords(count, 'conflict');
}

/** Pictures that browsers show, by the ends of their names. */
const PICTURE = /\.(?:avif|bmp|gif|jpe?g|png|svg|webp)$/i;

export function isPicture(path: string): boolean {
  return PICTURE.test(path);
}
