/**
 * F1: what is written after a change of the key, to the byte. The files under `golden/key-change/`
 * are written once (`GOLDEN_WRITE=1`, which refuses to overwrite) and never changed.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { utf8 } from '../src/base/bytes.ts';
import { sha256 } from '../src/base/hash.ts';
import type { KeyRing } from '../src/format/key-ring.ts';
import { blobKey, headKey } from '../src/format/object-keys.ts';
import { blobIdOf, openKeyRing } from '../src/format/repository-key.ts';
import { openObject, sealBlob, sealObject } from '../src/format/seal.ts';
import { decodeSlot, makeSlot, openSlot } from '../src/format/slot.ts';
import { GOLDEN_BLOB, GOLDEN_REPOSITORY, GOLDEN_ROOT } from './support/golden-objects.ts';

const FOLDER = join(import.meta.dirname, 'golden', 'key-change');
const LIMIT = 1024 * 1024;
const SLOT = 'goldenringslot';
const PASSPHRASE = { kind: 'passphrase', passphrase: 'golden passphrase, for tests only' } as const;
const RING: KeyRing = [
  { epoch: 0, root: GOLDEN_ROOT },
  { epoch: 1, root: new Uint8Array(32).fill(0xa1) },
  { epoch: 1, root: new Uint8Array(32).fill(0xb2) },
];
const BODY = utf8('{"format":1,"what":"a body, which the envelope does not look into"}');
const HEAD = headKey('goldendevice');

const key = openKeyRing(GOLDEN_REPOSITORY, RING);
const BLOB = blobKey(blobIdOf(key, sha256(GOLDEN_BLOB), 2));
const random = { bytes: (count: number) => new Uint8Array(count).fill(5) };

async function makeObjects(): Promise<ReadonlyMap<string, Uint8Array>> {
  const cost = { memoryKiB: 64, passes: 1, lanes: 1 };
  const inputs = { random, nowMs: 1_795_000_000_000, name: 'a name', cost };
  return new Map([
    ['slot', await makeSlot(SLOT, GOLDEN_REPOSITORY, RING, PASSPHRASE, inputs)],
    ['head', sealObject(key, HEAD, BODY, random)],
    ['blob', sealBlob(key, BLOB, GOLDEN_BLOB)],
  ]);
}

if (process.env.GOLDEN_WRITE === '1') {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, body] of await makeObjects()) {
    const path = join(FOLDER, name);
    if (!existsSync(path)) writeFileSync(path, body);
  }
}

function golden(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FOLDER, name)));
}

suite('F1: golden files of a repository whose key was changed', () => {
  test('the slot holds the ring, and a name', async () => {
    const slot = decodeSlot(SLOT, golden('slot'));
    assert.equal(slot.name, 'a name');
    assert.deepEqual(await openSlot(SLOT, GOLDEN_REPOSITORY, slot, PASSPHRASE), RING);
  });

  test('objects open, and are sealed the same again', async () => {
    assert.deepEqual(openObject(key, HEAD, golden('head'), LIMIT), BODY);
    assert.deepEqual(openObject(key, BLOB, golden('blob'), LIMIT), GOLDEN_BLOB);
    for (const [name, body] of await makeObjects()) assert.deepEqual(body, golden(name), name);
  });
});
