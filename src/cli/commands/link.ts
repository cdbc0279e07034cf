import type { linkStateRoute } from '../../api/link.ts';
import type { InputOf } from '../../api/route.ts';
import type { AppContext } from '../../app/context.ts';
import type { Link, LinkEnd } from '../../app/link.ts';
import { ERROR_KINDS, SatchelError } from '../../base/errors.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';

interface Flags {
  /** False with `--no-credentials`. */
  readonly credentials: boolean;
  /** False with `--no-qr`. */
  readonly qr: boolean;
  /** False with `--no-wait`. */
  readonly wait: boolean;
}

export const linkCommand: CommandModule = {
  name: 'link',
  register(program, context) {
    program
      .command('link')
      .summary('let one more device in, by a link and a code')
      .description(
        'Makes a link that sets up one more device of this repository, and the code that opens it. ' +
          'The link carries the bucket and by what this device gets in; it works once, and for 15 ' +
          'minutes. Waits until it was used; Ctrl-C takes it back.',
      )
      .helpGroup(GROUPS.setUp)
      .option('--no-credentials', 'leave out access keys and passwords: the device has its own')
      .option('--no-qr', 'print no QR code')
      .option('--no-wait', 'end at once, and leave the link to its 15 minutes')
      .addHelpText(
        'after',
        '\nOn the other device: satchel join <link>. Tell the code in another way than the link:' +
          '\nwhoever has both gets in. With --json, one document a line: "made", then "used", "died"' +
          '\nor "taken back".',
      )
      .action((flags: Flags) => run(context, flags));
  },
};

async function run(context: CommandContext, flags: Flags): Promise<void> {
  const [{ createLink, followLink }, { reading }] = await Promise.all([
    import('../../app/link.ts'),
    import('../session.ts'),
  ]);
  const { terminal } = context;
  await reading(context, async (session) => {
    const signal = flags.wait ? context.untilInterrupted() : undefined;
    const link = await createLink(session, flags.credentials);
    const { id, text, code, hasCredentials, untilMs } = link;
    const until = new Date(untilMs).toISOString();
    terminal.jsonLine({ event: 'made', id, link: text, code, until, hasCredentials });
    if (flags.qr) await printQrCode(context, link);
    printLink(context, link);
    if (signal === undefined) return;
    terminal.note('Waiting for the other device. Ctrl-C takes the link back.');
    const end = await followLink(session, link, signal);
    if (end === 'used') await tellDaemon(session.context, { id, until });
    terminal.jsonLine({ event: end });
    // Nobody came: a person has to begin again.
    if (end === 'died') context.setExitCode(ERROR_KINDS.attention.exitCode);
    if (!terminal.isJson) terminal.note(END_WORDS[end]);
  });
}

/** It then looks for the new device. Whether it can is told by nobody: sooner or later it does. */
async function tellDaemon(app: AppContext, link: InputOf<typeof linkStateRoute>): Promise<void> {
  const [{ linkStateRoute }, { daemonOf }] = await Promise.all([
    import('../../api/link.ts'),
    import('../beside-daemon.ts'),
  ]);
  try {
    await (await daemonOf(app))?.call(linkStateRoute, link);
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
  }
}

const END_WORDS: Readonly<Record<LinkEnd, string>> = {
  used: 'The link was used: the other device is being set up. After a "satchel sync", "satchel devices" shows it.',
  died: 'Nobody used the link in its 15 minutes. It opens nothing any more.',
  'taken back': 'The link is taken back. It opens nothing any more.',
};

function printLink({ terminal }: CommandContext, { text, code, hasCredentials }: Link): void {
  terminal.print('On the other device, within 15 minutes:');
  terminal.print('');
  terminal.print(`  satchel join ${text}`);
  terminal.print('');
  terminal.print(`The code that it asks for:  ${terminal.style.bold(code)}`);
  terminal.print('');
  if (!hasCredentials) {
    terminal.print('The link carries no access: the other device needs its own to the bucket.');
  }
}

/** Only where it fits: a QR code whose lines are broken is none. */
async function printQrCode({ terminal }: CommandContext, { text }: Link): Promise<void> {
  if (terminal.isJson) return;
  const { qrCodeLines } = await import('../qr-code.ts');
  // Upper case takes fewer modules, and is the same link.
  const lines = qrCodeLines(text.toUpperCase());
  const widthCells = process.stdout.columns ?? Number.POSITIVE_INFINITY;
  if ((lines[0]?.length ?? 0) > widthCells) {
    terminal.note('The window is too narrow for the QR code.');
    return;
  }
  for (const line of lines) terminal.print(terminal.style.onBlack(line));
  terminal.print('');
}
