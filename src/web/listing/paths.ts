/** Paths in a collection: folders on the way, and names. Pure. */

/** The folders on the way to a path, the top left out: `a`, `a/b` for `a/b`. */
export function wayTo(folder: string): readonly string[] {
  if (folder === '') return [];
  const parts = folder.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** The last part of a path in a collection. */
export function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
