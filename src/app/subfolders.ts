/** Subfolders of a collection as a person names them, for carrying a part of it. */
import { SatchelError } from '../base/errors.ts';
import { foldersAbove } from '../kinds/files/layout.ts';
import { unsafePathReason } from '../kinds/files/names.ts';
import { allRecords, claimantsOf, isClaimedBelow } from '../replica/records.ts';
import type { Kind } from '../sync/kind.ts';
import type { ListedCollection } from './collection-list.ts';
import type { Session } from './session.ts';

type Named = Pick<ListedCollection, 'id' | 'name' | 'kind'>;

/**
 * Paths relative to the collection's folder, with `/` and composed (NFC); one below another that
 * was named as well is left out.
 * @throws SatchelError `usage` for what is no subfolder.
 */
export function cleanSubfolders(given: readonly string[]): readonly string[] {
  const clean = new Set(given.map(cleanSubfolder));
  return [...clean].filter((path) => !foldersAbove(path).some((folder) => clean.has(folder)));
}

function cleanSubfolder(given: string): string {
  const path = given
    .normalize('NFC')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
  const reason = given.startsWith('/') ? 'is absolute' : unsafePathReason(path);
  if (reason === undefined) return path;
  throw new SatchelError('usage', `"${given}" cannot be a subfolder: it ${reason}.`, {
    hint: 'Name it as it is inside the collection, such as --only Photos/2026. Leave --only out for the whole.',
  });
}

/** Those of the subfolders that the collection does not have, as far as this device has heard. */
export function unknownSubfolders(
  session: Session,
  collection: Named,
  only: readonly string[] | undefined,
): readonly string[] {
  const kind = session.kinds.get(collection.kind);
  if (kind === undefined) return [];
  return (only ?? []).filter((path) => !isFolder(session, collection, kind, path));
}

function isFolder({ engine }: Session, { id }: Named, kind: Kind, path: string): boolean {
  const claim = kind.claimOf({ [kind.nameField]: path });
  if (claim === undefined) return false;
  const isEmptyFolder = claimantsOf(engine.db, id, claim).some(
    ({ fields }) => fields.type === 'folder',
  );
  return isEmptyFolder || isClaimedBelow(engine.db, id, claim);
}

/** At most this many folders are named in a hint. */
const NAMED_MAX = 12;

export function noSuchSubfolder(
  session: Session,
  collection: Named,
  unknown: readonly string[],
): SatchelError {
  const names = unknown.map((path) => `"${path}"`).join(' or ');
  const there = topFolders(session, collection);
  const named = there.slice(0, NAMED_MAX).join(', ');
  const rest = there.length > NAMED_MAX ? `, and ${there.length - NAMED_MAX} more` : '';
  return new SatchelError('usage', `"${collection.name}" has no subfolder ${names}.`, {
    hint:
      there.length === 0
        ? 'It has no subfolders that this device knows of; run "satchel sync" first.'
        : `There are: ${named}${rest}. If it is new on another device, run "satchel sync" first.`,
  });
}

function topFolders({ engine, kinds }: Session, { id, kind }: Named): readonly string[] {
  const folders = new Set<string>();
  const titleOf = kinds.get(kind)?.titleOf;
  if (titleOf === undefined) return [];
  for (const { isLive, fields } of allRecords(engine.db, id)) {
    const [top, ...below] = isLive ? titleOf(fields).split('/') : [];
    const isTop = below.length > 0 || fields.type === 'folder';
    if (top !== undefined && isTop) folders.add(top);
  }
  return [...folders].sort();
}
