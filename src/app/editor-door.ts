/** The door of a collection for programs that edit files, and what they know of a file. */
import { SatchelError } from '../base/errors.ts';
import { mayLook } from '../sync/first-look.ts';
import type { Expected, FileDoor } from '../sync/kind.ts';
import { findCollection, type ListedCollection } from './collection-list.ts';
import type { Session } from './session.ts';

export interface Door {
  readonly collection: ListedCollection;
  readonly files: FileDoor;
}

/**
 * @throws SatchelError `usage` where the collection is not on this device, or has no files; `busy`
 *   before it was read once: what is saved then could stand against what is still to come (S15).
 */
export function doorOf(session: Session, name: string): Door {
  const collection = findCollection(session, name);
  const open = session.open.get(collection.id);
  if (open === undefined) {
    throw new SatchelError('usage', `"${collection.name}" is not on this device.`, {
      hint: 'Bring it here with "satchel attach".',
    });
  }
  if (open.files === undefined) {
    throw new SatchelError('usage', `"${collection.name}" is no collection of files.`, {
      hint: 'Name another one.',
    });
  }
  if (!mayLook(session.engine.db, collection.id)) {
    throw new SatchelError('busy', `"${collection.name}" is being read for the first time.`, {
      hint: 'Try again when it is: "satchel status" tells.',
    });
  }
  return { collection, files: open.files };
}

/**
 * What a program expects, from the header If-Match: `rev:<n>`, `mtime:<ns>` or `absent`, with or
 * without the quotes that HTTP has around it (RFC 9110, section 13.1.1).
 * @throws SatchelError `usage` for anything else: a check that is not made would cost an edit.
 */
export function parseExpected(header: string | undefined): Expected {
  if (header === undefined) return { kind: 'nothing' };
  const text = header.trim().replace(/^"(.*)"$/, '$1');
  if (text === 'absent') return { kind: 'absent' };
  const [, kind, digits = ''] = /^(rev|mtime):(\d{1,19})$/.exec(text) ?? [];
  if (kind === 'rev') return { kind, rev: Number(digits) };
  if (kind === 'mtime') return { kind, mtimeNs: BigInt(digits) };
  throw new SatchelError('usage', `If-Match cannot be "${header}".`, {
    hint: 'Send rev:<n> or mtime:<ns> as the last answer told it, or absent for a new file.',
  });
}
