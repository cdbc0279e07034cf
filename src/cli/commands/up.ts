import { setFlagsFromString } from 'node:v8';
import { isErrorKind, SatchelError } from '../../base/errors.ts';
import type { RunningDaemon } from '../../daemon/daemon.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';
import { parsePort } from '../port-option.ts';
import { planFor } from '../service-plan.ts';

interface Flags {
  readonly port?: number;
  readonly open?: boolean;
  readonly link: boolean;
}

export const upCommand: CommandModule = {
  name: 'up',
  register(program, context) {
    program
      .command('up')
      .summary('keep in step, and show the page, until Ctrl-C')
      .description(
        'Keeps all homes of yours in step, and serves the page and the local API for editors. ' +
          'Prints an address that opens the page: it works once. Ends with Ctrl-C.',
      )
      .helpGroup(GROUPS.everyDay)
      .option('--port <number>', 'the port of the page; 0 for any (default: 4780)', parsePort)
      .option('--open', 'open the page in the browser, where there is a desktop')
      .option(
        '--no-link',
        'print no address that opens the page: output that is kept is read by others',
      )
      .addHelpText(
        'after',
        '\nServes all homes that "init" and "join" made here; with --home, once or more often, or' +
          '\nSATCHEL_HOME, only those. With --json, one document a line: first "up", then "round",' +
          '\n"failed" or "pruned", each with its home.',
      )
      .action((flags: Flags) => run(context, flags));
  },
};

/**
 * By itself V8 takes a program without a window for one in use, and keeps what it has: after a sync
 * of many files some 20 MB more than it needs. With this flag it gives that back within seconds.
 * Only here, as it costs a large sync some 5 % of its time.
 */
const GIVE_BACK = '--optimize-for-size';

async function run(context: CommandContext, flags: Flags): Promise<void> {
  setFlagsFromString(GIVE_BACK);
  const { port, open = false } = flags;
  const [{ startDaemon }, { openLink }, { appContext }, { watchReporter }, { pageFolder }] =
    await Promise.all([
      import('../../daemon/daemon.ts'),
      import('../browser.ts'),
      import('../session.ts'),
      import('../print-watch.ts'),
      import('../page-folder.ts'),
    ]);
  const { terminal } = context;
  const homes = await homesToServe(context);
  const contextFor = (home: string) => appContext(context, home);
  const signal = context.untilInterrupted();
  const start = startDaemon({
    homes,
    port,
    contextFor,
    reporterFor: (folder) => {
      const home = { folder, isOneOfMany: homes.length > 1 };
      return watchReporter(context, contextFor(folder).clock, home);
    },
    pageFolder: pageFolder(),
    service: () => planFor(context, port),
  });
  const running = await unlessUp(context, start);
  const link = flags.link || open ? running.newLink() : undefined;
  const { recovered } = running.daemon.status();
  const shown = flags.link ? link : undefined;
  terminal.jsonLine({ event: 'up', origin: running.origin, link: shown ?? null, homes, recovered });
  // Of several homes that one run left, the same is told once.
  for (const words of new Set(recovered)) terminal.print(words);
  terminal.print(`Satchel is up: ${shown ?? running.origin}`);
  terminal.note(
    shown === undefined
      ? '"satchel open" opens the page. Ctrl-C ends Satchel.'
      : 'The address opens the page once; "satchel open" makes another. Ctrl-C ends Satchel.',
  );
  if (open && link !== undefined) openLink(link, homes[0], context.env);
  await aborted(signal);
  terminal.note('Ending after the round under way. Ctrl-C again ends it at once.');
  await running.close();
}

/** Those given; without any, the default one and all that were made on this computer. */
async function homesToServe(context: CommandContext): Promise<[string, ...string[]]> {
  const [{ appContext }, { knownHomesFile, readKnownHomes }] = await Promise.all([
    import('../session.ts'),
    import('../../app/known-homes.ts'),
  ]);
  const folderOf = (home: string | undefined): string => appContext(context, home).home;
  const [first, ...others] = context.homes.map(folderOf);
  if (first !== undefined) return [first, ...new Set(others.filter((home) => home !== first))];
  const standard = folderOf(context.home);
  if (context.home !== undefined) return [standard];
  const known = readKnownHomes(knownHomesFile(context.env, process.platform));
  return [standard, ...known.filter((home) => home !== standard)];
}

/** A second one is of no use: what the first can do is told instead. */
async function unlessUp(
  context: CommandContext,
  start: Promise<RunningDaemon>,
): Promise<RunningDaemon> {
  try {
    return await start;
  } catch (error) {
    const [{ daemonOf }, { appContext }] = await Promise.all([
      import('../beside-daemon.ts'),
      import('../session.ts'),
    ]);
    if (!isErrorKind(error, 'busy') || !(error instanceof SatchelError)) throw error;
    if ((await daemonOf(appContext(context))) === undefined) throw error;
    throw new SatchelError('busy', error.message, {
      hint: 'It is up already: "satchel open" opens its page.',
    });
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
