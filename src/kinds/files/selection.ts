/**
 * Which part of a collection a device carries: all of it, or some subfolders that a person chose.
 * Names are compared without regard to case and Unicode form, as everywhere (rule S5). Pure.
 */
import { IGNORE_FILE, type IgnoreRules } from './ignore.ts';
import { foldersAbove } from './layout.ts';
import { foldName } from './names.ts';

export interface Selection {
  /** What was chosen, folded and sorted; undefined for the whole. */
  readonly chosen: readonly string[] | undefined;
  /** True for what is carried: a chosen subfolder and all in it, and the ignore rules. */
  includes(path: string): boolean;
  /** True for a folder that is not carried itself and has a chosen one in it. */
  leadsTo(path: string): boolean;
}

export const WHOLE: Selection = {
  chosen: undefined,
  includes: () => true,
  leadsTo: () => false,
};

/** What is told of an entry that no chosen subfolder has in it. */
export const OUTSIDE_WORDS = 'it is outside the chosen subfolders';

/** @param only subfolders, relative with `/`; undefined for the whole. */
export function selectionOf(only: readonly string[] | undefined): Selection {
  if (only === undefined) return WHOLE;
  const chosen = [...new Set(only.map(foldName))].sort();
  const folders = new Set(chosen);
  const above = new Set(chosen.flatMap(foldersAbove));
  const includes = (path: string): boolean => {
    if (path === IGNORE_FILE) return true;
    const folded = foldName(path);
    return folders.has(folded) || foldersAbove(folded).some((folder) => folders.has(folder));
  };
  return { chosen, includes, leadsTo: (path) => above.has(foldName(path)) && !includes(path) };
}

/** All that the selection leaves out. */
export function outsideOf(selection: Selection): Selection {
  return {
    chosen: undefined,
    includes: (path) => !selection.includes(path),
    leadsTo: () => false,
  };
}

/** The rules with the selection for one more: the same object where everything is carried. */
export function rulesWithin(rules: IgnoreRules, selection: Selection): IgnoreRules {
  if (selection.chosen === undefined) return rules;
  return {
    ignores(path, isFolder) {
      if (rules.ignores(path, isFolder)) return true;
      return !selection.includes(path) && !(isFolder && selection.leadsTo(path));
    },
  };
}
