/** Which service a command line means, and what of the shell goes with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secretsLeftOut, serviceWish } from './wish.ts';

const PROGRAM = { node: '/opt/node', script: '/opt/satchel.js' };
const COMMAND = { home: undefined, homes: [], env: {}, workingFolder: '/here' };

test('without a home it is the one service for all homes of a person', () => {
  const { id, command } = serviceWish(COMMAND, PROGRAM);
  assert.deepEqual([id, command], ['satchel', ['/opt/node', '/opt/satchel.js', 'up', '--no-link']]);
});

test('each home that is named has a service of its own, wherever it is named from', () => {
  const named = (home: string) => serviceWish({ ...COMMAND, home, homes: [home] }, PROGRAM, 5000);
  const { id, command } = named('one');
  assert.match(id, /^satchel-[0-9a-f]{8}$/);
  assert.deepEqual(command.slice(2), ['up', '--no-link', '--home', '/here/one', '--port', '5000']);
  assert.equal(named('/here/one').id, id);
  assert.notEqual(named('two').id, id);
  // As SATCHEL_HOME names it.
  assert.equal(serviceWish({ ...COMMAND, home: '/here/one' }, PROGRAM).id, id);
});

test('what the shell sets goes along, secrets do not', () => {
  const env = { AWS_PROFILE: 'notes', AWS_SECRET_ACCESS_KEY: 'for-tests', EDITOR: 'vi', PATH: '' };
  assert.deepEqual(serviceWish({ ...COMMAND, env }, PROGRAM).env, { AWS_PROFILE: 'notes' });
  // Without them it would ask another server, or none, than commands in the shell.
  const way = { AWS_ENDPOINT_URL_S3: 'https://s3.example.org', https_proxy: 'http://proxy:3128' };
  assert.deepEqual(serviceWish({ ...COMMAND, env: way }, PROGRAM).env, way);
  assert.deepEqual(secretsLeftOut({ ...COMMAND, env }), ['AWS_SECRET_ACCESS_KEY']);
});
