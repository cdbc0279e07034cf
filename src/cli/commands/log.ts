import { InvalidArgumentError } from 'commander';
import type { LogEntry } from '../../api/events.ts';
import { formatTime } from '../../base/time.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';

interface Flags {
  readonly follow?: boolean;
  readonly lines: number;
}

const FOLLOW_EVERY_MS = 500;
const FOLLOW_LIMIT = 1_000;

export const logCommand: CommandModule = {
  name: 'log',
  register(program, context) {
    program
      .command('log')
      .summary('tell what happened on this device')
      .description('Tells what Satchel did on this device in the last 90 days.')
      .helpGroup(GROUPS.lookAfter)
      .option('-f, --follow', 'go on telling until Ctrl-C; with --json, one document a line')
      .option('-n, --lines <count>', 'how many of the newest events', parseCount, 50)
      .action((flags: Flags) => run(context, flags));
  },
};

async function run(context: CommandContext, { follow, lines }: Flags): Promise<void> {
  const [{ listEvents }, { reading }] = await Promise.all([
    import('../../app/log.ts'),
    import('../session.ts'),
  ]);
  const { terminal } = context;
  await reading(context, async (session) => {
    let events = listEvents(session, 0, lines);
    if (follow !== true) {
      terminal.json(events);
      if (events.length === 0) terminal.note('Nothing has happened here yet.');
      for (const event of events) terminal.print(describe(context, event));
      return;
    }
    const signal = context.untilInterrupted();
    let last = 0;
    while (!signal.aborted) {
      for (const event of events) {
        terminal.jsonLine(event);
        terminal.print(describe(context, event));
        last = event.id;
      }
      await session.engine.clock.sleep(FOLLOW_EVERY_MS, signal);
      events = listEvents(session, last, FOLLOW_LIMIT);
    }
  });
}

const TROUBLE: ReadonlySet<string> = new Set(['failed', 'refused', 'warning', 'conflict']);

function describe({ terminal }: CommandContext, event: LogEntry): string {
  const { dim, yellow } = terminal.style;
  const kind = event.kind.padEnd(10);
  return [
    dim(formatTime(Date.parse(event.time))),
    TROUBLE.has(event.kind) ? yellow(kind) : kind,
    event.collection === null ? event.message : `${event.collection}: ${event.message}`,
  ].join('  ');
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('It has to be a whole number above 0.');
}
