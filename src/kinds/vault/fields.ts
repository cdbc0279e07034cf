/** The fields of a vault's records: `path`, `mtime`, `exec` and `type`. */
import type { Fields, FieldValue } from '../../sync/kind.ts';
import type { WalkedFile } from '../files/walk.ts';

/** The path of a file or folder; undefined for a record that this version cannot understand. */
export function pathField(fields: Fields): string | undefined {
  return typeof fields.path === 'string' ? fields.path : undefined;
}

export function isFolderRecord(fields: Fields): boolean {
  return fields.type === 'folder';
}

/** True for a symbolic link, whose content is its target (see `files/links.ts`). */
export function isLinkRecord(fields: Fields): boolean {
  return fields.type === 'symlink';
}

export function isExecutable(fields: Fields): boolean {
  return fields.exec === true;
}

/** Modification time, whole milliseconds since the Unix epoch; undefined where none was given. */
export function mtimeField(fields: Fields): number | undefined {
  const { mtime } = fields;
  return typeof mtime === 'number' && Number.isSafeInteger(mtime) ? mtime : undefined;
}

export function folderFields(path: string): Fields {
  return { path, type: 'folder' };
}

/** The field `type` of what was found on the disk: files have none. */
export function typeOf(file: WalkedFile): FieldValue | undefined {
  return file.target === undefined ? undefined : 'symlink';
}

/** The fields of a file or link that was found on the disk. */
export function fieldsOfFound(
  path: string,
  file: WalkedFile,
  as: { readonly isExecutable: boolean; readonly type: FieldValue | undefined },
): Fields {
  const mtime = Number(file.mtimeNs / 1_000_000n);
  return {
    path,
    mtime,
    ...(as.isExecutable ? { exec: true } : {}),
    ...(as.type === undefined ? {} : { type: as.type }),
  };
}

/** Extensions of files that people and programs write as text, and that mention others by name. */
const TEXT_EXTENSIONS: ReadonlySet<string> = new Set([
  ...[
    'md',
    'markdown',
    'mdx',
    'txt',
    'text',
    'org',
    'rst',
    'adoc',
    'asciidoc',
    'tex',
    'bib',
    'tid',
  ],
  ...['canvas', 'excalidraw', 'opml', 'html', 'htm', 'css', 'xml', 'json', 'jsonl', 'yaml', 'yml'],
  ...['toml', 'ini', 'conf', 'cfg', 'csv', 'tsv', 'log', 'diff', 'patch', 'sh', 'py', 'js', 'ts'],
]);

/**
 * True for what notes mention, such as a picture: anything whose extension is not one of text.
 * A name without extension (`README`, `Makefile`) is text.
 */
export function isAttachmentPath(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dotAt = name.lastIndexOf('.');
  return dotAt > 0 && !TEXT_EXTENSIONS.has(name.slice(dotAt + 1).toLowerCase());
}
