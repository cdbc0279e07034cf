/**
 * The engine against a bucket in the hands of somebody who means harm (rules F1, F6, S9, S10). Each
 * attack is noticed as `docs/threats.md` says, harms nothing on the device, and leaves no trace
 * once the bucket is honest again.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { concat, utf8 } from '../src/base/bytes.ts';
import { decodeHead, HEAD_MAX_BYTES } from '../src/format/head.ts';
import { MANIFEST_KEY } from '../src/format/object-keys.ts';
import { openObject } from '../src/format/seal.ts';
import { isReady } from '../src/replica/meta.ts';
import { selfId } from '../src/sync/engine.ts';
import { verifyBucket } from '../src/sync/verify.ts';
import { manifestOf, TEST_COLLECTION, TEST_KEY } from './support/device.ts';
import {
  assertTold,
  assertUnharmed,
  long,
  TARGETS,
  targetOf,
  textOf,
  withNews,
} from './support/hostile-news.ts';
import {
  type Attack,
  altered,
  changing,
  endless,
  found,
  type HostileBucket,
  hidden,
  invented,
  lyingLists,
  rolledBack,
  swapped,
  type Which,
  withByte,
  withFlippedBit,
} from './support/hostile-store.ts';
import {
  createHostileWorld,
  heal,
  type Member,
  OPEN_KEY,
  roundOf,
  slotWith,
  unsentOf,
} from './support/hostile-world.ts';

const HOUR_MS = 60 * 60 * 1000;

/** What can be done to one object, whichever it is. `other` is one of the same sort. */
const WAYS: Readonly<
  Record<string, (bucket: HostileBucket, which: Which, key: string, other: string) => Attack>
> = {
  'cut short': (bucket, which) =>
    altered('cuts short', bucket, which, (body) => body.subarray(0, body.length - 1)),
  'cut to its header': (bucket, which) =>
    altered('cuts', bucket, which, (body) => body.subarray(0, 20)),
  emptied: (bucket, which) => altered('empties', bucket, which, () => new Uint8Array(0)),
  'with a flipped bit in its body': (bucket, which) =>
    altered('flips a bit', bucket, which, withFlippedBit),
  'with a flipped bit in its salt': (bucket, which) =>
    altered('flips a bit', bucket, which, (body) => withFlippedBit(body, 9)),
  'with a flipped bit in how it is encoded': (bucket, which) =>
    altered('flips a bit', bucket, which, (body) => withFlippedBit(body, 6)),
  'sealed in another suite': (bucket, which) =>
    altered('flips a bit', bucket, which, (body) => withFlippedBit(body, 5)),
  'with more at its end': (bucket, which) =>
    altered('appends', bucket, which, (body) => concat([body, body])),
  'of another program': (bucket, which) =>
    altered('replaces', bucket, which, () => utf8('<html>Sign in</html>')),
  'exchanged with another of its sort': (bucket, _which, key, other) =>
    swapped(bucket, [key, other]),
  'that never ends': (_bucket, which) => endless(which),
  'that is hidden': (_bucket, which) => hidden(which),
};

for (const [name, key] of [
  ['encrypted', TEST_KEY],
  ['not encrypted', OPEN_KEY],
] as const) {
  suite(`F6, ${name}: an object is named, harms nothing, and is read when it is whole`, () => {
    for (const target of TARGETS) {
      for (const [way, makeAttack] of Object.entries(WAYS)) {
        test(`a ${target} ${way}`, async () => {
          const world = await createHostileWorld(key);
          const { a, b, bucket } = world;
          const [object, other] = targetOf(await withNews(world), target, b);
          const before = new Map(b.folder);
          b.view.attack = makeAttack(bucket, (read) => read === object, object, other);
          const told = await roundOf(b);
          // A head may be late for an hour, of which tests below tell; what a head names may not.
          if (target !== 'head' || way !== 'that is hidden') assertTold(told, object);
          assertUnharmed(world, before);
          assert.equal(unsentOf(b), 0, 'its own went up');
          await heal(world, [a, b]);
          assert.equal(b.folder.get('bigger'), long('bigger'));
        });
      }
    }
  });
}

suite('S15: a bucket that makes up devices and names', () => {
  test('invented heads are told by name, told on to nobody, and forgotten with the attack', async () => {
    const world = await createHostileWorld();
    const { a, b } = world;
    await withNews(world);
    const keys = ['aaaa', 'bbbb'].map((name) => `heads/invented${name}`);
    b.view.attack = invented(keys, utf8('no head at all'));
    const told = await roundOf(b);
    for (const key of keys) assertTold(told, key);
    assert.equal(b.folder.get('bigger'), long('bigger'), 'what is real arrives');
    b.folder.set('two', 'edited');
    await b.sync();
    assert.deepEqual(await knownOf(b), [selfId(a.engine)]);
    b.view.attack = undefined;
    await b.sync();
    b.view.allowed.clear();
    await heal(world, [a, b]);
    assert.deepEqual(
      [...b.view.allowed.keys()].filter((key) => keys.includes(key)),
      [],
    );
  });

  test('ten thousand invented heads cost a bounded number of requests, and no head grows', async () => {
    const world = await createHostileWorld();
    const { a, b } = world;
    await withNews(world);
    const keys = Array.from({ length: 10_000 }, (_, index) => `heads/invented${index}`);
    b.view.attack = invented(keys, utf8('no head at all'));
    b.view.allowed.clear();
    const told = await roundOf(b);
    assert.match(textOf(told), /lists 10000 heads of devices that no other device knows/);
    assert.ok(b.view.allowed.size < 1_100, `${b.view.allowed.size} objects were read`);
    assert.equal(unsentOf(b), 0, 'its own went up');
    b.view.attack = invented(keys, undefined);
    await b.sync();
    await heal(world, [a, b]);
    b.view.allowed.clear();
    await b.sync();
    assert.ok(b.view.allowed.size < 10, `${b.view.allowed.size} objects are still read`);
  });

  test('a first read is not complete while a head that is listed cannot be read', async () => {
    const world = await createHostileWorld();
    await withNews(world);
    await world.b.sync();
    const newcomer = await world.open('newcomer');
    newcomer.view.attack = invented(['heads/invented'], utf8('no head at all'));
    newcomer.folder.set('one', 'its own');
    await newcomer.sync();
    assert.equal(isReady(newcomer.engine.db, TEST_COLLECTION), false);
    assert.equal(newcomer.folder.get('one'), 'its own');
    newcomer.view.attack = undefined;
    await newcomer.sync();
    assert.ok(isReady(newcomer.engine.db, TEST_COLLECTION));
    assert.equal(newcomer.folder.get('bigger'), long('bigger'));
  });

  test('lists that lie in sizes, names and number change nothing; a few strange names are told', async () => {
    const world = await createHostileWorld();
    const { a, b } = world;
    await withNews(world);
    b.view.attack = lyingLists();
    const told = await roundOf(b);
    assert.match(textOf(told), /which no Satchel wrote/);
    assert.equal(b.folder.get('bigger'), long('bigger'));
    await heal(world, [a, b]);
  });

  test('a thousand strange names, other ones each time, do not fill the log', async () => {
    const world = await createHostileWorld();
    const { b } = world;
    for (let turn = 0; turn < 3; turn += 1) {
      const strange = Array.from({ length: 1_000 }, (_, index) => `heads/${turn} ${index}`);
      b.view.attack = { name: 'strange', list: (_prefix, honest) => ({ ...honest, strange }) };
      const told = await roundOf(b);
      assert.ok(told.length <= 11, `${told.length} events`);
      assert.match(textOf(told), /990 more such names/);
    }
  });
});

suite('F8: a bucket that claims another key, format or repository', () => {
  const claims = [
    ['a changed key', 4, 2, /keys unlock.*look at who can write/s],
    ['a newer format', 4, 9, /Install the newest.*look at who can write/s],
  ] as const;
  for (const [name, at, value, remedy] of claims) {
    test(`a head that claims ${name} is told; with the claim gone, all goes on by itself`, async () => {
      const world = await createHostileWorld();
      const { a, b, bucket, clock } = world;
      const { head } = await withNews(world);
      b.view.attack = altered(
        'claims',
        bucket,
        (key) => key === head,
        (body) => withByte(body, at, value),
      );
      const told = await roundOf(b);
      assert.match(textOf(told.filter(({ text }) => text.includes(head))), remedy);
      b.view.attack = undefined;
      for (let turn = 0; turn < 3; turn += 1) {
        clock.advance(HOUR_MS);
        await b.sync();
      }
      await heal(world, [a, b]);
      assert.equal(a.folder.get('mine'), 'of b, not sent yet');
    });
  }

  test('a claim that a slot bears out is believed for as long as the slot is there', async () => {
    const world = await createHostileWorld();
    const { b, bucket, clock } = world;
    const { head } = await withNews(world);
    await bucket.honest.put('keys/newer', slotWith(['AAAAAA==']));
    b.view.attack = altered(
      'claims',
      bucket,
      (key) => key === head,
      (body) => withByte(body, 4, 2),
    );
    await b.sync();
    b.view.attack = undefined;
    for (let turn = 0; turn < 5; turn += 1) {
      clock.advance(HOUR_MS);
      await b.sync();
    }
    assert.ok(unsentOf(b) > 0, 'it waits for the key');
  });

  test('F1: a bucket of another repository is refused where the own head is gone', async () => {
    const world = await createHostileWorld();
    const { a, b } = world;
    await withNews(world);
    await b.sync();
    const before = new Map(b.folder);
    b.view.attack = rolledBack(new Map([[MANIFEST_KEY, manifestOf('another')]]));
    const told = await roundOf(b);
    assert.match(textOf(told), /holds another repository.*Correct the bucket address/);
    b.view.attack = {
      name: 'an endless manifest',
      read: (key, { maxBytes = Number.POSITIVE_INFINITY }) => {
        if (key !== MANIFEST_KEY) return { kind: 'missing' };
        assert.ok(maxBytes <= 64 * 1024, 'a manifest is short');
        return found(new Uint8Array(maxBytes + 1));
      },
    };
    assertTold(await roundOf(b), MANIFEST_KEY);
    assert.deepEqual(b.folder, before);
    await heal(world, [a, b]);
  });
});

suite('F6: an object that answers differently each time', () => {
  for (const target of TARGETS) {
    test(`a ${target} that does is believed only where it is sealed`, async () => {
      const world = await createHostileWorld();
      const { a, b, bucket, clock } = world;
      const [object] = targetOf(await withNews(world), target, b);
      const before = new Map(b.folder);
      b.view.attack = changing(bucket, (key) => key === object);
      for (let turn = 0; turn < 12; turn += 1) {
        clock.advance(10 * 60 * 1000);
        await roundOf(b);
        assertUnharmed(world, before);
      }
      await heal(world, [a, b]);
      assert.equal(b.folder.get('bigger'), long('bigger'));
    });
  }
});

test('F6: every read names the longest body that it can use', async () => {
  const world = await createHostileWorld();
  const { a, b } = world;
  const { head, segment, blob } = await withNews(world);
  await roundOf(b);
  await verifyBucket(b.engine, { share: 1, seed: 'x' });
  await heal(world, [a, b]);
  const { allowed } = b.view;
  for (const [key, maxBytes] of allowed)
    assert.ok(maxBytes !== undefined, `${key} may be anything`);
  assert.ok((allowed.get(head) ?? 0) < 300_000);
  assert.ok((allowed.get(segment) ?? 0) < 49 * 1024 * 1024);
  assert.ok((allowed.get(blob) ?? 0) < 9 * 1024 * 1024);
});

/** The devices that a device's head tells of. */
async function knownOf({ view, head, engine }: Member): Promise<readonly string[]> {
  const result = await view.get(head);
  assert.ok(result.kind === 'found');
  return decodeHead(head, openObject(engine.key, head, result.body, HEAD_MAX_BYTES)).known;
}
