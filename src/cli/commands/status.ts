import type { CollectionStatus, Status } from '../../api/status.ts';
import { clockWarning } from '../../app/corrected-clock.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';
import { formatCount, formatNumber, formatRelativeTime } from '../format.ts';
import { heldWords, removedWords } from '../round-words.ts';
import { statusLine } from '../status-line.ts';

export const statusCommand: CommandModule = {
  name: 'status',
  register(program, context) {
    program
      .command('status')
      .summary('tell how things stand')
      .description('Tells how things stand on this device, without asking the bucket.')
      .helpGroup(GROUPS.everyDay)
      .option('--line', 'one line, for a prompt or a status bar')
      .action((flags: { readonly line?: boolean }) => run(context, flags.line === true));
  },
};

interface Picture {
  readonly status: Status;
  readonly home: string;
  readonly holder: string | undefined;
  readonly elsewhere: readonly string[];
  readonly nowMs: number;
}

async function run(context: CommandContext, isLine: boolean): Promise<void> {
  const [{ readStatus }, { listCollections }, { holderOf }, { daemonOf }, { appContext, reading }] =
    await Promise.all([
      import('../../app/status.ts'),
      import('../../app/collection-list.ts'),
      import('../../app/lock.ts'),
      import('../beside-daemon.ts'),
      import('../session.ts'),
    ]);
  const picture = await reading(context, (session): Picture => {
    const others = listCollections(session).filter(({ folder }) => folder === undefined);
    return {
      status: readStatus(session),
      home: session.context.home,
      holder: holderOf(session.context.home),
      elsewhere: others.map(({ name }) => name),
      nowMs: session.engine.clock.now(),
    };
  });
  // Before anything else it is told where a Satchel of another version is up.
  if (!isLine) await daemonOf(appContext(context));
  context.terminal.json(picture.status);
  if (isLine) context.terminal.print(statusLine(picture.status));
  else print(context, picture);
}

function print(context: CommandContext, picture: Picture): void {
  const { terminal } = context;
  const { status, home, holder, elsewhere } = picture;
  const { bold } = terminal.style;
  terminal.print(`${bold('Device')}   ${status.device.name}`);
  terminal.print(
    `${bold('Bucket')}   ${status.bucket} (${status.encrypted ? 'encrypted' : 'NOT encrypted'})`,
  );
  const isPrivate = status.repositoryKey === 'file' && status.exposed.length === 0;
  const key = `${KEY_WORDS[status.repositoryKey]}${isPrivate ? ' (only you can read it)' : ''}`;
  if (status.encrypted) terminal.print(`${bold('Key')}      ${key}`);
  terminal.print(`${bold('Home')}     ${home}`);
  terminal.print(`${bold('At work')}  ${holder ?? 'nothing; "satchel up" keeps in step'}`);
  if (status.collections.length > 0) terminal.print('');
  printCollections(context, picture);
  if (status.needsKey) {
    terminal.warn(
      "The repository's key was changed on another device. What is saved here waits until you run " +
        '"satchel keys unlock".',
    );
  }
  for (const path of status.exposed) {
    terminal.warn(`Other users of this computer can read ${path}: run "chmod 600" on it.`);
  }
  if (status.clockOffsetMs !== 0) terminal.warn(clockWarning(status.clockOffsetMs));
  for (const { name, lastError } of status.collections) {
    if (lastError !== null) terminal.warn(`${name}: ${lastError}`);
  }
  if (terminal.isJson) return;
  printAdvice(context, status, elsewhere);
}

const KEY_WORDS: Readonly<Record<Status['repositoryKey'], string>> = {
  keychain: 'in the keychain',
  file: 'in key.json',
  asked: 'asked for each time',
  missing: 'MISSING: key.json is not there; see "satchel keys unlock"',
  none: 'none',
};

function printCollections({ terminal }: CommandContext, { status, nowMs }: Picture): void {
  const count = (value: number): string => (value === 0 ? '-' : formatNumber(value));
  terminal.table(status.collections, [
    { header: 'Collection', cell: ({ name }) => name, shrinks: true },
    { header: 'State', cell: stateWords },
    { header: 'Records', align: 'right', cell: ({ records }) => formatNumber(records) },
    { header: 'To send', align: 'right', cell: ({ pending }) => count(pending) },
    { header: 'Conflicts', align: 'right', cell: ({ conflicts }) => count(conflicts) },
    {
      header: 'Last looked',
      cell: ({ lastPullAt }) =>
        lastPullAt === null ? 'never' : formatRelativeTime(Date.parse(lastPullAt), nowMs),
    },
    { header: 'Folder', cell: folderWords, shrinks: true },
  ]);
}

function folderWords({ folder, only }: CollectionStatus): string {
  return only === null ? folder : `${folder} (only ${only.join(', ')})`;
}

const STATE_WORDS: Readonly<Record<CollectionStatus['state'], string>> = {
  connected: 'in step',
  offline: 'offline',
  syncing: 'syncing',
  attention: 'needs you',
  paused: 'paused',
};

function stateWords({ state, lastPullAt, pending }: CollectionStatus): string {
  if (state !== 'connected') return STATE_WORDS[state];
  if (lastPullAt === null) return 'not synced yet';
  return pending > 0 ? 'to be sent' : STATE_WORDS.connected;
}

function printAdvice(
  { terminal }: CommandContext,
  { collections }: Status,
  elsewhere: readonly string[],
): void {
  const conflicts = collections.reduce((sum, part) => sum + part.conflicts, 0);
  if (conflicts > 0) {
    terminal.note(`${formatCount(conflicts, 'conflict')}: see "satchel conflicts".`);
  }
  for (const { name, held } of collections) {
    if (held > 0) terminal.note(heldWords(name, held));
  }
  for (const { name } of collections.filter(({ removed }) => removed)) {
    terminal.note(removedWords(name));
  }
  if (elsewhere.length > 0) {
    terminal.note(
      `Not on this device: ${elsewhere.join(', ')}. "satchel attach <collection> <folder>" brings one.`,
    );
  } else if (collections.length === 0) {
    terminal.note('There are no collections yet: "satchel add vault <folder>" makes one.');
  }
}
