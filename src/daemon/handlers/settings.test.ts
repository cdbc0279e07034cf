/** Settings and ignore rules as the page asks for them: on a real home. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { checkAnswers } from '../../../test/support/checked-handlers.ts';
import { ASKER, openDaemonBench } from '../../../test/support/daemon-bench.ts';
import { readSettings } from '../../app/home.ts';
import { HANDLERS } from '../handlers.ts';

const { settings, changeSettings, exportSettings, ...rest } = checkAnswers(HANDLERS);
const { ignoreRules, changeIgnoreRules, ignorePreview } = rest;

suite('settings', () => {
  test('changes are all made or none, and "default" goes back', async (context) => {
    const { daemon, home } = await openDaemonBench(context);
    const bad = [
      { name: 'poll.idle', value: '10m' },
      { name: 'limit.up', value: 'fast' },
    ];
    await assert.rejects(changeSettings(daemon, { changes: bad }, ASKER), { kind: 'usage' });
    assert.equal(readSettings(home).preferences, undefined);
    const good = [{ name: 'poll.idle', value: '10m' }];
    const [changed] = await changeSettings(daemon, { changes: good }, ASKER);
    assert.deepEqual([changed?.value, changed?.isStandard], ['10m', false]);
    const of = async (name: string) =>
      (await settings(daemon, {}, ASKER)).find((setting) => setting.name === name);
    assert.equal((await of('poll.idle'))?.value, '10m');
    await changeSettings(daemon, { changes: [{ name: 'poll.idle', value: 'default' }] }, ASKER);
    assert.deepEqual(await of('poll.idle').then((found) => found?.isStandard), true);
  });

  test('those of a collection are its own, and the export has all of them', async (context) => {
    const { daemon } = await openDaemonBench(context);
    const collection = 'Notes';
    const changes = [
      { name: 'schedule', value: 'daily 03:00' },
      { name: 'guard', value: '40%' },
    ];
    await changeSettings(daemon, { collection, changes }, ASKER);
    const listed = await settings(daemon, { collection }, ASKER);
    assert.deepEqual(
      listed.filter(({ isStandard }) => !isStandard).map(({ name, shared }) => [name, shared]),
      [
        ['schedule', false],
        ['guard', true],
      ],
    );
    const { text, fileName } = await exportSettings(daemon, {}, ASKER);
    assert.match(fileName, /\.yaml$/);
    assert.match(text, /schedule: daily 03:00/);
    assert.doesNotMatch(text, /passphrase|secret|bucket/i);
  });
});

suite('what a collection leaves out', () => {
  test('rules are tried, then written, and never over what was changed meanwhile', async (context) => {
    const { daemon, notes } = await openDaemonBench(context);
    const collection = 'Notes';
    writeFileSync(join(notes, 'a.log'), 'twelve bytes');
    assert.equal((await ignoreRules(daemon, { collection }, ASKER)).rules, null);
    const tried = await ignorePreview(daemon, { collection, rules: '*.log\n./x' }, ASKER);
    assert.deepEqual([tried.leaving.files, tried.leaving.bytes], [1, 12]);
    assert.equal(tried.problems[0]?.line, 2);
    assert.ok(!existsSync(join(notes, '.satchelignore')));
    const first = { collection, rules: '*.log\n', rev: null };
    const { rev } = await changeIgnoreRules(daemon, first, ASKER);
    assert.equal(readFileSync(join(notes, '.satchelignore'), 'utf8'), '*.log\n');
    assert.deepEqual(
      await ignoreRules(daemon, { collection }, ASKER).then((now) => [now.rules, now.rev]),
      ['*.log\n', rev],
    );
    await assert.rejects(changeIgnoreRules(daemon, { ...first, rules: '' }, ASKER), {
      kind: 'attention',
    });
    await changeIgnoreRules(daemon, { collection, rules: '', rev }, ASKER);
    assert.equal(readFileSync(join(notes, '.satchelignore'), 'utf8'), '');
  });
});
