/** Taking the whole repository to another bucket, as a person does it, with devices that follow. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { moveTo } from '../../src/app/move.ts';
import { getMeta } from '../../src/replica/meta.ts';
import { type ObjectStore, StoreError } from '../../src/store/store.ts';
import { parseBucketUrl } from '../../src/store/url.ts';
import { startFakeS3 } from '../support/fake-s3.ts';
import { killedAt, wasKilled } from '../support/killed-life.ts';
import { assertTells, createPair, type Pair } from '../support/pair.ts';
import { asDevice, bucketAt } from '../support/tamper.ts';
import { noise, save } from '../support/trees.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test-access-key', AWS_SECRET_ACCESS_KEY: 'test-secret' };
const NO_CREDENTIALS = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };

function bucketOf(pair: Pair, device: string): string {
  const path = join(pair.place.root, device, 'settings.json');
  return JSON.parse(readFileSync(path, 'utf8')).bucket;
}

/** The key slots of a bucket that is a folder. */
const slotsIn = (bucket: string): string[] => readdirSync(join(bucket, 'keys')).sort();

/** An encrypted pair in step, with a file in blobs and an edit that is not sent yet. */
async function settledPair(context: TestContext): Promise<Pair> {
  const pair = await createPair(context, { encrypted: true });
  save(pair.here, 'film.mp4', noise(1, 300_000));
  await pair.settle();
  save(pair.there, 'unsent.md', 'saved while the repository moved\n');
  return pair;
}

suite('move', () => {
  test('copies all, and the others follow by themselves with what they had not sent', async (context) => {
    const pair = await settledPair(context);
    const there = join(pair.place.root, 'elsewhere/bucket');
    const ran = await pair.must('laptop', 'move', there, '--json');
    const { to, objects } = ran.json<{ to: string; objects: number }>();
    assert.ok(objects > 4);
    assert.equal(bucketOf(pair, 'laptop'), to);
    const followed = await pair.run('desktop', ['sync']);
    assert.equal(followed.exitCode, 0, followed.err);
    assert.match(followed.err, /The repository went to .*elsewhere/);
    rmSync(pair.place.bucket, { recursive: true });
    await pair.settle();
    assert.equal(bucketOf(pair, 'desktop'), to);
    assert.ok(existsSync(join(pair.here, 'unsent.md')));
    await pair.must('desktop', 'verify');
    const log = (await pair.must('desktop', 'log')).out;
    assert.doesNotMatch(log, /earlier day|older head|no head|new identity/);
  });

  test('watch follows, and goes on there', async (context) => {
    const pair = await settledPair(context);
    const watch = pair.place.start('desktop', ['watch']);
    await watch.waitFor('1 change sent');
    await pair.must('laptop', 'move', join(pair.place.root, 'new'));
    save(pair.there, 'more.md', 'text\n');
    await watch.waitFor('The repository went to');
    save(pair.there, 'evenmore.md', 'text\n');
    await watch.waitFor('Watching. Ctrl-C ends it.');
    await pair.sync('laptop');
    for (let look = 0; !existsSync(join(pair.here, 'evenmore.md')); look += 1) {
      assert.ok(look < 60, 'what is saved after the move does not arrive');
      await pair.sync('laptop');
    }
    watch.process.kill('SIGTERM');
    assert.equal((await watch.ended).exitCode, 0);
  });

  test('who joins where the repository was is led to where it is', async (context) => {
    const pair = await settledPair(context);
    const from = pair.place.bucket;
    await pair.must('laptop', 'move', join(pair.place.root, 'new'));
    const joined = await pair.must('tablet', 'join', from, '--device', 'tablet');
    assert.match(joined.out, /has joined .*\/new\./);
    assert.match((await pair.must('laptop', 'sync')).out, /in step/);
    assert.match((await pair.must('laptop', 'devices')).out, /tablet/);
  });

  test('who loses a device where the repository was changes the key where it is', async (context) => {
    const pair = await settledPair(context);
    await pair.must('tablet', 'join', pair.place.bucket, '--device', 'tablet');
    await pair.settle();
    await pair.must('laptop', 'move', join(pair.place.root, 'new'));
    const report = ['devices', 'remove', 'tablet', '--lost', '--yes'];
    const next = { SATCHEL_NEW_PASSPHRASE: 'a new passphrase for tests' };
    const first = await pair.run('desktop', report, next);
    assertTells(first, 3, /gone to another bucket/);
    const again = await pair.run('desktop', report, next);
    assert.equal(again.exitCode, 0, again.err);
    assert.match(again.out, /The recovery key/);
    const opener = { SATCHEL_PASSPHRASE: next.SATCHEL_NEW_PASSPHRASE };
    const unlocked = await pair.run('laptop', ['keys', 'unlock'], opener);
    assert.equal(unlocked.exitCode, 0, unlocked.err);
  });

  test('who changes the keys where the repository was is sent to where it is', async (context) => {
    const pair = await settledPair(context);
    const next = { SATCHEL_NEW_PASSPHRASE: 'a new passphrase for tests' };
    const added = await pair.run('laptop', ['keys', 'add'], next);
    assert.equal(added.exitCode, 0, added.err);
    const listed = (await pair.must('desktop', 'keys', '--json')).json<{ id: string }[]>();
    await pair.must('laptop', 'move', join(pair.place.root, 'new'));
    const before = slotsIn(pair.place.bucket);
    for (const words of [['add', '--replace'], ['recovery'], ['remove', listed[0]?.id ?? '']]) {
      const ran = await pair.run('desktop', ['keys', ...words], next);
      assertTells(ran, 3, /went from .* to another bucket.*satchel sync/s);
      assert.deepEqual(slotsIn(pair.place.bucket), before);
    }
    await pair.sync('desktop');
    const again = await pair.run('desktop', ['keys', 'add', '--replace'], next);
    assert.equal(again.exitCode, 0, again.err);
    const joined = await pair.run('tablet', ['join', join(pair.place.root, 'new')], {
      SATCHEL_PASSPHRASE: next.SATCHEL_NEW_PASSPHRASE,
    });
    assert.equal(joined.exitCode, 0, joined.err);
  });

  test('stopped before the others are told, it takes along how they changed the keys', async (context) => {
    const pair = await settledPair(context);
    const to = join(pair.place.root, 'new');
    await asDevice(join(pair.place.root, 'laptop'), async (session) => {
      const { db, store } = session.engine;
      const stopped: ObjectStore = {
        ...store,
        name: store.name,
        put: async (key, body) => {
          if (getMeta(db, 'moved') === undefined) return await store.put(key, body);
          throw new StoreError('unreachable', 'the network is gone', 'never');
        },
      };
      const engine = { ...session.engine, store: stopped };
      const destination = { settings: parseBucketUrl(to), insecureTls: false };
      const moving = moveTo({ ...session, engine }, destination);
      await assert.rejects(moving, { kind: 'unreachable' });
    });
    const next = { SATCHEL_NEW_PASSPHRASE: 'a new passphrase for tests' };
    const replaced = await pair.run('desktop', ['keys', 'add', '--replace'], next);
    assert.equal(replaced.exitCode, 0, replaced.err);
    assert.notDeepEqual(slotsIn(to), slotsIn(pair.place.bucket));
    await pair.sync('laptop');
    assert.equal(bucketOf(pair, 'laptop'), pathToFileURL(to).href);
    assert.deepEqual(slotsIn(to), slotsIn(pair.place.bucket));
    await pair.settle();
  });

  test('cut off anywhere, nothing has changed for the others, or all has; again, it ends well', async (context) => {
    const pair = await settledPair(context);
    await pair.settle();
    let killed = 0;
    let before = bucketOf(pair, 'laptop');
    for (let moment = 1; moment < 400; moment += 9) {
      const to = join(pair.place.root, `bucket-${moment}`);
      const ran = await pair.run('laptop', ['move', to], killedAt(moment));
      if (!wasKilled(ran)) {
        assert.equal(ran.exitCode, 0, ran.err);
        break;
      }
      killed += 1;
      save(pair.there, `after ${moment}.md`, 'text\n', { age: moment });
      await pair.sync('desktop');
      const again = await pair.run('laptop', ['move', to]);
      assert.ok(again.exitCode === 0 || bucketOf(pair, 'laptop').endsWith(`-${moment}`), again.err);
      await pair.sync('desktop');
      assert.notEqual(bucketOf(pair, 'laptop'), before);
      await pair.settle();
      assert.equal(bucketOf(pair, 'desktop'), bucketOf(pair, 'laptop'));
      before = bucketOf(pair, 'laptop');
    }
    assert.ok(killed > 8, `only ${killed} moments were met`);
  });

  test('a place that is not empty, not apart, or of another repository is refused', async (context) => {
    const pair = await settledPair(context);
    const { root, bucket } = pair.place;
    const other = join(root, 'other');
    await pair.must('stranger', 'init', other, '--no-encryption');
    mkdirSync(join(root, 'full'));
    save(join(root, 'full'), 'a file.txt', 'of somebody');
    const refused: readonly (readonly [place: string, message: RegExp])[] = [
      [bucket, /is there already/],
      [join(bucket, 'deeper'), /is there already/],
      [root, /or above or below/],
      [join(pair.here, 'bucket'), /are not apart/],
      [join(root, 'laptop/bucket'), /lies in the home/],
      [other, /There is a Satchel repository in/],
      [join(root, 'full'), /There is something in/],
    ];
    for (const [place, message] of refused) {
      assertTells(await pair.run('laptop', ['move', place]), 2, message);
    }
    assertTells(await pair.run('laptop', ['move']), 2, /Name the bucket/);
    assert.ok(bucketOf(pair, 'laptop').endsWith('/bucket'));
    await pair.settle();
  });
});

suite('a device that cannot follow by itself', () => {
  test('sends nothing, says what to do, and goes on once it was told how', async (context) => {
    const pair = await settledPair(context);
    const folder = join(pair.place.root, 's3');
    mkdirSync(folder);
    const { url } = await startFakeS3(context, bucketAt(folder));
    const moved = await pair.run('laptop', ['move', url], CREDENTIALS);
    assert.equal(moved.exitCode, 0, moved.err);
    const ran = await pair.run('desktop', ['sync'], NO_CREDENTIALS);
    assertTells(ran, 3, /The repository moved to s3:.*\n.*satchel move --follow/);
    const pending = (await pair.must('desktop', 'pending', '--json')).json<{ path: string }[]>();
    assert.deepEqual(
      pending.map(({ path }) => path),
      ['unsent.md'],
    );
    const { err: state } = await pair.must('desktop', 'status');
    assert.match(state, /moved to s3:/);
    const follow = await pair.run('desktop', ['move', '--follow'], CREDENTIALS);
    assert.equal(follow.exitCode, 0, follow.err);
    const synced = await pair.run('laptop', ['sync'], CREDENTIALS);
    assert.equal(synced.exitCode, 0, synced.err);
    assert.ok(existsSync(join(pair.here, 'unsent.md')));
  });

  test('without encryption a person decides, for anybody could have written that', async (context) => {
    const pair = await createPair(context);
    await pair.settle();
    await pair.must('laptop', 'move', join(pair.place.root, 'new'));
    assertTells(await pair.run('desktop', ['sync']), 3, /moved to .*not encrypted/);
    await pair.must('desktop', 'move', '--follow');
    await pair.settle();
  });

  test('finds it by an address of its own, even where the former bucket is gone', async (context) => {
    const pair = await settledPair(context);
    const there = join(pair.place.root, 'new');
    await pair.must('laptop', 'move', there);
    rmSync(pair.place.bucket, { recursive: true });
    assertTells(await pair.run('desktop', ['move', '--follow']), 2, /No device has moved/);
    const wrong = join(pair.place.root, 'wrong');
    await pair.must('stranger', 'init', wrong, '--no-encryption');
    assertTells(await pair.run('desktop', ['move', '--follow', wrong]), 2, /but another one/);
    await pair.must('desktop', 'move', '--follow', there);
    await pair.settle();
  });
});
