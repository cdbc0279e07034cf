/** Identifiers. Those that name objects are base32, for file systems that ignore case. */
import { toBase32, toBase64Url, utf8 } from '../base/bytes.ts';
import { sha256 } from '../base/hash.ts';
import type { Random } from '../base/ports.ts';

const ID_BYTES = 16;

/** A fresh id for what names objects: devices, repositories, collections, segments, slots. */
export function newObjectId(random: Random): string {
  return toBase32(random.bytes(ID_BYTES));
}

/** A fresh id for what lives inside objects: versions, commits, records, nonces. */
export function newInnerId(random: Random): string {
  for (;;) {
    const id = toBase64Url(random.bytes(ID_BYTES));
    // People type ids after options: one that begins with a dash would look like another option.
    if (!id.startsWith('-')) return id;
  }
}

/** The id of the record first called `name` (rule S5): equal on every device. */
export function recordIdOf(name: string): string {
  return toBase64Url(
    sha256(utf8(`satchel record\0${name.normalize('NFC')}`)).subarray(0, ID_BYTES),
  );
}

/** The part of a commit's id that clocks carry, so that a fork of its author shows (rule S9). */
export function tagOf(commitId: string): string {
  return commitId.slice(0, 6);
}

/** The collection that lists the collections. Read first, the same in every repository. */
export const REGISTRY_ID = 'registry';

const OBJECT_ID_PATTERN = /^[a-z0-9]{1,64}$/;

/** True for what may stand in an object's key: ids that come from a bucket are checked by this. */
export function isObjectId(text: string): boolean {
  return OBJECT_ID_PATTERN.test(text);
}
