/** Subfolders that a person chose: folders of a collection, none of them in another. Pure. */

export type Chosen = ReadonlySet<string>;

/** Whole, in part (some folder in it), or not at all. */
export type Mark = 'whole' | 'part' | 'none';

/** The names of the folders in a folder; undefined while not all of them are known. */
export type ChildrenOf = (folder: string) => readonly string[] | undefined;

export function markOf(chosen: Chosen, folder: string): Mark {
  if (wholeAround(chosen, folder) !== undefined) return 'whole';
  const isAbove = [...chosen].some((one) => one.startsWith(`${folder}/`));
  return isAbove ? 'part' : 'none';
}

/** True where the choice of a folder can be changed: see `toggled`. */
export function mayToggle(chosen: Chosen, folder: string, childrenOf: ChildrenOf): boolean {
  return toggled(chosen, folder, childrenOf) !== undefined;
}

/**
 * The choice after a folder was clicked on. One in a chosen folder leaves that, and the folders
 * beside it on the way stay chosen; files that are directly in the chosen folder do not.
 * @returns undefined where not all of these folders are known.
 */
export function toggled(
  chosen: Chosen,
  folder: string,
  childrenOf: ChildrenOf,
): Chosen | undefined {
  const around = wholeAround(chosen, folder);
  if (around === undefined) {
    const others = [...chosen].filter((one) => !one.startsWith(`${folder}/`));
    return new Set([...others, folder]);
  }
  const rest = new Set([...chosen].filter((one) => one !== around));
  for (let at = around; at !== folder; at = next(at, folder)) {
    const children = childrenOf(at);
    if (children === undefined) return undefined;
    for (const child of children) if (child !== next(at, folder)) rest.add(child);
  }
  return rest;
}

/** The chosen folder that is this one or contains it. */
function wholeAround(chosen: Chosen, folder: string): string | undefined {
  const parts = folder.split('/');
  return parts
    .map((_, index) => parts.slice(0, index + 1).join('/'))
    .find((above) => chosen.has(above));
}

/** The folder one step further on the way to another. */
function next(at: string, to: string): string {
  const end = to.indexOf('/', at.length + 1);
  return end < 0 ? to : to.slice(0, end);
}
