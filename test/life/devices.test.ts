/** Removing devices, as a person does it: retired, lost, and found again. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { DeviceInfo } from '../../src/api/devices.ts';
import { assertTells, createPair, type Pair } from '../support/pair.ts';
import { save } from '../support/trees.ts';

const NEW_PASSPHRASE = 'another passphrase for tests only';

async function listed(pair: Pair, device = 'laptop'): Promise<readonly DeviceInfo[]> {
  return (await pair.must(device, 'devices', '--json')).json<DeviceInfo[]>();
}

suite('devices remove', () => {
  test('refuses what is unclear, unknown, this device, or was at work a moment ago', async (context) => {
    const pair = await createPair(context);
    await pair.settle();
    const refused: readonly (readonly [args: readonly string[], message: RegExp])[] = [
      [['nobody', '--yes'], /There is no device "nobody"[\s\S]*laptop[\s\S]*desktop/],
      [['laptop', '--yes'], /is this device/],
      [['desktop', '--yes'], /within the last day[\s\S]*--force[\s\S]*--lost/],
      [['desktop', '--force'], /has to be confirmed[\s\S]*--yes/],
    ];
    for (const [args, message] of refused) {
      assertTells(await pair.run('laptop', ['devices', 'remove', ...args]), 2, message);
    }
    const all = await listed(pair);
    assert.ok(all.every(({ retiredAt }) => retiredAt === null));
  });

  test('S14: keeps what it had saved, whatever becomes of its objects; it may come back', async (context) => {
    const pair = await createPair(context);
    save(pair.there, 'of the desktop.md', 'text\n');
    await pair.settle();
    const [device] = (await listed(pair)).filter(({ name }) => name === 'desktop');
    assert.ok(device);
    const removed = await pair.must('laptop', 'devices', 'remove', 'desktop', '-y', '--force');
    assert.match(removed.out, /"desktop" is removed/);
    assert.match((await pair.must('laptop', 'devices')).out, /removed, just now/);
    const { bucket } = pair.place;
    rmSync(join(bucket, 'heads', device.id));
    rmSync(join(bucket, 'segments', device.id), { recursive: true, force: true });
    await pair.must('tablet', 'join', bucket, '--device', 'tablet');
    const tablet = join(pair.place.root, 'tablet-files');
    await pair.must('tablet', 'attach', 'Notes', tablet);
    await pair.sync('tablet');
    assert.equal(readFileSync(join(tablet, 'of the desktop.md'), 'utf8'), 'text\n');
    save(pair.there, 'back.md', 'found in a drawer\n');
    for (const name of ['desktop', 'laptop', 'tablet']) await pair.sync(name);
    assert.ok(existsSync(join(tablet, 'back.md')));
    const again = (await listed(pair)).find(({ id }) => id === device.id);
    assert.equal(again?.retiredAt, null);
    await pair.must('laptop', 'verify');
  });

  test('S15: a head that nobody could ever read is told, and a new device can go on without it', async (context) => {
    const pair = await createPair(context);
    save(pair.there, 'a.md', 'text\n');
    await pair.settle();
    const { bucket } = pair.place;
    const device = 'q'.repeat(26);
    writeFileSync(join(bucket, 'heads', device), 'cut off by the end of a disk');
    await pair.must('tablet', 'join', bucket, '--device', 'tablet');
    const tablet = join(pair.place.root, 'tablet-files');
    await pair.must('tablet', 'attach', 'Notes', tablet);
    const { out, err } = await pair.run('tablet', ['sync']);
    assert.match(out + err, /"satchel devices remove qqqqqqqq"/);
    assert.ok(!existsSync(join(tablet, 'a.md')));
    assert.match((await pair.must('tablet', 'devices')).out, /qqqqqqqq.*never.*cannot be read/);
    const removed = await pair.run('tablet', ['devices', 'remove', 'qqqqqqqq', '-y', '--json']);
    assert.equal(removed.json<{ kept: boolean }>().kept, false);
    await pair.must('tablet', 'sync');
    assert.equal(readFileSync(join(tablet, 'a.md'), 'utf8'), 'text\n');
    assert.doesNotMatch((await pair.must('tablet', 'status')).out, /qqqqqqqq/);
    // The others hear of it with their next poll, and are content from then on.
    await pair.run('laptop', ['sync']);
    await pair.must('laptop', 'sync');
  });

  test('S15: a head of a newer Satchel is no reason to remove its device', async (context) => {
    const pair = await createPair(context);
    await pair.settle();
    const { bucket } = pair.place;
    const desktop = (await listed(pair)).find(({ name }) => name === 'desktop');
    assert.ok(desktop);
    const path = join(bucket, 'heads', desktop.id);
    const head = readFileSync(path);
    // The layout of the object (docs/format.md).
    head[4] = 9;
    writeFileSync(path, head);
    await pair.must('tablet', 'join', bucket, '--device', 'tablet');
    await pair.must('tablet', 'attach', 'Notes', join(pair.place.root, 'tablet-files'));
    const { out, err } = await pair.run('tablet', ['sync']);
    assert.match(out + err, /newest Satchel/);
    assert.doesNotMatch(out + err, /devices remove/);
  });

  test('S9a: --lost changes the key and says what is left to do; a found one goes on', async (context) => {
    const pair = await createPair(context, { encrypted: true });
    await pair.settle();
    const [device] = (await listed(pair)).filter(({ name }) => name === 'desktop');
    assert.ok(device);
    const remove = ['devices', 'remove', 'desktop', '--lost', '--yes'];
    assertTells(await pair.run('laptop', remove), 2, /passphrase is needed/);
    const env = { SATCHEL_NEW_PASSPHRASE: NEW_PASSPHRASE };
    const lost = await pair.run('laptop', remove, env);
    assert.equal(lost.exitCode, 0, lost.err);
    assert.match(
      lost.out,
      /recovery key[\s\S]*satchel keys unlock[\s\S]*all that was in the bucket/,
    );
    assert.match((await pair.must('laptop', 'devices')).out, /lost, just now/);
    // Reported once more, the key is left as it is.
    const again = await pair.must('laptop', ...remove, '--json');
    assert.equal(again.json<{ recoveryKey?: string }>().recoveryKey, undefined);
    save(pair.here, 'since then.md', 'sealed with the new key\n');
    await pair.sync('laptop');
    save(pair.there, 'of a thief.md', 'or of whoever found it\n');
    await pair.sync('desktop', 7);
    await pair.sync('laptop');
    assert.ok(!existsSync(join(pair.there, 'since then.md')));
    assert.ok(!existsSync(join(pair.here, 'of a thief.md')));
    const unlocked = await pair.run('desktop', ['keys', 'unlock'], {
      SATCHEL_PASSPHRASE: NEW_PASSPHRASE,
    });
    assert.equal(unlocked.exitCode, 0, unlocked.err);
    for (const name of ['desktop', 'desktop']) await pair.sync(name);
    await pair.settle();
    assert.ok(existsSync(join(pair.here, 'of a thief.md')));
    const ids = (await listed(pair)).filter(({ name }) => name === 'desktop');
    assert.deepEqual(ids.map(({ lost: isLost }) => isLost).sort(), [false, true]);
  });
});
