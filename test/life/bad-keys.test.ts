/**
 * Rule F8 with two devices at the key slots at once: whatever one removes while the other adds,
 * what was added opens all of it, and a way in is left.
 */
import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import type { KeySlotInfo } from '../../src/api/keys.ts';
import { type FakeS3, startFakeS3 } from '../support/fake-s3.ts';
import type { S3Operation } from '../support/fake-s3-request.ts';
import { assertTells, createPair, type Pair } from '../support/pair.ts';
import { TEST_PASSPHRASE } from '../support/satchel.ts';
import { bucketAt } from '../support/tamper.ts';
import { save } from '../support/trees.ts';
import { useBucket } from '../support/use-bucket.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test-access-key', AWS_SECRET_ACCESS_KEY: 'test-secret' };
const NEW = 'a new passphrase for tests only';
const NEWER = 'another new passphrase for tests only';

suite('F8: a key slot', () => {
  test('removed on one device while another adds one: the added one opens all', async (context) => {
    const { pair, server } = await onFakeS3(context);
    const [old] = await slotsOf(pair, 'passphrase');
    assert.ok(old !== undefined);
    inTheMiddleOf(server, 'delete', () => add(pair, 'desktop', NEW));
    await pair.must('laptop', 'keys', 'remove', old.id);
    assert.equal((await slotsOf(pair, 'passphrase')).length, 1);
    await assertOpens(pair, NEW);
    await assertRefused(pair, TEST_PASSPHRASE);
    // Devices keep the key itself, and notice nothing.
    save(pair.here, 'new.md', 'after the change\n');
    await pair.settle();
  });

  test('replaced on two devices at once: both new passphrases open all', async (context) => {
    const { pair, server } = await onFakeS3(context);
    // The laptop has listed what it replaces, and has not yet put its own slot there.
    inTheMiddleOf(server, 'write', () => add(pair, 'desktop', NEW, '--replace'));
    await add(pair, 'laptop', NEWER, '--replace');
    for (const passphrase of [NEW, NEWER]) await assertOpens(pair, passphrase);
    await assertRefused(pair, TEST_PASSPHRASE);
    assert.equal((await slotsOf(pair, 'passphrase')).length, 2);
  });

  test('removed on two devices at once is gone once, and nobody is alarmed', async (context) => {
    const { pair, server } = await onFakeS3(context);
    const [old] = await slotsOf(pair, 'passphrase');
    assert.ok(old !== undefined);
    inTheMiddleOf(server, 'delete', () => pair.must('desktop', 'keys', 'remove', old.id));
    await pair.must('laptop', 'keys', 'remove', old.id);
    assertTells(await pair.run('laptop', ['keys', 'remove', old.id]), 2, /There is no key slot/);
    assert.equal((await slotsOf(pair, 'recovery')).length, 1);
  });
});

async function onFakeS3(
  context: TestContext,
): Promise<{ readonly pair: Pair; readonly server: FakeS3 }> {
  const pair = await createPair(context, { encrypted: true, env: CREDENTIALS });
  const server = await startFakeS3(context, bucketAt(pair.place.bucket));
  useBucket(pair, 'laptop', server.url);
  return { pair, server };
}

/** Lets the desktop work while the laptop's next change of a slot is on its way. */
function inTheMiddleOf(server: FakeS3, awaited: S3Operation, work: () => Promise<unknown>): void {
  server.trouble = async ({ operation, key }) => {
    if (operation !== awaited || !key.startsWith('keys/')) return undefined;
    server.trouble = undefined;
    await work();
    return undefined;
  };
}

async function add(
  pair: Pair,
  device: string,
  passphrase: string,
  ...options: readonly string[]
): Promise<void> {
  const env = { SATCHEL_NEW_PASSPHRASE: passphrase };
  const ran = await pair.run(device, ['keys', 'add', ...options], env);
  assert.equal(ran.exitCode, 0, ran.err);
}

async function slotsOf(pair: Pair, kind: KeySlotInfo['kind']): Promise<readonly KeySlotInfo[]> {
  const slots = (await pair.must('desktop', 'keys', 'list', '--json')).json<KeySlotInfo[]>();
  assert.ok(slots.length > 0);
  return slots.filter((slot) => slot.kind === kind);
}

let devices = 0;

async function joinWith(pair: Pair, passphrase: string) {
  devices += 1;
  const env = { SATCHEL_PASSPHRASE: passphrase };
  return await pair.run(`device-${devices}`, ['join', pair.place.bucket], env);
}

async function assertOpens(pair: Pair, passphrase: string): Promise<void> {
  const ran = await joinWith(pair, passphrase);
  assert.equal(ran.exitCode, 0, ran.err);
}

async function assertRefused(pair: Pair, passphrase: string): Promise<void> {
  assertTells(await joinWith(pair, passphrase), 5, /passphrase is wrong/);
}
