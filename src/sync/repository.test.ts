import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createManualClock, createSeededRandom } from '../../test/support/ports.ts';
import { formatRecoveryKey } from '../format/repository-key.ts';
import { createMemoryStore } from '../store/memory.ts';
import { withMeter } from '../store/meter.ts';
import { createRepository, readManifest, unlockRepository } from './repository.ts';

const PASSPHRASE = 'a passphrase for tests';

async function made(passphrase: string | undefined = PASSPHRASE) {
  const store = withMeter(createMemoryStore());
  const ports = { store, clock: createManualClock(1e12), random: createSeededRandom(5) };
  const created = await createRepository(ports, { passphrase, pauseMs: 1000 });
  const manifest = await readManifest(store);
  assert.ok(manifest);
  return { store, ports, created, manifest };
}

suite('F1, F8: repositories', () => {
  test('the passphrase and the recovery key open it', async () => {
    const { store, created, manifest } = await made();
    assert.ok(created.recovery);
    const printed = formatRecoveryKey(created.recovery);
    assert.deepEqual((await unlockRepository(store, manifest, PASSPHRASE)).ring, created.ring);
    assert.deepEqual((await unlockRepository(store, manifest, printed)).ring, created.ring);
    const spelled = await unlockRepository(store, manifest, printed.toLowerCase());
    assert.deepEqual(spelled.ring, created.ring);
  });

  test('a wrong passphrase is refused, and nothing is written', async () => {
    const { store, manifest } = await made();
    const before = store.snapshot();
    await assert.rejects(unlockRepository(store, manifest, 'another'), { kind: 'refused' });
    assert.equal(store.since(before).put, 0);
  });

  test('a mistyped recovery key is told from a wrong passphrase', async () => {
    const { store, manifest, created } = await made();
    assert.ok(created.recovery);
    const printed = formatRecoveryKey(created.recovery);
    const last = printed.endsWith('A') ? 'B' : 'A';
    const mistyped = `${printed.slice(0, -1)}${last}`;
    await assert.rejects(unlockRepository(store, manifest, mistyped), {
      kind: 'refused',
      message: /typing error/,
    });
  });

  test('a torn slot does not lock out the other', async () => {
    const { store, created, manifest } = await made();
    const { objects } = await store.list('keys/');
    const damagedFirst = objects[0];
    assert.ok(damagedFirst && created.recovery);
    await store.put(damagedFirst.key, new Uint8Array([123]));
    const opens = [PASSPHRASE, formatRecoveryKey(created.recovery)].map((secret) =>
      unlockRepository(store, manifest, secret).then(
        () => true,
        () => false,
      ),
    );
    assert.deepEqual((await Promise.all(opens)).sort(), [false, true]);
  });

  test('a second init is refused', async () => {
    const { ports } = await made();
    const again = createRepository(ports, { passphrase: PASSPHRASE, pauseMs: 0 });
    await assert.rejects(again, { kind: 'usage', hint: /satchel join/ });
  });

  test('of two inits at the same time one is told, and its slots go', async () => {
    const inner = createMemoryStore();
    const clock = createManualClock(1e12);
    const other = createManualClock(1e12);
    const first = createRepository(
      {
        store: inner,
        random: createSeededRandom(1),
        // While the first one pauses, the second does all its work.
        clock: {
          ...clock,
          sleep: async () => {
            for (const { key } of (await inner.list('')).objects) await inner.delete(key);
            await createRepository(
              { store: inner, clock: other, random: createSeededRandom(2) },
              { passphrase: PASSPHRASE, pauseMs: 0 },
            );
          },
        },
      },
      { passphrase: PASSPHRASE, pauseMs: 1 },
    );
    await assert.rejects(first, { kind: 'usage' });
    assert.equal((await inner.list('keys/')).objects.length, 2);
  });

  test('a bucket with parts of a repository gets no second one', async () => {
    const { store, ports } = await made();
    await store.delete('satchel.json');
    const again = createRepository(ports, { passphrase: PASSPHRASE, pauseMs: 0 });
    await assert.rejects(again, { kind: 'damaged', message: /parts of a repository/ });
  });

  test('a store that shows the manifest late does not make init give up', async () => {
    const inner = createMemoryStore();
    let hidden = 2;
    const store = {
      ...inner,
      get: async (key: string) => {
        hidden -= key === 'satchel.json' && hidden > 0 ? 1 : 0;
        return key === 'satchel.json' && hidden > 0 ? { kind: 'missing' as const } : inner.get(key);
      },
    };
    const ports = { store, clock: createManualClock(1e12), random: createSeededRandom(5) };
    await createRepository(ports, { passphrase: PASSPHRASE, pauseMs: 1 });
    assert.equal((await inner.list('keys/')).objects.length, 2);
  });

  test('a slot with numbers that cannot be used locks out no other', async () => {
    const { store, created, manifest } = await made();
    const [first] = (await store.list('keys/')).objects;
    assert.ok(first);
    const body = await store.get(first.key);
    assert.ok(body.kind === 'found');
    const slot = JSON.parse(new TextDecoder().decode(body.body));
    const spoilt = {
      ...slot,
      kind: 'passphrase',
      kdf: { ...slot.kdf, name: 'argon2id', salt: '', memoryKiB: 8, passes: 1, lanes: 64 },
      nonce: '',
    };
    await store.put('keys/aaaa', new TextEncoder().encode(JSON.stringify(spoilt)));
    assert.deepEqual((await unlockRepository(store, manifest, PASSPHRASE)).ring, created.ring);
  });

  test('F1: a newer format is refused with the remedy', async () => {
    const { store, manifest } = await made();
    const newer = JSON.stringify({ ...manifest, format: 2 });
    await store.put('satchel.json', new TextEncoder().encode(newer));
    await assert.rejects(readManifest(store), { kind: 'damaged', hint: /[Ii]nstall/ });
  });
});
