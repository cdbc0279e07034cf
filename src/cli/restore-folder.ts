/** `restore --folder`: all in a folder as it was at a moment, and in words what that changes. */
import type { Restored } from '../api/time.ts';
import type { RestoreAnswer } from '../app/restore-folder.ts';
import type { RecordTarget } from '../app/settle.ts';
import { ERROR_KINDS } from '../base/errors.ts';
import { formatTime } from '../base/time.ts';
import type { CommandContext } from './command.ts';
import { formatCount } from './format.ts';
import { troubleWords } from './round-words.ts';
import { working } from './session.ts';

export interface FolderWish {
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** True where what came into the folder since goes as well. */
  readonly exact: boolean;
  /** True to tell what would change, and change nothing. */
  readonly dryRun: boolean;
}

/** @throws SatchelError `usage` for a folder that neither is there nor was. */
export async function restoreFolder(
  context: CommandContext,
  target: RecordTarget,
  wish: FolderWish,
): Promise<void> {
  const [{ findCollection }, { relativePath }, { restoreMoment }] = await Promise.all([
    import('../app/collection-list.ts'),
    import('../app/records.ts'),
    import('../app/restore-folder.ts'),
  ]);
  const { collection, path, answer } = await working(context, 'restore', async (session) => {
    const found = findCollection(session, target.collection);
    const folder = found.folder === undefined ? '' : relativePath(found.folder, target.path);
    const scope = { path: folder.replace(/^\.$|\/$/, ''), ...wish };
    const restored = await restoreMoment(session, found, scope);
    return { collection: found.name, path: scope.path, answer: restored };
  });
  context.terminal.json({
    collection,
    path,
    at: new Date(wish.atMs).toISOString(),
    exact: wish.exact,
    dryRun: wish.dryRun,
    ...answer,
  });
  tell(context, { collection, path }, wish, answer);
}

function tell(
  context: CommandContext,
  { collection, path }: RecordTarget,
  { atMs, dryRun }: FolderWish,
  { restored, failed, before }: RestoreAnswer,
): void {
  const { terminal } = context;
  const what = path === '' ? collection : `${collection}/${path}`;
  for (const change of restored) terminal.print(`  ${changeWords(change)}`);
  for (const { path: where, error } of failed) {
    terminal.warn(troubleWords(collection, where, error));
  }
  if (failed.length > 0) context.setExitCode(ERROR_KINDS.attention.exitCode);
  const count = formatCount(restored.length, 'change');
  const asThen = `${what} as it was on ${formatTime(atMs)}`;
  if (restored.length === 0) {
    terminal.print(`Nothing is missing of ${asThen}. Nothing was changed.`);
  } else {
    terminal.print(dryRun ? `${count} would bring back ${asThen}.` : `${asThen}: ${count}.`);
  }
  if (terminal.isJson || restored.length === 0) return;
  terminal.note(
    dryRun
      ? 'Nothing was changed: leave out --dry-run to do it.'
      : `What was there stays in the history. To go back to the moment before, which takes away what came since as well: ${backCommand({ collection, path }, before)}`,
  );
}

function changeWords({ change, path, from }: Restored): string {
  switch (change) {
    case 'back':
      return `${path} comes back`;
    case 'content':
      return `${path} has its former content${from === null ? '' : `, and its place: it was ${from}`}`;
    case 'moved':
      return `${path} has its place again${from === null ? '' : `: it was ${from}`}`;
    case 'gone':
      return `${path} goes: it was not there`;
  }
}

/** As a POSIX shell takes it. */
function backCommand({ collection, path }: RecordTarget, before: string): string {
  const [name, folder] = [collection, path === '' ? '.' : path].map(quoted);
  return `satchel restore ${name} ${folder} --folder --exact --at ${before}`;
}

function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
