import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { captureStream } from '../../test/support/captured-stream.ts';
import { ERROR_KINDS, type ErrorKind, SatchelError } from '../base/errors.ts';
import type { CommandContext, CommandModule } from './command.ts';
import { runProgram } from './program.ts';

async function run(
  args: readonly string[],
  action: (context: CommandContext) => void = () => {},
  env: Readonly<Record<string, string>> = {},
) {
  const stdout = captureStream();
  const stderr = captureStream();
  const command: CommandModule = {
    name: 'greet',
    register: (program, context) => {
      program
        .command('greet')
        .argument('[name]')
        .action(() => action(context));
    },
  };
  const exitCode = await runProgram(args, [command], {
    stdout,
    stderr,
    env,
    stdin: Readable.from([]),
    workingFolder: '/somewhere',
    monotonicMs: () => 0,
    signals: { on: () => {} },
    exit: () => {},
  });
  return { exitCode, out: stdout.text(), err: stderr.text() };
}

test('a command sees the global options, wherever they stand', async () => {
  for (const args of [
    ['--json', '--home', '/h', 'greet'],
    ['greet', '--home', '/h', '--json'],
  ]) {
    const { exitCode, out } = await run(args, ({ terminal, home }) => terminal.json({ home }));
    assert.equal(exitCode, 0);
    assert.deepEqual(JSON.parse(out), { home: '/h' });
  }
});

test('the home comes from --home, else from SATCHEL_HOME, else from nowhere', async () => {
  const homes: (string | undefined)[] = [];
  const note = ({ home }: CommandContext) => void homes.push(home);
  await run(['greet', '--home', '/option'], note, { SATCHEL_HOME: '/env' });
  await run(['greet'], note, { SATCHEL_HOME: '/env' });
  await run(['greet'], note, { SATCHEL_HOME: '' });
  assert.deepEqual(homes, ['/option', '/env', undefined]);
});

test('help and version go to stdout and are no error', async () => {
  for (const args of [['--help'], ['help'], ['greet', '--help'], ['--version']]) {
    const { exitCode, out, err } = await run(args);
    assert.equal(exitCode, 0, args.join(' '));
    assert.equal(err, '');
    assert.ok(out.length > 3);
  }
});

test('without a command, help goes to stderr and the usage is wrong', async () => {
  const { exitCode, out, err } = await run([]);
  assert.equal(exitCode, 2);
  assert.equal(out, '');
  assert.match(err, /^Usage: satchel/);
});

test('wrong usage is exit code 2, told once, with what may have been meant', async () => {
  const mistyped = await run(['gret']);
  assert.deepEqual(mistyped, {
    exitCode: 2,
    out: '',
    err: "error: Unknown command 'gret'.\nhint: Did you mean greet?\n",
  });
  const option = await run(['greet', '--unknown']);
  assert.equal(option.exitCode, 2);
  assert.match(option.err, /^error: Unknown option '--unknown'\.\nhint: .*\n$/);
});

test('wrong usage names the help of the command that was meant', async () => {
  const { err } = await run(['--json', 'greet', 'Ann', 'Bob']);
  assert.match(err, /hint: See "satchel greet --help"\.\n$/);
  assert.match((await run(['--bogus'])).err, /hint: See "satchel --help"\.\n$/);
});

test('an empty --home, as from a variable that is not set, is not the working folder', async () => {
  const { exitCode, err } = await run(['greet', '--home', ''], () => assert.fail('it was run'));
  assert.equal(exitCode, 2);
  assert.match(err, /--home names is empty/);
});

test('wrong usage with --json is a document on stdout', async () => {
  const { exitCode, out } = await run(['--json', 'gret']);
  assert.equal(exitCode, 2);
  assert.equal(JSON.parse(out).error.kind, 'usage');
});

test('each kind of error has its exit code', async () => {
  for (const kind of Object.keys(ERROR_KINDS) as ErrorKind[]) {
    const { exitCode, err } = await run(['greet'], () => {
      throw new SatchelError(kind, 'it went wrong', { hint: 'Do this.' });
    });
    assert.equal(exitCode, ERROR_KINDS[kind].exitCode);
    assert.equal(err, 'error: It went wrong.\nhint: Do this.\n');
  }
});

test('an unknown error is one line and exit code 1; SATCHEL_DEBUG=1 shows where it arose', async () => {
  const action = () => {
    throw new TypeError('x is not a function');
  };
  const { exitCode, err } = await run(['greet'], action);
  assert.equal(exitCode, 1);
  assert.match(err, /^error: X is not a function\.\nhint: .*\n$/);
  assert.match((await run(['greet'], action, { SATCHEL_DEBUG: '1' })).err, /program\.test\.ts/);
});

test('a command that went well may still ask for a person', async () => {
  const { exitCode, err } = await run(['greet'], (context) => context.setExitCode(3));
  assert.deepEqual({ exitCode, err }, { exitCode: 3, err: '' });
});
