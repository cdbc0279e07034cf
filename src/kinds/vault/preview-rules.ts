/** What other ignore rules would change, of what is in the folder now. Nothing is written. */
import { SatchelError } from '../../base/errors.ts';
import type { PreviewedFiles, RulesPreview } from '../../sync/kind.ts';
import { type IgnoreRules, ignoreProblems, parseIgnoreRules } from '../files/ignore.ts';
import { checkFolder } from '../files/marker.ts';
import { SATCHEL_FOLDER } from '../files/names.ts';
import { type WalkedFile, walkFolder } from '../files/walk.ts';
import { knownPlaces, loadRules, type Vault } from './workings.ts';

/** As many paths of each list are told as a person may look through. */
const MAX_PATHS = 500;

/**
 * @param text as `.satchelignore` would hold it.
 * @throws SatchelError `attention` where the folder cannot be looked at.
 */
export async function previewRules(vault: Vault, text: string): Promise<RulesPreview> {
  const { disk, port, root, marker, selection } = vault;
  await checkFolder(disk, root, marker);
  const present = await loadRules(vault);
  const compared = compareRules(present, parseIgnoreRules(text));
  const options = { isKnownPlace: knownPlaces(port), selection };
  const { files, unreadable } = await walkFolder(disk, root, compared.rules, options);
  const trouble = unreadable.find(({ path }) => path === '');
  if (trouble !== undefined) {
    throw new SatchelError('attention', `${root} cannot be looked at: ${trouble.error}.`, {
      hint: 'Look whether its disk is there.',
    });
  }
  const leaving = [...files.values()].filter(({ path }) => compared.leaving.has(path));
  const joining = [...files.values()].filter(({ path }) => compared.joining.has(path));
  const carried = leaving.filter(({ path }) => port.shownAt(path) !== undefined).length;
  return {
    leaving: { ...summaryOf(leaving), carried },
    joining: summaryOf(joining),
    out: { count: compared.out.length, paths: compared.out.sort().slice(0, MAX_PATHS) },
    problems: ignoreProblems(text),
  };
}

interface Comparison {
  /** For the walk: leaves out what both leave out, and notes what it is asked about. */
  readonly rules: IgnoreRules;
  /** Files that only the rules to come leave out, and those that only the present ones do. */
  readonly leaving: Set<string>;
  readonly joining: Set<string>;
  /** What the rules to come leave out, without what is in a folder that they leave out. */
  readonly out: string[];
}

function compareRules(present: IgnoreRules, coming: IgnoreRules): Comparison {
  const leaving = new Set<string>();
  const joining = new Set<string>();
  const out: string[] = [];
  const foldersOut = new Set<string>();
  const ignores = (path: string, isFolder: boolean): boolean => {
    if (path === SATCHEL_FOLDER) return true;
    const [isOut, willBeOut] = [present.ignores(path, isFolder), coming.ignores(path, isFolder)];
    if (willBeOut) {
      if (isFolder) foldersOut.add(path);
      const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      if (!foldersOut.has(parent)) out.push(isFolder ? `${path}/` : path);
    }
    if (willBeOut && !isOut) leaving.add(path);
    if (isOut && !willBeOut) joining.add(path);
    return isOut && willBeOut;
  };
  return { rules: { ignores }, leaving, joining, out };
}

function summaryOf(files: readonly WalkedFile[]): PreviewedFiles {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const paths = files.map(({ path }) => path).sort();
  return { files: files.length, bytes, paths: paths.slice(0, MAX_PATHS) };
}
