/** Collections in words. Pure. */
import type { Answer } from '../../api/client.ts';
import { viewsOf } from '../../kinds/kinds.ts';
import { countWords, sizeWords } from '../../words.ts';

export type Collection = Answer<'collections'>[number];

/** `1,204 files, 3.2 GB`; undefined where nobody has read it yet. */
export function contentWords({ kind, files, size }: Collection): string | undefined {
  if (files === null || size === null) return undefined;
  const { record } = viewsOf(kind);
  const count = countWords(files, record.one, record.many);
  return files === 0 ? count : `${count}, ${sizeWords(size)}`;
}

/** `desktop, phone and tablet`. */
export function listWords(words: readonly string[]): string {
  const last = words.at(-1);
  if (last === undefined) return '';
  const before = words.slice(0, -1);
  return before.length === 0 ? last : `${before.join(', ')} and ${last}`;
}

/** Which other devices have a collection that is here, or any that has one which is not. */
export function carrierWords({ folder, devices }: Collection): string {
  if (folder === null) {
    return devices.length === 0 ? 'In the bucket, on no device' : `On ${listWords(devices)}`;
  }
  const others = devices.slice(1);
  return others.length === 0 ? 'On this device only' : `Also on ${listWords(others)}`;
}

/** Which part of a collection is here; undefined for the whole. */
export function partWords({ only }: Pick<Collection, 'only'>): string | undefined {
  return only === null ? undefined : `Only ${countWords(only.length, 'folder')} of it`;
}

/** Reading that much does not have to be asked for. */
const READ_UNASKED_BYTES = 8_000_000;
/** What is in it elsewhere may have changed since. */
const READ_OLD_MS = 10 * 60_000;

/** Collections elsewhere that are read as soon as somebody looks at their list. */
export function toReadUnasked(collections: readonly Collection[], nowMs: number): string[] {
  return collections
    .filter(({ folder, toRead }) => folder === null && toRead <= READ_UNASKED_BYTES)
    .filter(({ readAt }) => readAt === null || nowMs - Date.parse(readAt) > READ_OLD_MS)
    .map(({ id }) => id);
}

/** What to say after a collection is carried no longer. */
export function detachedWords({ name, folder, pending }: Answer<'detachCollection'>): string {
  const unsent =
    pending === 0
      ? ''
      : ` ${countWords(pending, 'change')} made here ${pending === 1 ? 'was' : 'were'} not sent, and ${pending === 1 ? 'is' : 'are'} in the folder only.`;
  return `${name} is no longer carried here: ${folder} stays as it is.${unsent}`;
}
