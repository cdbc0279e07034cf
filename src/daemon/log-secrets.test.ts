/** What the daemon is told in confidence, and what is in files, stays out of its log. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ASKER, openDaemonBench, PASSPHRASE } from '../../test/support/daemon-bench.ts';
import { askRaw, until } from '../../test/support/fake-daemon.ts';
import { startFakeS3 } from '../../test/support/fake-s3.ts';
import { ROUTES } from '../api/routes.ts';
import { statusHandlers } from './handlers/status.ts';

const SECRETS = {
  passphrase: 'never-in-a-log passphrase',
  code: 'NEVERLOG',
  link: 'satchel-link-never-in-a-log',
  secretAccessKey: 'test-secret-never-in-a-log',
  content: 'dear diary, never-in-a-log',
} as const;

test('neither secrets nor contents are in the log, whatever is asked and goes wrong', async (t) => {
  const s3 = await startFakeS3(t);
  const accessKeys = { accessKeyId: 'test-access-key', secretAccessKey: 'test-secret' };
  const bench = await openDaemonBench(t, {
    bucket: s3.url,
    credentials: { accessKeys },
    isEncrypted: true,
  });
  const { port, token } = JSON.parse(readFileSync(join(bench.home, 'daemon.json'), 'utf8'));
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const post = (path: string, body: string) =>
    askRaw(port, { method: 'POST', path, headers, body });
  const { passphrase, code, link, secretAccessKey, content } = SECRETS;
  const requests: readonly (readonly [name: keyof typeof ROUTES, input: object])[] = [
    ['changeSettings', { collection: 'Notes', changes: [{ name: 'debug', value: 'on' }] }],
    ['unlock', { passphrase }],
    ['addPassphrase', { present: passphrase, passphrase: `${passphrase} next` }],
    ['newRecovery', { present: passphrase }],
    ['changeBucketKey', { accessKeyId: 'test-access-key', secretAccessKey }],
    ['joinLink', { link, code, device: 'desk' }],
    ['writeFile', { collection: 'Notes', path: 'diary.md', content }],
    ['writeFile', { collection: 'Notes', path: 'out/../../diary.md', content }],
    ['writeFile', { collection: 'Nowhere', path: 'diary.md', content }],
    ['resolve', { items: [{ path: 'diary.md', choice: { keep: 'merged', text: content } }] }],
  ];
  for (const [name, input] of requests) {
    const text = JSON.stringify(input);
    for (const body of [text, text.slice(0, -1), text.replace('{', '{"unknown":1,')]) {
      const { status, text: answer } = await post(ROUTES[name].path, body);
      assert.notEqual(status, 500, `${name} ${answer}`);
    }
  }
  writeFileSync(join(bench.notes, 'diary.md'), `${content}, twice`);
  await bench.daemon.host().sync();
  s3.keys.delete('test-access-key');
  writeFileSync(join(bench.notes, 'diary.md'), `${content}, three times`);
  await assert.rejects(bench.daemon.host().sync(), { kind: 'refused' });
  const readLog = () =>
    readdirSync(join(bench.home, 'log'))
      .map((name) => readFileSync(join(bench.home, 'log', name), 'utf8'))
      .join('');
  await until('the refusal is in the log', () => readLog().includes('credentials'));
  const events = await statusHandlers.log(bench.daemon, { after: 0, limit: 500 }, ASKER);
  assert.ok(events.length > 0 && readLog().includes(' trace '));
  const told = readLog() + JSON.stringify(events);
  for (const secret of [...Object.values(SECRETS), PASSPHRASE, token, 'test-secret']) {
    assert.ok(!told.includes(secret), `"${secret}" is in the log`);
  }
});
