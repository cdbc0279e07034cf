import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createManualClock, createSeededRandom } from '../../test/support/ports.ts';
import type { KeyRing } from '../format/key-ring.ts';
import { formatRecoveryKey } from '../format/repository-key.ts';
import { laterRootsIn, laterRootsOf, opensNoMore } from '../format/slot.ts';
import { createMemoryStore } from '../store/memory.ts';
import type { ObjectStore } from '../store/store.ts';
import { rotateKey } from './key-ring.ts';
import { createRepository, readManifest, unlockRepository } from './repository.ts';
import { addSlot, type RepositoryPorts, readSlots, removeSlots } from './slots.ts';

const OLD = 'the passphrase before, for tests';
const NEW = 'the passphrase after, for tests';

async function made() {
  const store = createMemoryStore();
  const ports = { store, clock: createManualClock(1e12), random: createSeededRandom(5) };
  const created = await createRepository(ports, { passphrase: OLD, pauseMs: 0 });
  assert.ok(created.ring && created.recovery);
  return { store, ports, ring: created.ring, paper: formatRecoveryKey(created.recovery) };
}

async function unlock(store: ObjectStore, typed: string) {
  const manifest = await readManifest(store);
  assert.ok(manifest);
  return await unlockRepository(store, manifest, typed);
}

/** A rotation as the app does it: slots, then this device, then the end of what is outdated. */
async function rotateWhole(ports: RepositoryPorts, ring: KeyRing, keep: (ring: KeyRing) => void) {
  const rotated = await rotateKey(ports, ring, { passphrase: NEW });
  keep(rotated.ring);
  await removeSlots(ports.store, rotated.outdated);
  return rotated;
}

suite('F8: changing the repository key', () => {
  test('the new passphrase and recovery key open everything, the old passphrase nothing', async () => {
    const { store, ports, ring } = await made();
    const rotated = await rotateWhole(ports, ring, () => undefined);
    assert.equal(rotated.ring.length, 2);
    assert.deepEqual(rotated.ring[0], ring[0]);
    for (const typed of [NEW, formatRecoveryKey(rotated.recovery)]) {
      assert.deepEqual(await unlock(store, typed), { ring: rotated.ring, isPartial: false });
    }
    await assert.rejects(unlock(store, OLD), { kind: 'refused' });
  });

  test('the old recovery key opens what is older, and says that there is more', async () => {
    const { store, ports, ring, paper } = await made();
    await rotateWhole(ports, ring, () => undefined);
    assert.deepEqual(await unlock(store, paper), { ring, isPartial: true });
  });

  test('stopped at any request, somebody can still get in, and again completes it', async () => {
    for (let stopAt = 0; ; stopAt += 1) {
      const { store, ports, ring, paper } = await made();
      let kept = ring;
      const failing = stoppingStore(store, stopAt);
      const first = await rotateWhole({ ...ports, store: failing }, kept, (next) => {
        kept = next;
      }).catch(() => undefined);
      // This device never seals with what nobody else could get.
      const known = await unlock(store, kept.length > 1 ? NEW : OLD);
      assert.deepEqual(known.ring, kept, `stopped at request ${stopAt}`);
      assert.deepEqual((await unlock(store, paper)).ring, ring);
      const second = await rotateWhole(ports, kept, (next) => {
        kept = next;
      });
      const all = (await unlock(store, formatRecoveryKey(second.recovery))).ring;
      assert.deepEqual(all, kept);
      await assert.rejects(unlock(store, OLD), { kind: 'refused' });
      const slots = (await readSlots(store)).map(({ slot }) => slot);
      const later = laterRootsOf(kept, (await readManifest(store))?.repository ?? '');
      assert.ok(
        slots.every((slot) => opensNoMore(slot, later)),
        `stopped at request ${stopAt}`,
      );
      assert.equal(slots.filter(({ kind }) => kind === 'passphrase').length, 1);
      if (first !== undefined) {
        assert.ok(stopAt > 5, 'there were requests to stop at');
        return;
      }
    }
  });

  test('two devices that change it at once both keep their way in', async () => {
    const { store, ports, ring } = await made();
    const a = await rotateKey(ports, ring, { passphrase: 'of device a, for tests' });
    const b = await rotateKey(ports, ring, { passphrase: 'of device b, for tests' });
    await removeSlots(store, a.outdated);
    await removeSlots(store, b.outdated);
    assert.deepEqual((await unlock(store, 'of device a, for tests')).ring, a.ring);
    assert.deepEqual((await unlock(store, 'of device b, for tests')).ring, b.ring);
  });

  test('a passphrase added meanwhile that opens more than this device is left alone', async () => {
    const { store, ports, ring } = await made();
    const repository = (await readManifest(store))?.repository ?? '';
    const { ring: newer } = await rotateKey(ports, ring, { passphrase: NEW });
    await addSlot(ports, repository, newer, { kind: 'passphrase', passphrase: 'third one' });
    const late = await rotateKey(ports, ring, { passphrase: 'fourth one' });
    const sizes = (await readSlots(store))
      .filter(({ id }) => late.outdated.includes(id))
      .map(({ slot }) => laterRootsIn(slot).length);
    assert.deepEqual(sizes, [0]);
  });

  test('where two changed it at once, a later change leaves what it does not know', async () => {
    const { store, ports, ring } = await made();
    const a = await rotateKey(ports, ring, { passphrase: 'of device a, for tests' });
    const b = await rotateKey(ports, ring, { passphrase: 'of device b, for tests' });
    await removeSlots(store, [...a.outdated, ...b.outdated]);
    // Both rings have two roots: what opens the other one must stay all the same.
    const again = await rotateKey(ports, a.ring, { passphrase: NEW });
    await removeSlots(store, again.outdated);
    assert.deepEqual(await unlock(store, 'of device b, for tests'), {
      ring: b.ring,
      isPartial: true,
    });
    assert.deepEqual(await unlock(store, NEW), { ring: again.ring, isPartial: true });
    await assert.rejects(unlock(store, 'of device a, for tests'), { kind: 'refused' });
  });

  test('a key of another repository changes nothing', async () => {
    const { store, ports } = await made();
    const { objects } = await store.list('keys/');
    const foreign = [{ epoch: 0, root: new Uint8Array(32) }];
    await assert.rejects(rotateKey(ports, foreign, { passphrase: NEW }), { kind: 'damaged' });
    assert.deepEqual((await store.list('keys/')).objects, objects);
  });

  test('F1: a Satchel that knows no rings is told to become newer', async () => {
    const { store, ports, ring } = await made();
    await rotateKey(ports, ring, { passphrase: NEW });
    const formats = (await readSlots(store)).map(({ slot }) => slot.format).sort();
    assert.deepEqual(formats, [1, 1, 2, 2]);
  });
});

/** A store that answers so many requests and then no more. */
function stoppingStore(inner: ObjectStore, requests: number): ObjectStore {
  let left = requests;
  const next = (): void => {
    if (left === 0) throw new Error('stopped');
    left -= 1;
  };
  return {
    ...inner,
    get: async (key, options) => {
      next();
      return await inner.get(key, options);
    },
    put: async (key, body) => {
      next();
      return await inner.put(key, body);
    },
    list: async (prefix) => {
      next();
      return await inner.list(prefix);
    },
    delete: async (key) => {
      next();
      await inner.delete(key);
    },
  };
}
