/**
 * Symbolic links as they are carried: the text of a target that stays inside the root, relative to
 * the link's folder. No link is ever followed; what a target names need not be there.
 */
import { sep } from 'node:path';
import type { Disk } from './disk.ts';
import { foldersAbove, pathOf } from './layout.ts';
import { unsafePathReason } from './names.ts';

/** The longest target that Linux takes, in bytes of UTF-8; other systems take less. */
export const LINK_TARGET_MAX_BYTES = 4_095;

/** What a link says, as far as it can be carried. */
export type LinkTarget =
  /** The target in the form of `normalTarget`. */
  | { readonly kind: 'inside'; readonly text: string }
  /** Why it is left out, in words that continue "the target …". */
  | { readonly kind: 'outside'; readonly reason: string };

/**
 * Reads the link at `path` as one that belongs at `place`: on its way, a link is elsewhere, and a
 * target counts from where it belongs. System errors pass through; EINVAL means that it is no link.
 */
export async function readTarget(
  disk: Disk,
  root: string,
  place: string,
  path: string,
): Promise<LinkTarget> {
  return carriedTarget(root, place, await disk.readLink(path));
}

/**
 * The outermost folder above a place that is a symbolic link by now; undefined where none is. What is
 * below that is somewhere else.
 */
export async function linkAbove(
  disk: Disk,
  root: string,
  place: string,
): Promise<string | undefined> {
  for (const folder of foldersAbove(place).reverse()) {
    const stat = await disk.stat(pathOf(root, folder));
    if (stat?.kind === 'symlink') return folder;
    if (stat === undefined) return undefined;
  }
  return undefined;
}

/**
 * What is carried of a link. A target is resolved by its words alone, from the link's folder; an
 * absolute one that lies inside the root is carried relative, so that it leads to the same place
 * wherever another device has its root.
 * @param root the absolute path of the folder, with the platform's separators.
 * @param target as the disk has it, with `/`.
 */
export function carriedTarget(root: string, place: string, target: string): LinkTarget {
  const text = isAbsolute(target) ? relativeTarget(root, place, target) : normalTarget(target);
  if (text === undefined) return { kind: 'outside', reason: 'leads out of the folder' };
  const reason = unsafeTargetReason(place, text);
  return reason === undefined ? { kind: 'inside', text } : { kind: 'outside', reason };
}

/**
 * Why a link with this target must not be made at `place`, in words that continue "the target …";
 * undefined for one that stays inside the root. Targets come from other devices, too.
 */
export function unsafeTargetReason(place: string, text: string): string | undefined {
  if (text === '') return 'is empty';
  if (Buffer.byteLength(text) > LINK_TARGET_MAX_BYTES) {
    return `is longer than ${LINK_TARGET_MAX_BYTES} bytes`;
  }
  if (isAbsolute(text)) return 'is absolute';
  // Behind a link, `x/..` is not where it started: only the normal form means what it says.
  if (normalTarget(text) !== text) return 'goes up again after it went down';
  if (text.includes('\uFFFD')) return 'is not valid UTF-8';
  const inside = resolve(foldersOf(place), text);
  if (inside === undefined) return 'leads out of the folder';
  const reason = inside.length === 0 ? undefined : unsafePathReason(inside.join('/'));
  return reason === undefined ? undefined : `is not safe: it ${reason}`;
}

/** The target with nothing superfluous in it: `..` at its beginning alone, `.` for the folder. */
function normalTarget(target: string): string {
  const parts: string[] = [];
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/') || (target === '' ? '' : '.');
}

/** An absolute target from the folder of the link; undefined where it lies outside of the root. */
function relativeTarget(root: string, place: string, target: string): string | undefined {
  const top = sep === '/' ? root : root.replaceAll(sep, '/');
  if (target !== top && !target.startsWith(`${top}/`)) return undefined;
  const to = resolve([], target.slice(top.length));
  if (to === undefined) return undefined;
  const from = foldersOf(place);
  let shared = 0;
  while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared += 1;
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/') || '.';
}

/** Where a relative path leads to, counted from the root; undefined where it leads out. */
function resolve(from: readonly string[], path: string): readonly string[] | undefined {
  const at = [...from];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') at.push(part);
    else if (at.pop() === undefined) return undefined;
  }
  return at;
}

function foldersOf(place: string): readonly string[] {
  return place.split('/').slice(0, -1);
}

function isAbsolute(target: string): boolean {
  return target.startsWith('/') || /^[A-Za-z]:/.test(target);
}
