/** `pause` and `resume`: beside a daemon, and for the next one. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { Status } from '../../../src/api/status.ts';
import { assertTells, createPair } from '../../support/pair.ts';
import { save } from '../../support/trees.ts';

suite('a pause', () => {
  test('holds back what is saved, over a restart, until a person ends it', async (context) => {
    const pair = await createPair(context);
    await pair.settle();
    const stateOf = async (): Promise<string | undefined> => {
      const status = await pair.must('laptop', 'status', '--json');
      return status.json<Status>().collections[0]?.state;
    };
    const first = pair.place.start('laptop', ['up', '--port', '0']);
    context.after(() => first.process.kill('SIGKILL'));
    await first.waitFor('Satchel is up');
    const paused = await pair.must('laptop', 'pause', 'Notes');
    assert.equal(paused.out, '"Notes" is paused: what is saved waits here.\n');
    assert.equal(await stateOf(), 'paused');
    assert.equal((await pair.must('laptop', 'status', '--line')).out, 'satchel: paused\n');
    first.process.kill('SIGINT');
    await first.ended;

    save(pair.here, 'held back.md', 'text\n');
    const second = pair.place.start('laptop', ['up', '--port', '0']);
    context.after(() => second.process.kill('SIGKILL'));
    await second.waitFor('Satchel is up');
    assert.equal(await stateOf(), 'paused');
    assertTells(await pair.run('laptop', ['resume', 'Nothing']), 2, /no collection "Nothing"/);
    await pair.must('laptop', 'resume', 'Notes');
    await second.waitFor('Notes: 1 change sent');
    assert.equal(await stateOf(), 'connected');
  });

  test('of everything can be made without a daemon, and tells what it leaves', async (context) => {
    const pair = await createPair(context);
    await pair.must('laptop', 'pause', 'Notes');
    const all = await pair.must('laptop', 'pause', '--json');
    assert.deepEqual(all.json(), { collection: null, paused: true, leftOut: 'everything' });
    const one = await pair.must('laptop', 'resume', 'Notes');
    assert.match(one.err, /Everything is still paused/);
    await pair.must('laptop', 'pause', 'Notes');
    assert.match((await pair.must('laptop', 'resume')).err, /Still paused: Notes\./);
    // A person who types it wants it done.
    writeFileSync(join(pair.here, 'typed.md'), 'text\n');
    await pair.sync('laptop');
    await pair.sync('desktop');
    assert.equal(readFileSync(join(pair.there, 'typed.md'), 'utf8'), 'text\n');
  });
});
