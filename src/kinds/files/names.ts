/** Names of files: which are safe to place, which collide, and how to make room for two. Pure. */
import { toBase32, utf8 } from '../../base/bytes.ts';
import { sha256 } from '../../base/hash.ts';

/** The longest name that the common file systems take, in bytes of UTF-8. */
export const NAME_MAX_BYTES = 255;

/** The folder at the root that holds what Satchel keeps beside the files. */
export const SATCHEL_FOLDER = '.satchel';

/** What Windows, the strictest, refuses in a name, and what is no visible character. */
const UNPLACEABLE = /[/\\:*?"<>|\p{Cc}]/gu;
const CONTROL = /\p{Cc}/u;
/** What Windows takes for something else than a name, or drops from its end. */
const NOT_ON_WINDOWS: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/[:*?"<>|]/, 'contains one of : * ? " < > |'],
  [/[. ]$/, 'has a part that ends in a dot or a space'],
  [
    /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)/i,
    'has a part that stands for a device there, such as NUL',
  ],
];
/** Lengths of the mark in a suffix, in characters: the shortest that makes a free name is taken. */
export const SUFFIX_LENGTHS = [4, 8, 16, 32] as const;
const SUFFIX = / \(~([a-z2-7]{4,32})\)$/;
const DEVICE_NAME_MAX_BYTES = 60;
/** A longer "extension" is part of a sentence: `Notes on v1.2 and what followed`. */
const EXTENSION_MAX_BYTES = 16;

/**
 * Why a record of this path must never be placed below a folder, in words that continue "the
 * name …"; undefined for a path that is safe everywhere. Paths come from other devices, so this
 * is the wall that keeps `../x` inside the root.
 */
export function unsafePathReason(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.startsWith('/')) return 'is absolute';
  if (/^[A-Za-z]:/.test(path)) return 'starts with a drive letter';
  const segments = path.split('/');
  if (isSatchelFolder(segments[0] ?? '')) {
    return `lies in ${SATCHEL_FOLDER}, which belongs to Satchel`;
  }
  for (const segment of segments) {
    const reason = unsafeSegmentReason(segment);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/**
 * Why Windows cannot have a file at this path, in words that continue "the name …"; undefined where
 * it can. Some of these names it takes, and writes elsewhere: `a:b` into `a`, `NUL` nowhere.
 */
export function notOnWindowsReason(path: string): string | undefined {
  const parts = path.split('/');
  return NOT_ON_WINDOWS.find(([pattern]) => parts.some((part) => pattern.test(part)))?.[1];
}

/**
 * True for every spelling that some disk holds for `.satchel`: Windows drops dots and spaces at
 * the end, macOS characters that cannot be seen, and both take other forms of a letter for it.
 */
function isSatchelFolder(segment: string): boolean {
  const plain = segment.normalize('NFKC').replace(/\p{Cf}|[. ]+$/gu, '');
  return plain.toLowerCase() === SATCHEL_FOLDER;
}

function unsafeSegmentReason(segment: string): string | undefined {
  if (segment === '') return 'has an empty part between two slashes';
  // Windows drops dots and spaces at the end, so `.. .` would be `..` there.
  if (/^\.[. ]*$/.test(segment)) return `has "${segment}" as a part`;
  if (segment.includes('\0')) return 'contains a NUL character';
  if (CONTROL.test(segment)) return 'contains a control character';
  if (segment.includes('\\')) return 'contains a backslash';
  if (!segment.isWellFormed()) return 'is not valid Unicode';
  // Most names are far too short to need counting in bytes.
  if (segment.length * 3 > NAME_MAX_BYTES && byteLength(segment) > NAME_MAX_BYTES) {
    return `has a part longer than ${NAME_MAX_BYTES} bytes`;
  }
  return undefined;
}

/**
 * The key that is equal for paths which some disk holds for the same: without regard to case or
 * to Unicode normalisation (NFC). Folding a folded path changes nothing.
 */
export function foldName(path: string): string {
  return lowerCased(path.normalize('NFC')).normalize('NFC');
}

function lowerCased(path: string): string {
  // Lower-casing writes the last sigma of a word in another way, and what follows a word depends
  // on the rest of the path; one spelling for both keeps equal names equal.
  return path.toLowerCase().replaceAll('ς', 'σ');
}

/** Which names a disk takes for the same: those that differ in case, or in Unicode form. */
export interface NameFolding {
  readonly case: boolean;
  readonly form: boolean;
}

/** True for two paths that are one on such a disk. */
export function isSamePath(a: string, b: string, folding: NameFolding): boolean {
  if (a === b) return true;
  const [x, y] = folding.form ? [a.normalize('NFC'), b.normalize('NFC')] : [a, b];
  return folding.case ? lowerCased(x) === lowerCased(y) : x === y;
}

/**
 * Where to put a record whose name an older claim holds: `notes.md` becomes `notes (~k3f9).md`.
 * The same record gets the same suffix on every device.
 * @param length of the mark, in characters; see `SUFFIX_LENGTHS`.
 */
export function suffixedName(
  path: string,
  record: string,
  length: number = SUFFIX_LENGTHS[0],
): string {
  const mark = toBase32(sha256(utf8(record))).slice(0, length);
  return withSuffix(path, ` (~${mark})`);
}

/** True if `place` is what `suffixedName` makes of the record's path, whatever the length. */
export function isSuffixedName(path: string, record: string, place: string): boolean {
  const length = splitSuffix(place)?.markLength;
  return length !== undefined && suffixedName(path, record, length) === place;
}

/**
 * The path that a suffixed name was made from; undefined for a name without suffix. Where the last
 * part may have been cut short to make room (`isCut`), it is at least how that path begins.
 */
export function withoutSuffix(
  place: string,
): { readonly path: string; readonly isCut: boolean } | undefined {
  const path = splitSuffix(place)?.path;
  if (path === undefined) return undefined;
  // A character takes four bytes at most, so a name that was cut is nearly as long as may be.
  const isCut = byteLength(place.slice(place.lastIndexOf('/') + 1)) > NAME_MAX_BYTES - 4;
  return { path, isCut };
}

function splitSuffix(
  place: string,
): { readonly path: string; readonly markLength: number } | undefined {
  const nameAt = place.lastIndexOf('/') + 1;
  const extension = extensionOf(place.slice(nameAt));
  const stem = place.slice(nameAt, place.length - extension.length);
  const [suffix, mark] = SUFFIX.exec(stem) ?? [];
  if (suffix === undefined || mark === undefined || suffix === stem) return undefined;
  const path = place.slice(0, nameAt) + stem.slice(0, -suffix.length) + extension;
  return { path, markLength: mark.length };
}

/**
 * The name of a copy that a person keeps beside the original: `notes (laptop 2026-11-20).md`.
 * `timeMs` is in milliseconds since the Unix epoch; the date is that of UTC.
 */
export function copyName(path: string, deviceName: string, timeMs: number): string {
  const plain = deviceName.toWellFormed().replace(UNPLACEABLE, '-').trim();
  const device = truncated(plain, DEVICE_NAME_MAX_BYTES).trim() || 'device';
  return withSuffix(path, ` (${device} ${utcDate(timeMs)})`);
}

function utcDate(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 'yyyy-mm-dd'.length);
}

/** Puts `suffix` before the extension of the last segment, and keeps that segment short enough. */
function withSuffix(path: string, suffix: string): string {
  const nameAt = path.lastIndexOf('/') + 1;
  const name = path.slice(nameAt);
  const extension = extensionOf(name);
  const stem = name.slice(0, name.length - extension.length);
  const roomBytes = NAME_MAX_BYTES - byteLength(suffix) - byteLength(extension);
  return path.slice(0, nameAt) + truncated(stem, roomBytes) + suffix + extension;
}

/** The extension with its dot, or '' where the last dot does not look like one. */
function extensionOf(name: string): string {
  const dotAt = name.lastIndexOf('.');
  const extension = dotAt > 0 ? name.slice(dotAt) : '';
  return /\s/.test(extension) || byteLength(extension) > EXTENSION_MAX_BYTES ? '' : extension;
}

/** The longest beginning of whole code points that fits into `maxBytes`. */
function truncated(text: string, maxBytes: number): string {
  if (byteLength(text) <= maxBytes) return text;
  let sizeBytes = 0;
  let kept = '';
  for (const character of text) {
    sizeBytes += byteLength(character);
    if (sizeBytes > maxBytes) break;
    kept += character;
  }
  return kept;
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}
