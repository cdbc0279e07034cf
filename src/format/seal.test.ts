import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { chooseSeed, createSeededRandom } from '../../test/support/ports.ts';
import { concat, utf8 } from '../base/bytes.ts';
import { sha256 } from '../base/hash.ts';
import { type Encryption, openRepositoryKey, type RepositoryKey } from './repository-key.ts';
import { openObject, SEAL_OVERHEAD_BYTES, sealBlob, sealObject } from './seal.ts';

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
  sealed[4] = 2;
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
