/** Keys as the page asks for them: on a real home, and a real bucket or one that is faked. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { type CannedRequest, s3Failure } from '../../../test/support/canned-server.ts';
import { checkAnswers } from '../../../test/support/checked-handlers.ts';
import { ASKER, openDaemonBench, PASSPHRASE } from '../../../test/support/daemon-bench.ts';
import { until } from '../../../test/support/fake-daemon.ts';
import { startFakeS3 } from '../../../test/support/fake-s3.ts';
import { systemRandom } from '../../../test/support/ports.ts';
import { isErrorKind } from '../../base/errors.ts';
import { HANDLERS } from '../handlers.ts';

const { keys, addPassphrase, newRecovery, keepRecovery, removeKey, ...rest } =
  checkAnswers(HANDLERS);
const { unlock, bucketKey, changeBucketKey } = rest;
const NEXT = 'a new passphrase';

suite('keys', () => {
  test('F8: the passphrase is changed by who knows it, and the old one opens nothing', async (context) => {
    const { daemon, addDevice } = await openDaemonBench(context, { isEncrypted: true });
    const change = { passphrase: NEXT, replace: true };
    await assert.rejects(addPassphrase(daemon, { ...change, present: 'a guess' }, ASKER), {
      kind: 'refused',
    });
    const { removed } = await addPassphrase(daemon, { ...change, present: PASSPHRASE }, ASKER);
    assert.equal(removed.length, 1);
    await assert.rejects(addDevice(PASSPHRASE), { kind: 'refused' });
    await addDevice(NEXT);
    const [slot] = (await keys(daemon, {}, ASKER)).filter(({ kind }) => kind === 'passphrase');
    const more = {
      present: NEXT,
      passphrase: 'a third passphrase',
      name: 'office',
      replace: false,
    };
    const { id } = await addPassphrase(daemon, more, ASKER);
    assert.deepEqual(await removeKey(daemon, { present: NEXT, id }, ASKER), { removed: [id] });
    assert.ok((await keys(daemon, {}, ASKER)).some((one) => one.id === slot?.id));
  });

  test('F8: the recovery key before it opens until the new one is written down', async (context) => {
    const { daemon } = await openDaemonBench(context, { isEncrypted: true });
    const first = await newRecovery(daemon, { present: PASSPHRASE }, ASKER);
    assert.equal(first.earlier.length, 1);
    const recoveryKeys = async () =>
      (await keys(daemon, {}, ASKER)).filter(({ kind }) => kind === 'recovery');
    assert.equal((await recoveryKeys()).length, 2);
    await assert.rejects(keepRecovery(daemon, { recoveryKey: PASSPHRASE }, ASKER), {
      kind: 'refused',
    });
    const { recoveryKey } = first;
    assert.deepEqual(await keepRecovery(daemon, { recoveryKey }, ASKER), {
      removed: first.earlier,
    });
    assert.deepEqual(
      (await recoveryKeys()).map(({ id }) => id),
      [first.id],
    );
    assert.deepEqual(await keepRecovery(daemon, { recoveryKey }, ASKER), { removed: [] });
  });

  test('a home that lost its key is unlocked, and goes on by itself', async (context) => {
    const { daemon, home } = await openDaemonBench(context, { isEncrypted: true });
    rmSync(join(home, 'key.json'));
    const lend = new AbortController();
    await daemon.host().lend(lend.signal);
    lend.abort();
    await until('it misses the key', () => daemon.status().homes[0]?.state === 'attention');
    await assert.rejects(unlock(daemon, { passphrase: 'a guess' }, ASKER), { kind: 'refused' });
    assert.equal((await unlock(daemon, { passphrase: PASSPHRASE }, ASKER)).isPartial, false);
    await until('it is back', () => daemon.status().homes[0]?.state === 'connected');
  });

  test('a bucket that is a folder keeps no credentials, and says so', async (context) => {
    const { daemon } = await openDaemonBench(context);
    assert.equal((await bucketKey(daemon, {}, ASKER)).keeps, null);
    await assert.rejects(changeBucketKey(daemon, { password: 'test-password' }, ASKER), (error) => {
      assert.ok(isErrorKind(error, 'usage'));
      return true;
    });
    await assert.rejects(changeBucketKey(daemon, { accessKeyId: 'half' }, ASKER), /incomplete/);
  });

  test('another access key is tried before it is kept, and work goes on with it', async (context) => {
    const s3 = await startFakeS3(context);
    const accessKeys = { accessKeyId: 'test-access-key', secretAccessKey: 'test-secret' };
    const bench = await openDaemonBench(context, { bucket: s3.url, credentials: { accessKeys } });
    const { daemon } = bench;
    const before = await bucketKey(daemon, {}, ASKER);
    assert.equal(before.keeps, 'accessKey');
    assert.match(before.uses ?? '', /^the access key test…-key$/);
    s3.keys.set('test-next-key', { secret: 'test-next-secret' });
    s3.keys.delete('test-access-key');
    await assert.rejects(daemon.host().sync(), { kind: 'refused' });
    const wrong = { accessKeyId: 'test-next-key', secretAccessKey: 'test-secret' };
    await assert.rejects(changeBucketKey(daemon, wrong, ASKER), { kind: 'refused' });
    assert.deepEqual(await bucketKey(daemon, {}, ASKER), before);
    const right = { accessKeyId: 'test-next-key', secretAccessKey: 'test-next-secret' };
    await changeBucketKey(daemon, right, ASKER);
    await until('it goes on', () => daemon.status().homes[0]?.state === 'connected');
  });

  test('credentials that expire in mid-transfer: work waits, says why, and goes on with others', async (context) => {
    const s3 = await startFakeS3(context);
    const accessKeys = { accessKeyId: 'test-access-key', secretAccessKey: 'test-secret' };
    const bench = await openDaemonBench(context, { bucket: s3.url, credentials: { accessKeys } });
    const { daemon, notes } = bench;
    const isPicture = ({ method, url }: CannedRequest) =>
      method === 'PUT' && url.includes('/blobs/');
    const isSignedWith = (key: string, { headers }: CannedRequest) =>
      (headers.authorization ?? '').includes(`=${key}/`);
    let pictures = 0;
    s3.trouble = ({ sent }) => {
      if (!isSignedWith('test-access-key', sent)) return undefined;
      if (pictures >= 2) return s3Failure(400, 'ExpiredToken');
      if (isPicture(sent)) pictures += 1;
      return undefined;
    };
    for (const name of ['1.jpg', '2.jpg', '3.jpg', '4.jpg', '5.jpg', '6.jpg']) {
      writeFileSync(join(notes, name), systemRandom.bytes(40_000));
    }
    await assert.rejects(daemon.host().sync(), { kind: 'refused' });
    const [waiting] = daemon.status().homes;
    assert.deepEqual([waiting?.state, waiting?.refused], ['attention', true]);
    assert.match(waiting?.reason ?? '', /does not accept the credentials .*sign in again/s);
    assert.equal(waiting?.collections[0]?.pending, 6, 'nothing counts as sent');
    s3.keys.set('test-next-key', { secret: 'test-next-secret' });
    const right = { accessKeyId: 'test-next-key', secretAccessKey: 'test-next-secret' };
    await changeBucketKey(daemon, right, ASKER);
    await until('all is sent', () => daemon.status().homes[0]?.collections[0]?.pending === 0);
    assert.equal(daemon.status().homes[0]?.refused, false);
    const sentLater = s3.requests.filter(
      (sent) => isPicture(sent) && isSignedWith('test-next-key', sent),
    );
    assert.equal(sentLater.length, 4, 'what had arrived is not sent again');
  });
});
