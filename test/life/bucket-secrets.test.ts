/** What a person enters to reach a bucket: kept on the device, unless told or supplied otherwise. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { davOptions, freshFolder } from '../support/buckets.ts';
import { assertTells } from '../support/pair.ts';
import { createPlace, type Environment, type Ran } from '../support/satchel.ts';
import { DAV_SERVERS, suiteOnServers } from '../support/servers.ts';

suiteOnServers(DAV_SERVERS, 'the password of a bucket', (url) => {
  const { password } = davOptions();
  const supplied: Environment = { SATCHEL_WEBDAV_PASSWORD: password };

  function bench(context: TestContext) {
    const place = createPlace();
    context.after(() => place.remove());
    const [address = '', query = ''] = url.split('?');
    const bucket = `${address.replace(/\/$/, '')}/${freshFolder('')}`;
    const user = new URLSearchParams(query).get('user') ?? '';
    const file = join(place.root, 'password');
    writeFileSync(file, `${password}\n`);
    const run = (args: readonly string[], env?: Environment): Promise<Ran> =>
      place.run('laptop', args, env);
    const init = (more: readonly string[], env?: Environment): Promise<Ran> =>
      run(['init', bucket, '--no-encryption', '--user', user, ...more], env);
    return { home: join(place.root, 'laptop'), file, run, init };
  }

  test('it is kept in a file of its own that only its owner reads', async (context) => {
    const { home, file, run, init } = bench(context);
    const made = await init(['--password-file', file]);
    assert.equal(made.exitCode, 0, made.err);
    assert.equal(statSync(join(home, 'secrets.json')).mode & 0o777, 0o600);
    assert.deepEqual(holdersIn(home), ['secrets.json']);
    assert.equal((await run(['sync'])).exitCode, 0);
  });

  test('one that the environment supplies is not kept', async (context) => {
    const { home, run, init } = bench(context);
    assertTells(await init([]), 2, /password of .* is needed/);
    const made = await init([], supplied);
    assert.equal(made.exitCode, 0, made.err);
    assert.deepEqual(holdersIn(home), []);
    assertTells(await run(['sync']), 2, /password of .* is needed/);
    assert.equal((await run(['sync'], supplied)).exitCode, 0);
    assertTells(await run(['keys', 'bucket'], supplied), 2, /keeps no credentials/);
  });

  test('a session-only home keeps none', async (context) => {
    const { home, file, run, init } = bench(context);
    const made = await init(['--session-only', '--password-file', file]);
    assert.equal(made.exitCode, 0, made.err);
    assert.deepEqual(holdersIn(home), []);
    assert.equal((await run(['status'])).exitCode, 0);
    assertTells(await run(['sync']), 2, /password of .* is needed/);
  });

  test('a new one is tried before it takes the place of the old', async (context) => {
    const { home, file, run, init } = bench(context);
    assert.equal((await init(['--password-file', file])).exitCode, 0);
    const wrong = `${file}-wrong`;
    writeFileSync(wrong, 'not the password, for tests\n');
    const renew = ['keys', 'bucket', '--password-file'];
    assertTells(await run([...renew, wrong]), 5, /does not accept the password/);
    assert.deepEqual(holdersIn(home), ['secrets.json']);
    writeFileSync(join(home, 'secrets.json'), '{"password":"an old one, for tests"}');
    assertTells(await run(['sync']), 5, /does not accept the password/);
    assert.equal((await run([...renew, file])).exitCode, 0);
    assert.equal((await run(['sync'])).exitCode, 0);
  });

  /** The files of a home that hold the password. */
  function holdersIn(home: string): string[] {
    return readdirSync(home).filter((name) => readFileSync(join(home, name)).includes(password));
  }
});
