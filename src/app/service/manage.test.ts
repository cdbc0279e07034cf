/** Installing the service with a manager that takes its time, or does not take it. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { createManualClock } from '../../../test/support/ports.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { isErrorKind } from '../../base/errors.ts';
import type { Clock } from '../../base/ports.ts';
import { launchdPlan } from './launchd.ts';
import { installService } from './manage.ts';
import type { Call, ServicePlan } from './plan.ts';
import { systemdPlan } from './systemd.ts';

const WISH = { id: 'satchel', command: ['/opt/node'] as const, env: {} };

/** The plan with a manager that notes what it is asked, and then runs the script in its folder. */
function withManager(folder: string, plan: ServicePlan, script: string) {
  const noted = (call: Call): Call => ({
    ...call,
    program: 'sh',
    args: ['-c', `cd "${folder}"; echo "$*" >> asked; ${script}`, 'sh', ...call.args],
  });
  const calls = ['install', 'stop', 'enable', 'disable', 'forget'] as const;
  const changed = calls.map((name) => [name, plan[name].map(noted)] as const);
  return {
    plan: { ...plan, ...Object.fromEntries(changed), status: noted(plan.status) },
    asked: () => readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n'),
  };
}

function installedBefore({ path }: ServicePlan): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'the one before');
}

suite('a service on macOS', { skip: process.platform === 'win32' }, () => {
  /** An agent that was asked to end, and is there as long as its file `running`. */
  const BUSY = `
    case "$1" in
      print) test -e running ;;
      bootout) echo 'Boot-out failed: 36: Operation now in progress' >&2; exit 36 ;;
      bootstrap) if test -e running; then echo 'Bootstrap failed: 5' >&2; exit 5; fi ;;
    esac`;

  function running() {
    const folder = temporaryFolder('launchd');
    writeFileSync(join(folder, 'running'), '');
    const manager = withManager(folder, launchdPlan(WISH, { homeFolder: folder, uid: 501 }), BUSY);
    installedBefore(manager.plan);
    return { folder, ...manager };
  }

  test('takes the place of the one before once that has ended', async () => {
    const { folder, plan, asked } = running();
    const clock = createManualClock(0);
    let pauses = 0;
    const ending: Clock = {
      ...clock,
      async sleep(delayMs, signal) {
        pauses += 1;
        if (pauses === 3) rmSync(join(folder, 'running'));
        await clock.sleep(delayMs, signal);
      },
    };
    await installService(plan, 'now', ending);
    assert.deepEqual(
      asked().map((call) => call.split(' ')[0]),
      ['bootout', 'print', 'print', 'print', 'print', 'bootstrap'],
    );
    assert.match(readFileSync(plan.path, 'utf8'), /plist/);
  });

  test('waits for the one before no longer than that may take, and leaves it as it was', async () => {
    const { plan, asked } = running();
    const clock = createManualClock(0);
    await assert.rejects(installService(plan, 'now', clock), (error) => {
      assert.ok(isErrorKind(error, 'internal'));
      assert.match(error.message, /print gui\/501\/satchel: .*still there after \d+ seconds/);
      assert.match(error.hint ?? '', /before/);
      return true;
    });
    assert.ok(clock.monotonicMs() >= 90_000 && clock.monotonicMs() < 300_000);
    assert.equal(readFileSync(plan.path, 'utf8'), 'the one before');
    assert.ok(!asked().some((call) => call.startsWith('bootstrap')));
  });
});

suite('a service of systemd that does not start', { skip: process.platform === 'win32' }, () => {
  const FAILS_TO_START = `
    if test "$2" = restart && ! grep -q before satchel.service; then
      echo 'Job failed' >&2; exit 1
    fi`;

  function failing() {
    const folder = temporaryFolder('systemd');
    const plan = { ...systemdPlan(WISH, folder), path: join(folder, 'satchel.service') };
    return withManager(folder, plan, FAILS_TO_START);
  }

  test('is gone for the manager too', async () => {
    const { plan, asked } = failing();
    await assert.rejects(installService(plan), /Job failed/);
    assert.ok(!existsSync(plan.path));
    assert.deepEqual(asked().slice(3), [
      '--user disable --now satchel.service',
      '--user daemon-reload',
      '--user reset-failed satchel.service',
    ]);
  });

  test('gives its place back to the one before, which is started again', async () => {
    const { plan, asked } = failing();
    installedBefore(plan);
    await assert.rejects(installService(plan), (error) => {
      assert.ok(isErrorKind(error, 'internal'));
      assert.match(error.hint ?? '', /before/);
      return true;
    });
    assert.equal(readFileSync(plan.path, 'utf8'), 'the one before');
    assert.deepEqual(asked().slice(3), asked().slice(0, 3));
  });
});
