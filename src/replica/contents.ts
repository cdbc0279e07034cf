/** Inline content, once per hash. */
import { fromBase64, toBase64, utf8, utf8Text } from '../base/bytes.ts';
import { SatchelError } from '../base/errors.ts';
import { contentHash } from '../base/hash.ts';
import type { Version } from '../format/commit.ts';
import { blob, DamagedReplicaError, type Database } from './database.ts';

export function getContent(db: Database, hash: string): Uint8Array | undefined {
  const row = db.get('SELECT bytes FROM contents WHERE hash = ?', hash);
  return row === undefined ? undefined : blob(row, 'bytes');
}

export function putContent(db: Database, hash: string, bytes: Uint8Array): void {
  db.run('INSERT OR IGNORE INTO contents (hash, bytes) VALUES (?, ?)', hash, bytes);
}

/** True where the content itself travels in the version, as text or base64. */
export function isInline(version: Version): boolean {
  return version.hash !== undefined && version.blobs === undefined && version.of === undefined;
}

/**
 * Takes the inline content out of a version that arrived and keeps it by its hash.
 * @throws SatchelError `damaged` where content and hash differ.
 */
export function keepContent(db: Database, version: Version): Version {
  const content = checkContent(version);
  if (content === undefined) return version;
  const { text: _text, bytes: _bytes, ...rest } = version;
  putContent(db, content.hash, content.bytes);
  return rest;
}

/**
 * The inline content of a version that arrived; undefined where it has none.
 * @throws SatchelError `damaged` where content and hash differ.
 */
export function checkContent(
  version: Version,
): { readonly hash: string; readonly bytes: Uint8Array } | undefined {
  const { hash, text, bytes } = version;
  if (text === undefined && bytes === undefined) return undefined;
  const content = text === undefined ? fromBase64(bytes ?? '') : utf8(text);
  if (hash === contentHash(content)) return { hash, bytes: content };
  throw new SatchelError(
    'damaged',
    `The content of version ${version.id} is not what its hash says.`,
    { hint: 'The device that wrote it has to write it again: save the file there once more.' },
  );
}

/**
 * True for a version that takes its content from one that history has let go: nobody else may have
 * it any more (rule S12).
 */
function isSourceLost(db: Database, { of, blobs }: Version): boolean {
  if (of === undefined || blobs !== undefined) return false;
  const sql = 'SELECT 1 FROM versions WHERE id = ? AND is_archived < 2 LIMIT 1';
  return db.get(sql, of[2]) === undefined;
}

/** Puts the inline content back, for a version that travels. */
export function withContent(db: Database, version: Version): Version {
  if (version.hash === undefined) return version;
  if (!isInline(version) && !isSourceLost(db, version)) return version;
  const content = getContent(db, version.hash);
  if (content === undefined) return version;
  // SQLite does not notice a flipped bit; published, it would reach every device.
  if (contentHash(content) !== version.hash) {
    throw new DamagedReplicaError(
      'damaged',
      `The replica ${db.path} is damaged: a content changed.`,
    );
  }
  const text = utf8Text(content);
  return text === undefined ? { ...version, bytes: toBase64(content) } : { ...version, text };
}
