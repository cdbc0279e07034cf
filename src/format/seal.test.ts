import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { chooseSeed, createSeededRandom } from '../../test/support/ports.ts';
import { concat, utf8 } from '../base/bytes.ts';
import { sha256 } from '../base/hash.ts';
import {
  blobIdOf,
  blobNameOf,
  type Encryption,
  openKeyRing,
  openRepositoryKey,
  type RepositoryKey,
} from './repository-key.ts';
import { MissingKeyError, openObject, SEAL_OVERHEAD_BYTES, sealBlob, sealObject } from './seal.ts';

const seed = chooseSeed();
const random = createSeededRandom(seed);
const root = new Uint8Array(32).fill(3);
const LIMIT = 1024 * 1024;
const DAMAGED = { name: 'SatchelError', kind: 'damaged' };

function keyOf(encryption: Encryption): RepositoryKey {
  return openRepositoryKey(encryption, 'repo', encryption === 'none' ? undefined : root);
}

for (const encryption of ['aes-256-gcm', 'none'] as const) {
  suite(`F6: seals, encryption ${encryption} (seed ${seed})`, () => {
    const key = keyOf(encryption);
    const text = utf8('A line that repeats. '.repeat(500));
    const noise = random.bytes(3000);

    test('what was sealed opens to the same bytes, compressed where that helps', () => {
      for (const body of [new Uint8Array(0), text, noise]) {
        const sealed = sealObject(key, 'heads/a', body, random);
        assert.deepEqual(openObject(key, 'heads/a', sealed, LIMIT), body);
      }
      assert.ok(sealObject(key, 'heads/a', text, random).length < text.length / 10);
      assert.ok(
        sealObject(key, 'heads/a', noise, random).length <= noise.length + SEAL_OVERHEAD_BYTES,
      );
    });

    test('an object under another name does not open', () => {
      const sealed = sealObject(key, 'heads/a', text, random);
      assert.throws(() => openObject(key, 'heads/b', sealed, LIMIT), DAMAGED);
    });

    test('a cut or altered object does not open, wherever it was touched', () => {
      const sealed = sealObject(key, 'heads/a', noise, random);
      for (let size = 0; size < sealed.length; size += 97) {
        assert.throws(() => openObject(key, 'heads/a', sealed.subarray(0, size), LIMIT), DAMAGED);
      }
      for (let at = 0; at < sealed.length; at += at < 64 ? 1 : 53) {
        const altered = Uint8Array.from(sealed);
        altered[at] = (altered[at] ?? 0) ^ 1;
        assert.throws(() => openObject(key, 'heads/a', altered, LIMIT), DAMAGED, `byte ${at}`);
      }
    });

    test('a body that unpacks to more than it may is refused', () => {
      const bomb = sealObject(key, 'heads/a', new Uint8Array(50 * LIMIT), random);
      assert.ok(bomb.length < 10_000);
      assert.throws(() => openObject(key, 'heads/a', bomb, LIMIT), DAMAGED);
    });

    test('the same blob is sealed to the same object', () => {
      assert.deepEqual(sealBlob(key, 'blobs/aa/aa', text), sealBlob(key, 'blobs/aa/aa', text));
      const sealed = sealBlob(key, 'blobs/aa/aa', text);
      assert.deepEqual(openObject(key, 'blobs/aa/aa', sealed, LIMIT), text);
    });
  });
}

test('F7: an encrypted repository takes no object that is only checksummed', () => {
  const plain = sealObject(keyOf('none'), 'heads/a', utf8('forged'), random);
  assert.throws(() => openObject(keyOf('aes-256-gcm'), 'heads/a', plain, LIMIT), DAMAGED);
});

test('F1: an object of a newer layout names the remedy', () => {
  const sealed = sealObject(keyOf('none'), 'heads/a', utf8('x'), random);
  sealed[4] = 3;
  assert.throws(() => openObject(keyOf('none'), 'heads/a', sealed, LIMIT), {
    ...DAMAGED,
    hint: /newest Satchel/,
  });
});

test('a checksum over a body that is no zstd does not make it readable', () => {
  const header = concat([utf8('STCH'), Uint8Array.of(1, 0, 1, 0)]);
  const body = zstdCompressSync(utf8('whole')).subarray(0, 6);
  const sum = sha256(header, utf8('heads/a'), Uint8Array.of(0), body);
  const sealed = concat([header, sum, body]);
  assert.throws(() => openObject(keyOf('none'), 'heads/a', sealed, LIMIT), DAMAGED);
});

suite(`F6: seals after a change of the key (seed ${seed})`, () => {
  const before = [{ epoch: 0, root }];
  const after = [...before, { epoch: 1, root: new Uint8Array(32).fill(4) }];
  const old = openKeyRing('repo', before);
  const changed = openKeyRing('repo', after);
  const text = utf8('A line that repeats. '.repeat(50));

  test('new objects take the new key and a layout that an older Satchel refuses by name', () => {
    const sealed = sealObject(changed, 'heads/a', text, random);
    assert.deepEqual([...sealed.subarray(4, 8)], [2, 1, 1, 1]);
    assert.deepEqual(openObject(changed, 'heads/a', sealed, LIMIT), text);
    assert.ok(
      sealObject(changed, 'heads/a', random.bytes(99), random).length <= 99 + SEAL_OVERHEAD_BYTES,
    );
  });

  test('what was sealed before stays readable, and is written as ever by who has no other', () => {
    const sealed = sealObject(old, 'heads/a', text, random);
    assert.deepEqual([...sealed.subarray(4, 8)], [1, 1, 1, 0]);
    assert.deepEqual(openObject(changed, 'heads/a', sealed, LIMIT), text);
  });

  test('who lacks the key is told so: the object is not damaged', () => {
    const others = openKeyRing('repo', [...before, { epoch: 1, root: new Uint8Array(32).fill(5) }]);
    const sealed = sealObject(changed, 'heads/a', text, random);
    for (const key of [old, others]) {
      assert.throws(
        () => openObject(key, 'heads/a', sealed, LIMIT),
        (error) => error instanceof MissingKeyError && /keys unlock/.test(error.hint ?? ''),
      );
    }
  });

  test('epoch and tag are under the seal', () => {
    const twins = openKeyRing('repo', [...after, { epoch: 2, root: new Uint8Array(32).fill(4) }]);
    const sealed = sealObject(changed, 'heads/a', text, random);
    sealed[7] = 2;
    assert.throws(() => openObject(twins, 'heads/a', sealed, LIMIT), {
      ...DAMAGED,
      message: /its seal is broken/,
    });
    for (let size = 0; size < sealed.length; size += 13) {
      assert.throws(() => openObject(changed, 'heads/a', sealed.subarray(0, size), LIMIT), DAMAGED);
    }
  });

  test('a blob put back under its old name is the same object as it was', () => {
    const hash = sha256(text);
    const id = blobIdOf(old, hash, 3);
    const name = blobNameOf(changed, id, hash);
    assert.equal(name?.generation, 3);
    assert.notEqual(blobIdOf(changed, hash, 3), id);
    assert.deepEqual(sealBlob(changed, id, text, name?.by), sealBlob(old, id, text));
    assert.equal(blobNameOf(changed, id, sha256(utf8('other'))), undefined);
  });

  test('content goes on being cut in the same places', () => {
    assert.deepEqual(changed.chunking, old.chunking);
  });
});
