/** The switch that lets the daemon start at sign-in, with a manager that only notes what it is asked. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { checkAnswers } from '../../../test/support/checked-handlers.ts';
import { ASKER, openDaemonBench } from '../../../test/support/daemon-bench.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import type { Call, ServicePlan } from '../../app/service/plan.ts';
import { systemdPlan } from '../../app/service/systemd.ts';
import { HANDLERS } from '../handlers.ts';

const { service, setService } = checkAnswers(HANDLERS);

suite('the start with the computer', { skip: process.platform === 'win32' }, () => {
  /** A unit in a folder of the test; instead of being asked, the manager is noted. */
  function planned(script: string): { readonly plan: ServicePlan; asked(): string } {
    const folder = temporaryFolder('service');
    const wish = { id: 'satchel', command: ['/opt/node'] as const, env: {} };
    const unit = systemdPlan(wish, folder);
    const noted = (call: Call): Call => ({
      program: 'sh',
      args: ['-c', `echo "$@" >> "${folder}/asked"; ${script}`, 'sh', ...call.args],
    });
    const plan: ServicePlan = {
      ...unit,
      install: [],
      stop: [],
      enable: unit.enable.map(noted),
      disable: unit.disable.map(noted),
      forget: unit.forget.map(noted),
      status: noted(unit.status),
    };
    return { plan, asked: () => readFileSync(join(folder, 'asked'), 'utf8') };
  }

  test('is switched on and off by one file, and what runs goes on', async (context) => {
    const { plan, asked } = planned('true');
    const { daemon } = await openDaemonBench(context, { service: plan });
    assert.equal((await service(daemon, {}, ASKER)).isInstalled, false);
    assert.ok((await setService(daemon, { isInstalled: true }, ASKER)).isInstalled);
    assert.match(readFileSync(plan.path, 'utf8'), /ExecStart/);
    assert.match(asked(), /--user enable satchel\.service/);
    assert.ok(!(await setService(daemon, { isInstalled: false }, ASKER)).isInstalled);
    assert.ok(!existsSync(plan.path));
    assert.match(asked(), /--user disable satchel\.service/);
  });

  test('where the manager does not take it, nothing is left', async (context) => {
    const { plan } = planned('echo "no bus" >&2; exit 1');
    const { daemon } = await openDaemonBench(context, { service: plan });
    await assert.rejects(setService(daemon, { isInstalled: true }, ASKER), /no bus/);
    assert.ok(!existsSync(plan.path));
  });

  test('a daemon that is none to be started says so', async (context) => {
    const { daemon } = await openDaemonBench(context);
    assert.equal((await service(daemon, {}, ASKER)).manager, null);
    await assert.rejects(setService(daemon, { isInstalled: true }, ASKER), { kind: 'usage' });
  });
});
