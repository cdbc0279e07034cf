import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { createInterrupts } from './interrupts.ts';

function open() {
  const source = new EventEmitter();
  const exitCodes: number[] = [];
  const interrupts = createInterrupts(source, (exitCode) => exitCodes.push(exitCode));
  return { source, exitCodes, interrupts };
}

test('by default a signal ends the run, with the exit code that shells expect', () => {
  for (const [name, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    const { source, exitCodes } = open();
    source.emit(name);
    assert.deepEqual(exitCodes, [exitCode]);
  }
});

test('a command that asks for it is told first; the second Ctrl-C ends it at once', () => {
  const { source, exitCodes, interrupts } = open();
  const signal = interrupts.untilInterrupted();
  assert.equal(signal.aborted, false);
  source.emit('SIGINT');
  assert.deepEqual([signal.aborted, exitCodes], [true, []]);
  source.emit('SIGINT');
  assert.deepEqual(exitCodes, [130]);
});
