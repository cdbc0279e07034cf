/** Devices as the page asks for them: on a real home with a folder for a bucket. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { checkAnswers } from '../../../test/support/checked-handlers.ts';
import { ASKER, openDaemonBench, PASSPHRASE } from '../../../test/support/daemon-bench.ts';
import { until } from '../../../test/support/fake-daemon.ts';
import { HANDLERS } from '../handlers.ts';

const { devices, renameDevice, removeDevice, keys, unlock } = checkAnswers(HANDLERS);
const NEXT = 'a new passphrase';

suite('devices', () => {
  test('this one comes first, and has its new name at once', async (context) => {
    const { daemon, addDevice } = await openDaemonBench(context);
    await addDevice();
    await daemon.host().sync();
    const listed = await devices(daemon, {}, ASKER);
    assert.deepEqual(
      listed.map(({ name, self }) => [name, self]),
      [
        ['laptop', true],
        ['desktop', false],
      ],
    );
    assert.deepEqual(await renameDevice(daemon, { name: ' travel ' }, ASKER), { name: 'travel' });
    await assert.rejects(renameDevice(daemon, { name: '\u0007' }, ASKER), { kind: 'usage' });
    assert.equal((await devices(daemon, {}, ASKER))[0]?.name, 'travel');
    await until('the home opened again', () => daemon.status().homes[0]?.device.name === 'travel');
  });

  test('one at work lately is removed only when that is meant; what it saved stays', async (context) => {
    const { daemon, addDevice } = await openDaemonBench(context);
    await addDevice();
    const device = 'desktop';
    const plain = { device, lost: false, force: false };
    await assert.rejects(removeDevice(daemon, plain, ASKER), /within the last day/);
    const removed = await removeDevice(daemon, { ...plain, force: true }, ASKER);
    assert.deepEqual([removed.kept, removed.lost, removed.recoveryKey], [true, false, undefined]);
    const [, other] = await devices(daemon, {}, ASKER);
    assert.ok(other?.retiredAt);
    await assert.rejects(removeDevice(daemon, { ...plain, device: 'laptop' }, ASKER), {
      kind: 'usage',
    });
  });

  test('F8: a lost one changes the key only for who knows the passphrase', async (context) => {
    const { daemon, home, addDevice } = await openDaemonBench(context, { isEncrypted: true });
    await addDevice(PASSPHRASE);
    const lost = { device: 'desktop', lost: true, force: false };
    const slots = await keys(daemon, {}, ASKER);
    await assert.rejects(removeDevice(daemon, { ...lost, passphrase: NEXT }, ASKER), {
      kind: 'usage',
    });
    const wrong = { ...lost, present: 'a guess', passphrase: NEXT };
    await assert.rejects(removeDevice(daemon, wrong, ASKER), { kind: 'refused' });
    const empty = { ...lost, present: PASSPHRASE, passphrase: ' ' };
    await assert.rejects(removeDevice(daemon, empty, ASKER), { kind: 'usage' });
    assert.deepEqual(await keys(daemon, {}, ASKER), slots, 'nothing was changed');
    assert.equal((await devices(daemon, {}, ASKER))[1]?.retiredAt, null);
    const right = { ...lost, present: PASSPHRASE, passphrase: NEXT };
    const removed = await removeDevice(daemon, right, ASKER);
    assert.match(removed.recoveryKey ?? '', /^[a-z2-7]{4}-/i);
    assert.equal(removed.bucketAccess?.uses, null);
    assert.equal((await devices(daemon, {}, ASKER))[1]?.lost, true);
    const opened = await unlock(daemon, { passphrase: NEXT }, ASKER);
    assert.deepEqual(opened, { added: 0, isPartial: false });
    await assert.rejects(unlock(daemon, { passphrase: PASSPHRASE }, ASKER), { kind: 'refused' });
    assert.ok(existsSync(join(home, 'key.json')));
  });
});
