import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureStream } from '../../test/support/captured-stream.ts';
import { SatchelError } from '../base/errors.ts';
import { createTerminal, type TerminalOptions } from './terminal.ts';

function open(options: Partial<TerminalOptions> & { readonly columns?: number } = {}) {
  const stdout = captureStream(options.columns);
  const stderr = captureStream(options.columns);
  let nowMs = 0;
  const monotonicMs = () => nowMs;
  const terminal = createTerminal({ stdout, stderr, env: {}, monotonicMs, ...options });
  return {
    terminal,
    out: () => stdout.text(),
    err: () => stderr.text(),
    advance(byMs: number) {
      nowMs += byMs;
    },
  };
}

test('results go to stdout, everything else to stderr', () => {
  const { terminal, out, err } = open();
  terminal.print('a result');
  terminal.table([{ name: 'n' }], [{ header: 'NAME', cell: (row) => row.name }]);
  terminal.note('a note');
  terminal.warn('a warning');
  terminal.fail(new SatchelError('usage', 'it went wrong', { hint: 'Do this.' }));
  assert.equal(out(), 'a result\nNAME\nn\n');
  assert.equal(err(), 'a note\nwarning: a warning\nerror: It went wrong.\nhint: Do this.\n');
});

test('--json: one document on stdout and nothing else', () => {
  const { terminal, out } = open({ isJson: true });
  terminal.print('a result');
  terminal.table([{}], [{ header: 'NAME', cell: () => 'n' }]);
  terminal.json({ name: 'a\x1b\x9b\u202e' });
  assert.deepEqual(JSON.parse(out()), { name: 'a\x1b\x9b\u202e' });
  assert.doesNotMatch(out(), /[\x1b\x9b\u202e]/);
  assert.throws(() => terminal.json({}), { kind: 'internal' });
});

test('--json: a failure is a document too, unless there was one', () => {
  const failed = open({ isJson: true });
  failed.terminal.fail(new SatchelError('unreachable', 'no answer', { hint: 'Wait.' }));
  assert.deepEqual(JSON.parse(failed.out()), {
    error: { kind: 'unreachable', message: 'No answer.', hint: 'Wait.' },
  });
  assert.match(failed.err(), /^error: No answer\.\n/);
  const late = open({ isJson: true });
  late.terminal.json([]);
  late.terminal.fail(new Error('late'));
  assert.equal(late.out(), '[]\n');
});

test('--json: what follows something is one document a line', () => {
  const { terminal, out } = open({ isJson: true });
  terminal.jsonLine({ n: 1 });
  terminal.jsonLine({ n: 2 });
  assert.equal(out(), '{"n":1}\n{"n":2}\n');
});

test('--quiet leaves out notes, not results, warnings and errors', () => {
  const { terminal, out, err } = open({ isQuiet: true });
  terminal.note('a note');
  terminal.print('a result');
  terminal.warn('a warning');
  terminal.fail('what');
  assert.equal(out(), 'a result\n');
  assert.match(err(), /^warning: a warning\nerror: what\.\n/);
});

test('colours: only on a terminal, never with NO_COLOR, elsewhere with FORCE_COLOR', () => {
  const cases: readonly [Partial<TerminalOptions> & { columns?: number }, boolean][] = [
    [{}, false],
    [{ columns: 80 }, true],
    [{ columns: 80, env: { NO_COLOR: '1' } }, false],
    [{ columns: 80, env: { NO_COLOR: '' } }, true],
    [{ columns: 80, env: { TERM: 'dumb' } }, false],
    [{ columns: 80, isColourless: true }, false],
    [{ env: { FORCE_COLOR: '1' } }, true],
    [{ env: { FORCE_COLOR: '' } }, true],
    [{ columns: 80, env: { FORCE_COLOR: '0' } }, false],
    [{ env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, false],
  ];
  for (const [options, isColoured] of cases) {
    const { terminal, out } = open(options);
    terminal.print(`${terminal.style.red('r')} plain`);
    assert.equal(out(), isColoured ? '\x1b[31mr\x1b[0m plain\n' : 'r plain\n');
  }
});

test('a name cannot drive the terminal, styled or not', () => {
  const { terminal, out, err } = open({ columns: 80 });
  const name = 'x\x1b]0;title\x07\n\x1b[31m\u{fdd3}y';
  terminal.print(terminal.style.bold(name));
  terminal.warn(name);
  terminal.fail(new Error(name));
  const sequences = (out() + err()).replace(/\x1b\[\d{0,2}m/g, '');
  assert.doesNotMatch(sequences, /[\x1b\x07]/);
  assert.equal(out(), '\x1b[1mx\\x1b]0;title\\x07\\n\\x1b[31my\x1b[0m\n');
  const harmless = 'x\\x1b]0;title\\x07\\n\\x1b[31m\x1b[31my';
  assert.ok(
    err().startsWith(
      `\x1b[33mwarning:\x1b[0m ${harmless}\x1b[0m\n\x1b[31merror:\x1b[0m ${harmless}.\x1b[0m\n`,
    ),
  );
});

test('progress is erased before anything is written, and shows only on a terminal', () => {
  const screen = open({ columns: 80 });
  screen.terminal.progress.update('Reading', 0, 10, 'files');
  screen.advance(600);
  screen.terminal.progress.update('Reading', 5, 10, 'files');
  screen.terminal.note('a note');
  assert.match(screen.err(), /Reading.*\r\x1b\[Ka note\n$/s);
  const pipe = open();
  pipe.terminal.progress.update('Reading', 0, 10, 'files');
  pipe.advance(600);
  pipe.terminal.progress.update('Reading', 5, 10, 'files');
  assert.equal(pipe.err(), '');
});
