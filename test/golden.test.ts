/**
 * F1: what was ever released can still be read, to the byte. The files under `golden/` are written
 * once for each format (`GOLDEN_WRITE=1`, which refuses to overwrite) and never changed.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import * as z from 'zod';
import { utf8, utf8Text } from '../src/base/bytes.ts';
import { contentHash, sha256 } from '../src/base/hash.ts';
import { versionSchema, wireCommitSchema } from '../src/format/commit.ts';
import { condemnedSchema, decodeCondemned } from '../src/format/condemned.ts';
import { decodeHead, decodeIndex, headSchema, indexSchema } from '../src/format/head.ts';
import {
  decodeLinkObject,
  linkObjectSchema,
  linkTargetSchema,
  openLink,
  openLinkObject,
  parseLink,
} from '../src/format/link.ts';
import { decodeManifest, manifestSchema } from '../src/format/manifest.ts';
import { blobKey, MANIFEST_KEY } from '../src/format/object-keys.ts';
import { blobIdOf, isRightKey, openRepositoryKey } from '../src/format/repository-key.ts';
import { openObject } from '../src/format/seal.ts';
import { decodeSegment, segmentSchema } from '../src/format/segment.ts';
import { decodeSlot, openSlot, slotSchema } from '../src/format/slot.ts';
import { SCHEMA_STEPS } from '../src/replica/schema.ts';
import {
  GOLDEN_BLOB,
  GOLDEN_CODE,
  GOLDEN_COMMITS,
  GOLDEN_KEYS,
  GOLDEN_LINK_TARGET,
  GOLDEN_NOTE,
  GOLDEN_PASSPHRASE,
  GOLDEN_RECOVERY,
  GOLDEN_REPOSITORY,
  GOLDEN_ROOT,
  makeGoldenObjects,
} from './support/golden-objects.ts';

const FOLDER = join(import.meta.dirname, 'golden', 'format-1');
const LIMIT = 1024 * 1024;

if (process.env.GOLDEN_WRITE === '1') await writeMissing();

async function writeMissing(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, body] of await makeGoldenObjects()) {
    const path = join(FOLDER, name);
    if (!existsSync(path)) writeFileSync(path, body);
  }
}

function golden(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FOLDER, name)));
}

const secret = openRepositoryKey('aes-256-gcm', GOLDEN_REPOSITORY, GOLDEN_ROOT);

suite('F1: golden files of format 1', () => {
  test('the manifest tells repository, encryption and the right key', () => {
    const manifest = decodeManifest(golden(MANIFEST_KEY));
    assert.equal(manifest.repository, GOLDEN_REPOSITORY);
    assert.equal(manifest.encryption, 'aes-256-gcm');
    assert.ok(isRightKey(GOLDEN_ROOT, GOLDEN_REPOSITORY, manifest.keyCheck));
  });

  test('the slots open by passphrase and by recovery key, and by no other', async () => {
    const open = (name: string, id: string, secretOf: Parameters<typeof openSlot>[3]) =>
      openSlot(id, GOLDEN_REPOSITORY, decodeSlot(id, golden(name)), secretOf);
    const ring = [{ epoch: 0, root: GOLDEN_ROOT }];
    const right = { kind: 'passphrase', passphrase: GOLDEN_PASSPHRASE } as const;
    const wrong = { kind: 'passphrase', passphrase: 'another' } as const;
    const recovery = { kind: 'recovery', recovery: GOLDEN_RECOVERY } as const;
    assert.deepEqual(await open('slot-passphrase', 'goldenpassphraseslot', right), ring);
    assert.equal(await open('slot-passphrase', 'goldenpassphraseslot', wrong), undefined);
    assert.equal(await open('slot-passphrase', 'goldenrecoveryslot', right), undefined);
    assert.deepEqual(await open('slot-recovery', 'goldenrecoveryslot', recovery), ring);
  });

  test('the head reads the same, sealed or with a checksum only', () => {
    const sealed = openObject(secret, GOLDEN_KEYS.head, golden('head'), LIMIT);
    const open = openRepositoryKey('none', GOLDEN_REPOSITORY, undefined);
    const plain = openObject(open, GOLDEN_KEYS.head, golden('head-open'), LIMIT);
    assert.deepEqual(sealed, plain);
    const head = decodeHead(GOLDEN_KEYS.head, sealed);
    assert.equal(head.device.name, 'golden laptop');
    assert.equal(head.collections.goldencollection?.tail[0]?.own, 0);
    assert.deepEqual(head.ended, { formerdevice: { goldencollection: 7 } });
  });

  test('the segment gives back its commits with whole clocks', () => {
    const body = openObject(secret, GOLDEN_KEYS.segment, golden('segment'), LIMIT);
    const segment = decodeSegment(GOLDEN_KEYS.segment, body);
    assert.deepEqual(segment.commits, GOLDEN_COMMITS);
    assert.equal(segment.commits[0]?.versions[0]?.text, GOLDEN_NOTE);
  });

  test('the index gives back its lists', () => {
    const body = openObject(secret, GOLDEN_KEYS.index, golden('index'), LIMIT);
    const { collections } = decodeIndex(GOLDEN_KEYS.index, body);
    assert.deepEqual(collections.goldencollection?.segments[0]?.[0], 'goldenolder');
  });

  test('the list of condemned blobs gives back their ids', () => {
    const body = openObject(secret, GOLDEN_KEYS.condemned, golden('condemned'), LIMIT);
    assert.deepEqual(decodeCondemned(GOLDEN_KEYS.condemned, body).blobs, ['goldenblob']);
  });

  test('the link opens by its code, and its object gives the key', async () => {
    const parsed = parseLink(utf8Text(golden('link')) ?? '');
    assert.ok(parsed.kind === 'link');
    const opened = await openLink(parsed.link, GOLDEN_CODE);
    assert.ok(opened);
    assert.deepEqual(opened.target, GOLDEN_LINK_TARGET);
    const object = decodeLinkObject(opened.id, golden('link-object'));
    assert.equal(object.until, GOLDEN_LINK_TARGET.until);
    assert.deepEqual(openLinkObject(opened, object), [{ epoch: 0, root: GOLDEN_ROOT }]);
  });

  test('the blob opens under the name made from its content, and is sealed the same again', async () => {
    const key = blobKey(blobIdOf(secret, sha256(GOLDEN_BLOB), 0));
    assert.deepEqual(openObject(secret, key, golden('blob'), LIMIT), GOLDEN_BLOB);
  });
});

/**
 * A changed hash means a changed wire or disk format: give it a new number, write its golden files
 * or its migration, and only then the new hash here. What an older program can ignore, such as a new
 * field, needs the new hash alone.
 */
const PINNED: Readonly<Record<string, readonly [schema: unknown, hash: string]>> = {
  version: [z.toJSONSchema(versionSchema), '1dc180d1af482b48'],
  commit: [z.toJSONSchema(wireCommitSchema), '236db080884a4354'],
  head: [z.toJSONSchema(headSchema), '95982776ab8e3de9'],
  index: [z.toJSONSchema(indexSchema), '1c9216950313c5b3'],
  condemned: [z.toJSONSchema(condemnedSchema), '05546b6aa6ee4bd8'],
  segment: [z.toJSONSchema(segmentSchema), 'd6f3ed9259317741'],
  manifest: [z.toJSONSchema(manifestSchema), '0a146d862947894c'],
  slot: [z.toJSONSchema(slotSchema), '7410000451c37b24'],
  "link's text": [z.toJSONSchema(linkTargetSchema), 'ec1eaef88528bbf8'],
  "link's object": [z.toJSONSchema(linkObjectSchema), '658959291709a4fc'],
  'replica, step 1': [SCHEMA_STEPS[0], '669aac7006b40004'],
  'replica, step 2': [SCHEMA_STEPS[1], 'ccf654f1b5c251d4'],
  'replica, step 3': [SCHEMA_STEPS[2], 'f36eb428bafbb2fe'],
  'replica, step 4': [SCHEMA_STEPS[3], '30fbf9c3644d9874'],
};

suite('F1: schemas are pinned by a hash', () => {
  for (const [name, [schema, pinned]] of Object.entries(PINNED)) {
    test(`the schema of the ${name} is the one of its format`, () => {
      const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
      assert.equal(contentHash(utf8(text)).slice(0, 16), pinned);
    });
  }
});
