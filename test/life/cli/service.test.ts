/** `satchel service` on Linux, with a `systemctl` that notes what it is asked. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { assertTells } from '../../support/pair.ts';
import { createPlace, type Place } from '../../support/satchel.ts';

interface Desk {
  readonly place: Place;
  readonly unit: string;
  /** What `systemctl` was asked, one call a line. */
  asked(): string;
}

/** @param body of the `systemctl`, after it has noted its arguments. */
function desk(context: TestContext, body: string): Desk {
  const root = createPlace();
  context.after(() => root.remove());
  const bin = join(root.root, 'bin');
  const notes = join(root.root, 'asked');
  mkdirSync(bin);
  writeFileSync(join(bin, 'systemctl'), `#!/bin/sh\necho "$*" >> "${notes}"\n${body}\n`);
  chmodSync(join(bin, 'systemctl'), 0o755);
  // No home is named: it is the service for all of this person.
  const env = { PATH: `${bin}:${process.env.PATH}`, SATCHEL_HOME: undefined };
  const place: Place = {
    ...root,
    run: (device, args, more) => root.run(device, args, { ...env, ...more }),
  };
  return {
    place,
    unit: join(root.root, '.config/systemd/user/satchel.service'),
    asked: () => (existsSync(notes) ? readFileSync(notes, 'utf8') : ''),
  };
}

const RUNNING =
  'echo ActiveState=active; echo SubState=running; echo MainPID=9; echo UnitFileState=enabled';

suite('service', { skip: process.platform !== 'linux' }, () => {
  test('is installed by one file, told of, and removed without a trace', async (context) => {
    const { place, unit, asked } = desk(context, RUNNING);
    const install = await place.run('laptop', ['service', 'install'], { AWS_PROFILE: 'notes' });
    assert.equal(install.exitCode, 0, install.err);
    assert.equal(install.out, `Satchel starts by itself now: ${unit}\n`);
    assert.match(install.err, /loginctl enable-linger/);
    assert.doesNotMatch(install.err, /AWS/);
    const text = readFileSync(unit, 'utf8');
    assert.match(text, /^ExecStart="\/.*" "\/.*satchel\.js" "up" "--no-link"$/m);
    assert.match(text, /^Environment="AWS_PROFILE=notes"$/m);
    assert.deepEqual(asked().trim().split('\n'), [
      '--user daemon-reload',
      '--user enable satchel.service',
      '--user restart satchel.service',
    ]);
    const status = (await place.run('laptop', ['service', 'status', '--json'])).json<object>();
    assert.deepEqual(status, {
      manager: 'systemd',
      path: unit,
      installed: true,
      says: 'active (running), process 9, starts when you sign in',
      daemon: null,
    });
    const removed = await place.run('laptop', ['service', 'uninstall']);
    assert.equal(removed.out, 'Satchel does not start by itself any more.\n');
    assert.ok(!existsSync(unit));
    assert.match(asked(), /--user disable --now satchel\.service\n--user daemon-reload/);
    assert.equal((await place.run('laptop', ['service', 'uninstall'])).exitCode, 0);
    assert.match((await place.run('laptop', ['service', 'status'])).out, /^Not installed\.$/m);
  });

  test('says which secrets of the shell it will not have', async (context) => {
    const { place } = desk(context, '');
    const env = { AWS_ACCESS_KEY_ID: 'test-key', AWS_SECRET_ACCESS_KEY: 'test-secret' };
    const { err } = await place.run('laptop', ['service', 'install'], env);
    assert.match(err, /does not have AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY of this shell\./);
    // A key that is kept is opened by no passphrase: nothing is missing for want of one.
    assert.doesNotMatch(err, /PASSPHRASE|test-secret/);
  });

  test('where systemd does not take it, nothing is left', async (context) => {
    const { place, unit } = desk(context, 'echo "Failed to connect to bus" >&2; exit 1');
    const ran = await place.run('laptop', ['service', 'install']);
    assertTells(ran, 1, /Systemd does not take it: .*Failed to connect to bus/);
    assert.ok(!existsSync(unit));
  });

  test('a device that keeps no key has nobody to ask in a service', async (context) => {
    const { place, asked } = desk(context, '');
    const home = { SATCHEL_HOME: join(place.root, 'laptop') };
    const init = await place.run('laptop', ['init', place.bucket, '--session-only'], home);
    assert.equal(init.exitCode, 0, init.err);
    assertTells(await place.run('laptop', ['service', 'install'], home), 2, /could ask nobody/);
    assert.equal(asked(), '');
  });
});
