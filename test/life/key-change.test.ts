/** The repository's key is changed after a loss, while other devices are at work. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { Status } from '../../src/api/status.ts';
import { changeRepositoryKey } from '../../src/app/key-ring.ts';
import { systemClock, systemRandom } from '../../src/app/ports.ts';
import { withSession } from '../../src/app/session.ts';
import { runSync } from '../../src/app/sync.ts';
import { assertTells, createPair, type Pair } from '../support/pair.ts';
import { TEST_PASSPHRASE } from '../support/satchel.ts';
import { save } from '../support/trees.ts';

const NEW_PASSPHRASE = 'the passphrase after the loss, for tests';

/** What "devices remove --lost" does with the key, on the laptop. */
async function changeKey(pair: Pair): Promise<string> {
  const home = join(pair.place.root, 'laptop');
  const context = {
    home,
    clock: systemClock,
    random: systemRandom,
    progress: () => undefined,
    notice: () => undefined,
  };
  return await withSession(context, 'test', async (session) => {
    const { recoveryKey } = await changeRepositoryKey(session, NEW_PASSPHRASE);
    await runSync(session, undefined);
    return recoveryKey;
  });
}

const statusOf = async (pair: Pair, device: string): Promise<Status> =>
  (await pair.must(device, 'status', '--json')).json<Status>();

suite('a change of the key', () => {
  test('other devices wait, say why, and go on once they are unlocked', async (context) => {
    const pair = await createPair(context, { encrypted: true });
    await pair.settle();
    const recoveryKey = await changeKey(pair);
    save(pair.here, 'new.md', 'after the change\n');
    await pair.sync('laptop');

    save(pair.there, 'of the desktop.md', 'saved while it waits\n');
    assertTells(await pair.run('desktop', ['sync']), 7, /satchel keys unlock/);
    const waiting = await statusOf(pair, 'desktop');
    assert.ok(waiting.needsKey);
    assert.deepEqual(
      waiting.collections.map(({ state, pending }) => [state, pending]),
      [['attention', 1]],
    );
    assertTells(await pair.run('desktop', ['status']), 0, /key was changed on another device/);

    assertTells(await pair.run('desktop', ['keys', 'unlock']), 5, /passphrase is wrong/);
    const env = { SATCHEL_PASSPHRASE: NEW_PASSPHRASE };
    const unlocked = await pair.run('desktop', ['keys', 'unlock'], env);
    assert.equal(unlocked.exitCode, 0, unlocked.err);
    await pair.settle();
    assert.ok(!(await statusOf(pair, 'desktop')).needsKey);
    assert.equal(
      readFileSync(join(pair.here, 'of the desktop.md'), 'utf8'),
      'saved while it waits\n',
    );

    const join_ = ['join', pair.place.bucket, '--device'];
    const phone = await pair.run('phone', [...join_, 'phone'], { SATCHEL_PASSPHRASE: recoveryKey });
    assert.equal(phone.exitCode, 0, phone.err);
    const old = { SATCHEL_PASSPHRASE: TEST_PASSPHRASE };
    assertTells(await pair.run('tablet', [...join_, 'tablet'], old), 5, /passphrase is wrong/);
  });

  test('Satchel 0.1 finds its key where it was, beside the newer ones', async (context) => {
    const pair = await createPair(context, { encrypted: true });
    const path = join(pair.place.root, 'laptop/key.json');
    const before = JSON.parse(readFileSync(path, 'utf8'));
    await changeKey(pair);
    const after = JSON.parse(readFileSync(path, 'utf8'));
    assert.equal(after.root, before.root);
    assert.deepEqual(
      after.roots.map(({ epoch }: { readonly epoch: number }) => epoch),
      [0, 1],
    );
  });

  test('a watch that waits takes the key up when it is there', async (context) => {
    const pair = await createPair(context, { encrypted: true });
    await pair.settle();
    const watch = pair.place.start('desktop', ['watch']);
    context.after(() => watch.process.kill('SIGKILL'));
    await changeKey(pair);
    save(pair.here, 'new.md', 'after the change\n');
    await pair.sync('laptop');
    await watch.waitFor('satchel keys unlock');
    const env = { SATCHEL_PASSPHRASE: NEW_PASSPHRASE };
    const unlocked = await pair.run('desktop', ['keys', 'unlock'], env);
    assert.equal(unlocked.exitCode, 0, unlocked.err);
    await watch.waitFor('brought here');
    assert.equal(readFileSync(join(pair.there, 'new.md'), 'utf8'), 'after the change\n');
  });
});
