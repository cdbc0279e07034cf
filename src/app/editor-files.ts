/** Reading and saving single files for editors and note apps. Nothing here waits for the network. */

import type { Changed, readFileRoute, writeRoute } from '../api/files.ts';
import type { AnswerOf } from '../api/route.ts';
import { fromBase64, toBase64, utf8, utf8Text } from '../base/bytes.ts';
import { SatchelError } from '../base/errors.ts';
import { lastAtPlace, lastChangeOf, placeAtRev } from '../replica/changes.ts';
import { getContent } from '../replica/contents.ts';
import { shownAt } from '../replica/shown.ts';
import type { Expected, FileChanged, FileStamp, FileToWrite } from '../sync/kind.ts';
import { doorOf } from './editor-door.ts';
import { carryOrder } from './editor-order.ts';
import type { Session } from './session.ts';

type Saved = AnswerOf<typeof writeRoute>;
type Read = AnswerOf<typeof readFileRoute>;

/** What came of a call: done, or refused because the file is not as the caller knows it. */
export type Outcome<T> =
  | { readonly kind: 'done'; readonly answer: T }
  | { readonly kind: 'changed'; readonly answer: Changed };

export interface GivenFile {
  readonly path: string;
  readonly content?: string | undefined;
  readonly content_base64?: string | undefined;
}

/** @throws SatchelError as `doorOf` and `FileDoor`. */
export async function writeFile(
  session: Session,
  name: string,
  file: GivenFile,
  expected: Expected,
): Promise<Outcome<Saved>> {
  const outcome = await writeTogether(session, name, [file], expected);
  if (outcome.kind === 'changed') return outcome;
  return { kind: 'done', answer: only(outcome.answer) };
}

/** Saves attachments and the page that mentions them. @throws SatchelError as `writeFile`. */
export async function attachFiles(
  session: Session,
  name: string,
  page: GivenFile,
  files: readonly GivenFile[],
  expected: Expected,
): Promise<Outcome<{ readonly page: Saved; readonly files: readonly Saved[] }>> {
  const outcome = await writeTogether(session, name, [...files, page], expected);
  if (outcome.kind === 'changed') return outcome;
  const saved = outcome.answer;
  return { kind: 'done', answer: { page: only(saved.slice(-1)), files: saved.slice(0, -1) } };
}

async function writeTogether(
  session: Session,
  name: string,
  given: readonly GivenFile[],
  expected: Expected,
): Promise<Outcome<readonly Saved[]>> {
  const { collection, files } = doorOf(session, name);
  const paths = new Set(given.map(({ path }) => path));
  if (paths.size < given.length) {
    throw new SatchelError('usage', 'Two of the files have the same path.', {
      hint: 'Give each file a path of its own.',
    });
  }
  const written = await files.write(given.map(toWrite), expected);
  if (written.kind === 'changed') {
    return changed(session, collection.id, written, expected);
  }
  return { kind: 'done', answer: written.files.map(savedOf) };
}

/** @throws SatchelError `usage` where there is no such file, and as `writeFile`. */
export async function readFile(session: Session, name: string, path: string): Promise<Read> {
  const file = await doorOf(session, name).files.read(path);
  if (file === undefined) {
    throw new SatchelError('usage', `There is no file "${path}" in "${name}" here.`, {
      hint: 'Give a path relative to the folder of the collection.',
    });
  }
  const { bytes, sizeBytes: size } = file;
  if (bytes === undefined) {
    throw new SatchelError('usage', `"${path}" is too long to be answered in one piece.`, {
      hint: 'Read it from the folder.',
    });
  }
  const content = utf8Text(bytes) ?? null;
  const content_base64 = content === null ? toBase64(bytes) : null;
  return { ...savedOf(file), size, content, content_base64 };
}

export interface Moved {
  readonly moved: readonly { readonly from: string; readonly to: string }[];
}

/** Moves a file or a folder, and its place in the order with it. @throws as `writeFile`. */
export async function moveFile(
  session: Session,
  name: string,
  from: string,
  to: string,
  expected: Expected,
): Promise<Outcome<Moved>> {
  const { collection, files } = doorOf(session, name);
  const outcome = await files.move(from, to, expected);
  if (outcome.kind === 'changed') return changed(session, collection.id, outcome, expected);
  carryOrder(session.engine, collection.id, from, to);
  return { kind: 'done', answer: { moved: outcome.moved } };
}

/** @throws SatchelError as `readFile`. */
export async function deleteFile(
  session: Session,
  name: string,
  path: string,
  expected: Expected,
): Promise<Outcome<{ readonly path: string; readonly rev: number }>> {
  const { collection, files } = doorOf(session, name);
  const outcome = await files.remove(path, expected);
  if (outcome.kind === 'changed') return changed(session, collection.id, outcome, expected);
  return { kind: 'done', answer: { path, rev: outcome.rev } };
}

function toWrite({ path, content, content_base64 }: GivenFile): FileToWrite {
  if ((content === undefined) === (content_base64 === undefined)) {
    throw new SatchelError('usage', `"${path}" needs content or content_base64, and one of them.`, {
      hint: 'Send text as content, and anything else as content_base64.',
    });
  }
  if (content_base64 !== undefined) return { path, bytes: fromBase64(content_base64) };
  const text = content ?? '';
  if (!text.isWellFormed()) {
    throw new SatchelError('usage', `The content of "${path}" is not valid Unicode.`, {
      hint: 'Send bytes that are no text as content_base64.',
    });
  }
  return { path, bytes: utf8(text) };
}

function savedOf({ path, rev, mtimeNs }: FileStamp): Saved {
  return { path, rev, mtime_ns: String(mtimeNs) };
}

function only(saved: readonly Saved[]): Saved {
  const [first] = saved;
  if (first === undefined) throw new Error('a file was saved and not told');
  return first;
}

/** What a three-way view needs: the file as it is, and what the caller started from. */
function changed(
  session: Session,
  collection: string,
  { path, now }: FileChanged,
  expected: Expected,
): { readonly kind: 'changed'; readonly answer: Changed } {
  const { db } = session.engine;
  const bytes = now?.bytes;
  const text = bytes === undefined ? undefined : utf8Text(bytes);
  const gone = now === undefined ? lastAtPlace(db, collection, path) : undefined;
  const goneRev = gone === undefined ? 0 : lastChangeOf(db, collection, gone.record);
  const words = now === undefined ? 'is gone' : 'is not as it was';
  const answer: Changed = {
    error: `"${path}" ${words}, so nothing was changed.`,
    current_content: text ?? null,
    current_content_base64: bytes === undefined || text !== undefined ? null : toBase64(bytes),
    current_rev: now?.rev ?? goneRev,
    current_mtime_ns: now === undefined ? null : String(now.mtimeNs),
    base_content: baseOf(session, collection, path, expected) ?? null,
  };
  return { kind: 'changed', answer };
}

/** The text that was at the path when the caller last heard; undefined where it is not here. */
function baseOf(
  { engine }: Session,
  collection: string,
  path: string,
  expected: Expected,
): string | undefined {
  const { db } = engine;
  const hash = hashExpected(engine.db, collection, path, expected);
  const bytes = hash === undefined ? undefined : getContent(db, hash);
  return bytes === undefined ? undefined : utf8Text(bytes);
}

function hashExpected(
  db: Session['engine']['db'],
  collection: string,
  path: string,
  expected: Expected,
): string | undefined {
  if (expected.kind === 'mtime') {
    const before = lastAtPlace(db, collection, path);
    return before?.mark.includes(`-${expected.mtimeNs}-`) === true ? before.hash : undefined;
  }
  if (expected.kind !== 'rev') return undefined;
  const before = placeAtRev(db, collection, path, expected.rev);
  if (before !== undefined) return before.hash;
  const now = shownAt(db, collection, path);
  return now !== undefined && now.rev <= expected.rev ? now.hash : undefined;
}
