/** What a shell is offered at the end of an unfinished line. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Command } from 'commander';
import { COMMANDS } from './commands.ts';
import { type Asked, whatIsAsked } from './completion.ts';
import { addGlobalOptions } from './global-options.ts';

function program(): Command {
  const whole = new Command('satchel');
  // The actions are not run, so nothing of the context is used.
  for (const command of COMMANDS) command.register(whole, {} as never);
  addGlobalOptions(whole);
  return whole;
}

const asked = (...words: string[]): Asked => whatIsAsked(program(), words);

function values(result: Asked): readonly string[] {
  assert.equal(result.kind, 'words');
  return result.kind === 'words' ? result.candidates.map(({ value }) => value) : [];
}

suite('completion', () => {
  test('offers commands, and none that are hidden', () => {
    const offered = values(asked('sy'));
    assert.ok(offered.includes('sync') && offered.includes('completion'));
    assert.ok(!offered.some((name) => name.startsWith('__')));
  });

  test('offers what an argument stands for, past options and their values', () => {
    assert.deepEqual(asked('detach', ''), { kind: 'collection' });
    assert.deepEqual(asked('--home', '/tmp/x', 'detach', ''), { kind: 'collection' });
    assert.deepEqual(asked('versions', 'My Notes', 'a/'), { kind: 'path', collection: 'My Notes' });
    assert.deepEqual(asked('sync', 'Notes', ''), { kind: 'collection' });
    assert.deepEqual(asked('settings', 'Notes', ''), { kind: 'setting' });
    assert.deepEqual(asked('attach', 'Notes', ''), { kind: 'files' });
    assert.deepEqual(asked('detach', 'Notes', ''), { kind: 'nothing' });
  });

  test('offers a file where an option takes one', () => {
    assert.deepEqual(asked('settings', '--file', ''), { kind: 'files' });
    assert.deepEqual(asked('--home', ''), { kind: 'files' });
  });

  test('offers the options of the command and those of all', () => {
    const offered = values(asked('verify', '--'));
    assert.ok(offered.includes('--json') && offered.includes('--home'), offered.join(' '));
  });

  test('offers the choices of an argument, and subcommands', () => {
    assert.deepEqual(values(asked('completion', '')), ['bash', 'zsh', 'fish']);
    assert.ok(values(asked('devices', '')).includes('rename'));
  });
});
