/** The fields of a vault's records: `path`, `mtime`, `exec` and `type`. */
import type { Fields } from '../../sync/kind.ts';

/** The path of a file or folder; undefined for a record that this version cannot understand. */
export function pathField(fields: Fields): string | undefined {
  return typeof fields.path === 'string' ? fields.path : undefined;
}

export function isFolderRecord(fields: Fields): boolean {
  return fields.type === 'folder';
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

export function fileFields(path: string, mtimeNs: bigint, executable: boolean): Fields {
  const mtime = Number(mtimeNs / 1_000_000n);
  return executable ? { path, mtime, exec: true } : { path, mtime };
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
