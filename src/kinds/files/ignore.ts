/** Which paths of a folder are not carried: `.satchelignore` in gitignore syntax. */
import ignore from 'ignore';
import { SATCHEL_FOLDER } from './names.ts';

/** The file at the root of a folder that holds a person's own rules. It is carried like any file. */
export const IGNORE_FILE = '.satchelignore';

/**
 * What no device needs from another: files that systems and programs make for themselves, on
 * this machine, and make again when they are gone. Nothing a person wrote may match here, which
 * is why `*.bak`, `*.tmp`, `*~` and `*.part` are missing. `!pattern` in `.satchelignore` carries
 * any of it after all.
 */
export const DEFAULT_IGNORE_PATTERNS: readonly string[] = [
  // How a macOS Finder window shows the folder.
  '.DS_Store',
  // What macOS keeps beside a file on disks that cannot hold it inside: attributes, Finder flags.
  '._*',
  // The folder's own icon on macOS; its name ends in a carriage return.
  'Icon[\r]',
  // What macOS keeps at the root of a volume: search index, change log, versions, rubbish.
  '.Spotlight-V100/',
  '.fseventsd/',
  '.DocumentRevisions-V100/',
  '.TemporaryItems/',
  '.Trashes/',
  // Previews and folder settings of the Windows Explorer.
  '[Tt]humbs.db',
  '[Dd]esktop.ini',
  // What Windows keeps at the root of a volume: rubbish and restore points.
  '$RECYCLE.BIN/',
  'System Volume Information/',
  // Rubbish of Linux desktops on a volume that is not the home.
  '.Trash-*/',
  // Where a file system check on Linux puts what it found.
  'lost+found/',
  // A file that was deleted while a program still has it open, over NFS and FUSE.
  '.nfs[0-9a-f]*',
  '.fuse_hidden*',
  // A repository's own store changes as a whole; carried file by file it breaks. Git carries it.
  '.git/',
  // Installed packages: many files, other ones on each platform, restored by one command.
  'node_modules/',
  // Which notes are open in Obsidian on this device. Its saved layouts, workspaces.json, are not.
  '**/.obsidian/workspace.json',
  '**/.obsidian/workspace-mobile.json',
  // The mark of Office programs that a document is open.
  '~$*',
  // The same of LibreOffice.
  '.~lock.*#',
  // The swap files of vim. The leading dot matters: `x.swp` is a macro that a person wrote.
  '.*.sw[nop]',
  // The marker, the old versions and the unfinished files of Syncthing.
  '.stfolder/',
  '.stversions/',
  '.syncthing.*.tmp',
  '~syncthing~*.tmp',
  // What Dropbox keeps of deleted and unfinished files.
  '.dropbox.cache/',
  // Previews made by Synology servers.
  '@eaDir/',
];

export interface IgnoreRules {
  /**
   * True if the path, relative with `/`, is not carried, by itself or by a folder above it. The
   * folder `.satchel` never is, `.satchelignore` always: devices that disagree on the rules would
   * disagree on everything else.
   */
  ignores(path: string, isFolder: boolean): boolean;
}

/** The library remembers every answer; starting afresh now and then bounds what that takes. */
const ANSWERS_PER_MATCHER = 10_000;

/**
 * The default patterns and after them those of `text`, the content of `.satchelignore`, so that a
 * person has the last word. Matching respects case, as Git does. Lines that make no pattern are
 * left out.
 */
export function parseIgnoreRules(text: string | undefined): IgnoreRules {
  const patterns = [...DEFAULT_IGNORE_PATTERNS, ...linesOf(text ?? '').filter(isPattern)];
  let matcher = matcherOf(patterns);
  let answers = 0;
  return {
    ignores(path, isFolder) {
      if (path === SATCHEL_FOLDER || path.startsWith(`${SATCHEL_FOLDER}/`)) return true;
      if (path === IGNORE_FILE || !ignore.isPathValid(path)) return false;
      if (answers === ANSWERS_PER_MATCHER) {
        matcher = matcherOf(patterns);
        answers = 0;
      }
      answers += 1;
      return matcher.ignores(isFolder ? `${path}/` : path);
    },
  };
}

/** Lines that match nothing, and why; the first is 1. */
export function ignoreProblems(
  text: string,
): readonly { readonly line: number; readonly message: string }[] {
  return linesOf(text).flatMap((pattern, index) => {
    const message = problemOf(pattern.trim().replace(/^!/, ''));
    return message === undefined ? [] : [{ line: index + 1, message }];
  });
}

function problemOf(pattern: string): string | undefined {
  if (pattern === '' || pattern.startsWith('#')) return undefined;
  if (!isPattern(pattern)) return 'this is no pattern';
  if (/^\.\.?\//.test(pattern)) return 'patterns begin at this folder, without "./" or "../"';
  if (/\\[\p{L}\p{N}]/u.test(pattern)) return 'folders are written with "/", not with "\\"';
  return undefined;
}

function linesOf(text: string): readonly string[] {
  return text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
}

function matcherOf(patterns: readonly string[]): ignore.Ignore {
  const matcher = ignore({ ignorecase: false });
  // One object for each pattern, as the library would split a text at line ends.
  for (const pattern of patterns) matcher.add({ pattern });
  return matcher;
}

/** True for a line that the library can make a rule of; it may notice only when asked. */
function isPattern(line: string): boolean {
  try {
    matcherOf([line]).ignores('probe/probe');
    return true;
  } catch {
    return false;
  }
}
