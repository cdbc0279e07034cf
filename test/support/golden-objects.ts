/**
 * One of each object that Satchel writes, from fixed inputs: what the golden files hold. Change
 * nothing here for a format that was released; a new format gets its own set.
 */
import { utf8 } from '../../src/base/bytes.ts';
import { contentHash, sha256 } from '../../src/base/hash.ts';
import type { Random } from '../../src/base/ports.ts';
import { type Commit, encodeCommits } from '../../src/format/commit.ts';
import { encodeCondemned } from '../../src/format/condemned.ts';
import { encodeHead, encodeIndex } from '../../src/format/head.ts';
import { type LinkTarget, makeLink } from '../../src/format/link.ts';
import { encodeManifest } from '../../src/format/manifest.ts';
import {
  blobKey,
  headKey,
  MANIFEST_KEY,
  segmentKey,
  slotKey,
} from '../../src/format/object-keys.ts';
import { blobIdOf, keyCheckOf, openRepositoryKey } from '../../src/format/repository-key.ts';
import { sealBlob, sealObject } from '../../src/format/seal.ts';
import { encodeSegment } from '../../src/format/segment.ts';
import { makeSlot } from '../../src/format/slot.ts';

export const GOLDEN_REPOSITORY = 'goldenrepository';
export const GOLDEN_ROOT: Uint8Array = new Uint8Array(32).map((_, index) => index);
export const GOLDEN_PASSPHRASE = 'golden passphrase, for tests only';
export const GOLDEN_RECOVERY: Uint8Array = new Uint8Array(20).fill(9);
export const GOLDEN_CODE = 'G01DENC0';
export const GOLDEN_NOTE = 'A note with an umlaut: ü.\n';
export const GOLDEN_BLOB: Uint8Array = new Uint8Array(20_000).map((_, index) => (index * 7) % 251);

/** Cheap on purpose: the golden slot shows the format, not the cost. */
const GOLDEN_COST = { memoryKiB: 64, passes: 1, lanes: 1 };

const DEVICE = 'goldendevice';
const COLLECTION = 'goldencollection';
const TIME = 1_795_000_000_000;

export const GOLDEN_LINK_TARGET: LinkTarget = {
  bucket: 's3://golden-bucket/notes?region=eu-west-1',
  repository: GOLDEN_REPOSITORY,
  until: TIME + 15 * 60 * 1000,
  keys: ['golden-access-key', 'golden-secret-for-tests'],
};

const fixedRandom: Random = { bytes: (count) => new Uint8Array(count).fill(5) };

export const GOLDEN_COMMITS: readonly Commit[] = [
  {
    n: 1,
    id: 'AAAAAAAAAAAAAAAAAAAAAA',
    time: TIME,
    clock: { otherdevice: [3, 'BBBBBB'] },
    own: undefined,
    versions: [
      {
        id: 'CCCCCCCCCCCCCCCCCCCCCC',
        record: 'DDDDDDDDDDDDDDDDDDDDDD',
        stamp: [TIME, DEVICE],
        fields: { path: 'notes/ü.md', mtime: TIME, exec: true },
        hash: contentHash(utf8(GOLDEN_NOTE)),
        size: utf8(GOLDEN_NOTE).length,
        text: GOLDEN_NOTE,
      },
      {
        id: 'EEEEEEEEEEEEEEEEEEEEEE',
        record: 'FFFFFFFFFFFFFFFFFFFFFF',
        stamp: [TIME + 1, DEVICE],
        fields: { path: 'raw.bin' },
        hash: contentHash(Uint8Array.of(0, 255, 1)),
        size: 3,
        bytes: 'AP8B',
      },
    ],
  },
  {
    n: 2,
    id: 'GGGGGGGGGGGGGGGGGGGGGG',
    time: TIME + 2,
    clock: { otherdevice: [4, 'HHHHHH'] },
    own: 0,
    versions: [
      {
        id: 'IIIIIIIIIIIIIIIIIIIIII',
        record: 'DDDDDDDDDDDDDDDDDDDDDD',
        stamp: [TIME + 2, DEVICE],
        fields: { path: 'notes/renamed.md', mtime: TIME },
        stamps: { mtime: [TIME, DEVICE], exec: [TIME + 2, DEVICE] },
        hash: contentHash(utf8(GOLDEN_NOTE)),
        size: utf8(GOLDEN_NOTE).length,
        of: [DEVICE, 1, 'CCCCCCCCCCCCCCCCCCCCCC'],
        beside: ['JJJJJJJJJJJJJJJJJJJJJJ'],
        parents: ['CCCCCCCCCCCCCCCCCCCCCC'],
      },
      {
        id: 'KKKKKKKKKKKKKKKKKKKKKK',
        record: 'LLLLLLLLLLLLLLLLLLLLLL',
        stamp: [TIME + 2, DEVICE],
        fields: { path: 'photo.jpg' },
        hash: contentHash(GOLDEN_BLOB),
        size: GOLDEN_BLOB.length,
        blobs: [['goldenblob', GOLDEN_BLOB.length]],
      },
      {
        id: 'MMMMMMMMMMMMMMMMMMMMMM',
        record: 'FFFFFFFFFFFFFFFFFFFFFF',
        stamp: [TIME + 2, DEVICE],
        gone: true,
        fields: { path: 'raw.bin' },
        parents: ['EEEEEEEEEEEEEEEEEEEEEE'],
      },
    ],
  },
];

/** Every object by its file name in `test/golden/format-1/`. */
export async function makeGoldenObjects(): Promise<ReadonlyMap<string, Uint8Array>> {
  const secret = openRepositoryKey('aes-256-gcm', GOLDEN_REPOSITORY, GOLDEN_ROOT);
  const open = openRepositoryKey('none', GOLDEN_REPOSITORY, undefined);
  const keyCheck = keyCheckOf(GOLDEN_ROOT, GOLDEN_REPOSITORY);
  const manifest = {
    repository: GOLDEN_REPOSITORY,
    created: TIME,
    encryption: 'aes-256-gcm',
    keyCheck,
  } as const;
  const slotInputs = { random: fixedRandom, nowMs: TIME, cost: GOLDEN_COST };
  const slot = (id: string, kind: 'passphrase' | 'recovery'): Promise<Uint8Array> =>
    makeSlot(
      id,
      GOLDEN_REPOSITORY,
      [{ epoch: 0, root: GOLDEN_ROOT }],
      kind === 'passphrase'
        ? { kind, passphrase: GOLDEN_PASSPHRASE }
        : { kind, recovery: GOLDEN_RECOVERY },
      slotInputs,
    );
  const head = encodeHead({
    repository: GOLDEN_REPOSITORY,
    device: { id: DEVICE, name: 'golden laptop', platform: 'linux', app: 'satchel 0.1.0' },
    nonce: 'NNNNNNNNNNNNNNNNNNNNNN',
    time: TIME,
    collections: {
      [COLLECTION]: {
        n: 2,
        clock: { otherdevice: [4, 'HHHHHH'] },
        segments: [['goldensegment', 1, 1, 700, 'AAAAAA']],
        archives: [['goldenarchive', 1, 1, 300, 'AAAAAA']],
        dropped: ['goldenolder'],
        tail: encodeCommits(GOLDEN_COMMITS.slice(1)),
      },
    },
    known: ['otherdevice'],
    ended: { formerdevice: { [COLLECTION]: 7 } },
    index: 'goldenindex',
  });
  const segment = encodeSegment({
    author: DEVICE,
    collection: COLLECTION,
    from: 1,
    to: 2,
    clock: { otherdevice: [4, 'HHHHHH'] },
    commits: GOLDEN_COMMITS,
  });
  const index = encodeIndex({
    [COLLECTION]: {
      clock: { otherdevice: [4, 'HHHHHH'] },
      segments: [['goldenolder', 1, 1, 9, 'AAAAAA']],
      archives: [],
    },
  });
  const condemned = encodeCondemned({ since: TIME, blobs: ['goldenblob'] });
  const link = await makeLink(
    { random: fixedRandom, madeMs: TIME },
    GOLDEN_CODE,
    GOLDEN_LINK_TARGET,
    [{ epoch: 0, root: GOLDEN_ROOT }],
  );
  const blob = blobKey(blobIdOf(secret, sha256(GOLDEN_BLOB), 0));
  return new Map([
    [MANIFEST_KEY, encodeManifest(manifest)],
    ['slot-passphrase', await slot('goldenpassphraseslot', 'passphrase')],
    ['slot-recovery', await slot('goldenrecoveryslot', 'recovery')],
    ['head', sealObject(secret, headKey(DEVICE), head, fixedRandom)],
    ['head-open', sealObject(open, headKey(DEVICE), head, fixedRandom)],
    ['segment', sealObject(secret, segmentKey(DEVICE, 'goldensegment'), segment, fixedRandom)],
    ['index', sealObject(secret, segmentKey(DEVICE, 'goldenindex'), index, fixedRandom)],
    ['condemned', sealObject(secret, GOLDEN_KEYS.condemned, condemned, fixedRandom)],
    ['link', utf8(link.text)],
    ['link-object', link.object],
    ['blob', sealBlob(secret, blob, GOLDEN_BLOB)],
  ]);
}

export const GOLDEN_KEYS = {
  head: headKey(DEVICE),
  segment: segmentKey(DEVICE, 'goldensegment'),
  index: segmentKey(DEVICE, 'goldenindex'),
  condemned: segmentKey(DEVICE, 'goldencondemned'),
  slotPassphrase: slotKey('goldenpassphraseslot'),
} as const;
