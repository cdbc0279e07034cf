/** Paths of this computer as text: the page knows of its system only what they look like. Pure. */

/** A name in a folder, with the separator that the folder's own path has. */
export function pathIn(folder: string, name: string): string {
  const separator = /^[a-z]:\\|^\\\\/i.test(folder) ? '\\' : '/';
  return folder.endsWith(separator) ? `${folder}${name}` : `${folder}${separator}${name}`;
}

/** The last part of a path; empty for the top. */
export function nameOfPath(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? '';
}

/** A name as a folder can have it on every system. */
export function folderName(name: string): string {
  return name
    .replace(/[\\/:*?"<>|]/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/[. ]+$/, '')
    .trim();
}
