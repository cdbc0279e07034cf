/** The entrance of the command line: hands the process to the program and takes its exit code. */
import { systemClock } from '../app/ports.ts';
import { ERROR_KINDS, messageOf, systemCode } from '../base/errors.ts';
import { COMMANDS } from './commands.ts';
import { runProgram } from './program.ts';
import { escapeControls } from './width.ts';

/** What a shell reports of a program that wrote into a closed pipe: 128 + SIGPIPE. */
const CLOSED_PIPE_EXIT_CODE = 141;

// A reader such as `head` that has seen enough is no error. Stopping at any instruction is safe.
process.stdout.on('error', (error) => {
  if (systemCode(error) === 'EPIPE') process.exit(CLOSED_PIPE_EXIT_CODE);
  throw error;
});
// Who closed stderr does not want to be told.
process.stderr.on('error', () => {});

process.on('uncaughtException', (error) => {
  const text = process.env.SATCHEL_DEBUG === '1' ? (error.stack ?? '') : messageOf(error);
  process.stderr.write(`error: ${escapeControls(text, '\n')}\n`);
  process.exit(ERROR_KINDS.internal.exitCode);
});

process.exitCode = await runProgram(process.argv.slice(2), COMMANDS, {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  workingFolder: process.cwd(),
  monotonicMs: systemClock.monotonicMs,
  signals: process,
  exit: (exitCode) => process.exit(exitCode),
});
