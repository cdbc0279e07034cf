/** The command line as a whole: global options, help, and how errors become exit codes. */
import { Command, CommanderError, type Option } from 'commander';
import { VERSION } from '../app/version.ts';
import { ERROR_KINDS, SatchelError } from '../base/errors.ts';
import type { CommandContext, CommandModule } from './command.ts';
import {
  addGlobalOptions,
  type GlobalOptions,
  guessGlobalOptions,
  readGlobalOptions,
} from './global-options.ts';
import { createInterrupts, Interrupted, type SignalSource } from './interrupts.ts';
import { createTerminal, type OutputStream, type Terminal } from './terminal.ts';

/** What a run needs of the process around it. */
export interface ProcessPort {
  readonly stdin: CommandContext['stdin'];
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  readonly monotonicMs: () => number;
  readonly signals: SignalSource;
  /** Ends the process at once. */
  readonly exit: (exitCode: number) => void;
}

const MORE_HELP = `
Examples:
  $ satchel init s3://my-bucket/satchel       on the first device
  $ satchel add vault ~/Notes
  $ satchel sync
  $ satchel join s3://my-bucket/satchel       on every other device
  $ satchel attach Notes ~/Notes
  $ satchel up                                keep in step, with a page, until Ctrl-C

Exit codes:
  0  all went well           4  the bucket cannot be reached
  1  something else          5  access or passphrase refused
  2  wrong usage             6  another Satchel holds this home
  3  a person has to decide  7  damaged data, or of a newer Satchel`;

/** Runs one command line, without the names of node and script, and returns the exit code. */
export async function runProgram(
  args: readonly string[],
  commands: readonly CommandModule[],
  port: ProcessPort,
): Promise<number> {
  const run = createRun(args, port);
  const program = createProgram(port);
  for (const command of commands) command.register(program, run.context);
  addGlobalOptions(program);
  program.hook('preAction', (_, command) => run.start(readGlobalOptions(command)));
  const helpOf = (): string => `See "${commandLine(program, args)} --help".`;
  try {
    if (args.length === 0) program.help({ error: true });
    await program.parseAsync(args, { from: 'user' });
    return run.exitCode();
  } catch (error) {
    return exitCodeOf(error, run.context.terminal, port, helpOf);
  } finally {
    run.context.terminal.progress.end();
  }
}

function createProgram(port: ProcessPort): Command {
  const program: Command = new Command('satchel');
  program
    .description(
      'Carries your notes and files between your devices through a bucket that you own.\n' +
        'Local first, end-to-end encrypted, and nothing you saved is ever lost.',
    )
    .usage('<command> [options]')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(true)
    .addHelpText('after', MORE_HELP)
    .configureHelp({
      showGlobalOptions: true,
      // The command "help" is told of by the option of that name.
      visibleCommands: (command) => command.commands.filter((one) => !one.name().startsWith('__')),
      // Each command parses what follows its name, so these are its own; the version is not.
      visibleGlobalOptions: (command) => (command.parent === null ? [] : shared(program)),
      subcommandTerm: (command) =>
        [command.name(), command.usage().replace(/^\[options\] ?/, '')].join(' ').trim(),
    })
    .exitOverride()
    .showSuggestionAfterError();
  return program.configureOutput({
    writeOut: (text) => port.stdout.write(text),
    writeErr: (text) => port.stderr.write(text),
    // Errors are thrown as well, and told in one place.
    outputError: () => {},
    getOutHelpWidth: () => port.stdout.columns ?? 80,
    getErrHelpWidth: () => port.stderr.columns ?? 80,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
}

function shared(program: Command): Option[] {
  return program.options.filter((option) => !option.hidden && option.long !== '--version');
}

/** The context is complete once an action starts; before that, errors need a terminal as well. */
function createRun(args: readonly string[], port: ProcessPort) {
  let options = guessGlobalOptions(args);
  let terminal: Terminal | undefined;
  let exitCode = 0;
  const interrupts = createInterrupts(port.signals, (code) => {
    terminal?.progress.end();
    port.exit(code);
  });
  const context: CommandContext = {
    env: port.env,
    workingFolder: port.workingFolder,
    stdin: port.stdin,
    get terminal() {
      terminal ??= createTerminal({ ...port, ...options });
      return terminal;
    },
    get home() {
      return options.home ?? (port.env.SATCHEL_HOME || undefined);
    },
    get homes() {
      return options.homes;
    },
    setExitCode(code) {
      exitCode = code;
    },
    untilInterrupted: () => interrupts.untilInterrupted(),
  };
  return {
    context,
    start(given: GlobalOptions) {
      options = given;
      // As from a variable that is not set: the working folder is not meant.
      if (given.homes.includes('')) {
        throw new SatchelError('usage', 'The folder that --home names is empty.', {
          hint: 'Name a folder, or leave --home out.',
        });
      }
    },
    exitCode: () => exitCode,
  };
}

/** Tells a person about the error and returns what to tell the shell. */
function exitCodeOf(
  error: unknown,
  terminal: Terminal,
  port: ProcessPort,
  helpOf: () => string,
): number {
  if (error instanceof Interrupted) return error.exitCode;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    // Help that nobody asked for was already written to stderr.
    if (error.code !== 'commander.help') terminal.fail(usageError(error, helpOf()));
    return ERROR_KINDS.usage.exitCode;
  }
  terminal.fail(error);
  if (port.env.SATCHEL_DEBUG === '1' && error instanceof Error) {
    for (const line of (error.stack ?? '').split('\n')) terminal.warn(line);
  }
  return error instanceof SatchelError
    ? ERROR_KINDS[error.kind].exitCode
    : ERROR_KINDS.internal.exitCode;
}

/** Commander's error in our form: its suggestion, in brackets on a line of its own, is the hint. */
function usageError({ message }: CommanderError, help: string): SatchelError {
  const [first = '', suggestion] = message
    .replace(/^error: /, '')
    .replace(/^command-argument value /, '')
    .split('\n');
  return new SatchelError('usage', first, {
    hint: suggestion?.replace(/^\((.*)\)$/, '$1') ?? help,
  });
}

/** The commands that the words of a line name, as far as they do: `satchel keys add`. */
function commandLine(program: Command, args: readonly string[]): string {
  let command = program;
  const names = [program.name()];
  for (const word of args) {
    const below = command.commands.find((one) => one.name() === word);
    if (below === undefined) continue;
    command = below;
    names.push(word);
  }
  return names.join(' ');
}
