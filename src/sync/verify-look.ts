/** Reading back what the bucket holds, object by object, and noting what is not whole. */

import { utf8 } from '../base/bytes.ts';
import { forEachConcurrently } from '../base/concurrency.ts';
import { isErrorKind, messageOf } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { BLOB_MAX_BYTES } from '../format/chunker.ts';
import { CONDEMNED_MAX_BYTES } from '../format/condemned.ts';
import { HEAD_MAX_BYTES, type Head } from '../format/head.ts';
import { isObjectId } from '../format/ids.ts';
import { decodeManifest, MANIFEST_MAX_BYTES } from '../format/manifest.ts';
import {
  archivesPrefix,
  BLOBS_PREFIX,
  blobKey,
  HEADS_PREFIX,
  headKey,
  MANIFEST_KEY,
  SLOTS_PREFIX,
  segmentKey,
  segmentsPrefix,
  slotKey,
} from '../format/object-keys.ts';
import { blobNameOf } from '../format/repository-key.ts';
import { openObject, SEAL_OVERHEAD_BYTES } from '../format/seal.ts';
import { decodeSegment, SEGMENT_MAX_BYTES } from '../format/segment.ts';
import { decodeSlot } from '../format/slot.ts';
import { allPeers } from '../replica/peers.ts';
import { isKept } from './adopters.ts';
import { type NamedUnit, unitsOf } from './bucket-heads.ts';
import { readCondemned } from './condemned.ts';
import type { Engine } from './engine.ts';
import { openHead } from './head.ts';
import { retiredDevices } from './retired.ts';
import { SLOT_MAX_BYTES } from './slots.ts';
import { usersOfBlobs } from './verify-users.ts';

/** What an object is, as far as that decides who can mend it. */
export type What =
  /** The manifest and the slots: nothing on a device stands for them. */
  | { readonly kind: 'entrance' }
  | { readonly kind: 'head'; readonly device: string }
  | { readonly kind: 'condemned'; readonly device: string }
  | { readonly kind: 'unit'; readonly unit: NamedUnit }
  | { readonly kind: 'blob'; readonly id: string };

export interface Finding {
  readonly object: string;
  readonly problem: string;
  readonly what: What;
}

/** Which objects are read whole; of the others it is only seen whether they are there. */
export interface Sample {
  /** From 0 to 1; 1 for all. */
  readonly share: number;
  /** Decides which ones. */
  readonly seed: string;
}

const AT_ONCE = 4;

/** The longest object of each sort, as it is stored. */
const MAX_BYTES: Readonly<Record<What['kind'], number>> = {
  entrance: Math.max(MANIFEST_MAX_BYTES, SLOT_MAX_BYTES),
  head: HEAD_MAX_BYTES + SEAL_OVERHEAD_BYTES,
  condemned: CONDEMNED_MAX_BYTES + SEAL_OVERHEAD_BYTES,
  unit: SEGMENT_MAX_BYTES + SEAL_OVERHEAD_BYTES,
  blob: BLOB_MAX_BYTES + SEAL_OVERHEAD_BYTES,
};

export class Look {
  readonly findings: Finding[] = [];
  readonly foreign: string[] = [];
  /** Read whole. */
  objects = 0;
  /** Only seen in a list. */
  listed = 0;
  bytes = 0;
  readonly #engine: Engine;
  readonly #sample: Sample;

  constructor(engine: Engine, sample: Sample) {
    this.#engine = engine;
    this.#sample = sample;
  }

  /**
   * Everything that this device can say of the bucket: what opens it, heads, segments, archives,
   * lists of condemned blobs, and the blobs that versions of its collections name.
   */
  async all(): Promise<void> {
    await this.#entrance();
    // A head that is gone is no damage where others keep all that it told of (rule S14).
    const retired = retiredDevices(this.#engine);
    const isGone = (device: string): boolean => retired.has(device) && isKept(this.#engine, device);
    const known = allPeers(this.#engine.db).filter(
      ({ device, head }) => head !== undefined && !isGone(device),
    );
    const listed = await this.#idsUnder(HEADS_PREFIX);
    for (const device of new Set([...listed, ...known.map((peer) => peer.device)])) {
      await this.device(device);
    }
    const users = usersOfBlobs(this.#engine);
    const present = await this.#keysUnder(BLOBS_PREFIX);
    await forEachConcurrently([...users.keys()], AT_ONCE, (id) => this.blob(id, present));
  }

  /** A head, and all that it names. */
  async device(device: string): Promise<void> {
    const key = headKey(device);
    let head: Head | undefined;
    await this.#read(key, { kind: 'head', device }, async (body) => {
      head = await openHead(this.#engine, device, body);
    });
    if (head !== undefined) await this.#namedBy(device, head);
  }

  async blob(id: string, present?: ReadonlySet<string>): Promise<void> {
    const key = blobKey(id);
    await this.#readOrSee(key, { kind: 'blob', id }, present, (body) => {
      const chunk = openObject(this.#engine.key, key, body, BLOB_MAX_BYTES);
      if (blobNameOf(this.#engine.key, id, sha256(chunk)) !== undefined) return;
      throw new Error('it holds other content than its name says');
    });
  }

  async #entrance(): Promise<void> {
    await this.#read(MANIFEST_KEY, { kind: 'entrance' }, (body) => {
      if (decodeManifest(body).repository === this.#engine.repository) return;
      throw new Error('it is the manifest of another repository');
    });
    if (this.#engine.key.encryption === 'none') return;
    const slots = await this.#idsUnder(SLOTS_PREFIX);
    if (slots.length === 0) {
      const problem = 'no key slot is left: nobody can join';
      this.findings.push({ object: SLOTS_PREFIX, problem, what: { kind: 'entrance' } });
    }
    // Whether they open cannot be told without the passphrase, only whether they are whole.
    for (const id of slots) {
      const what: What = { kind: 'entrance' };
      await this.#read(slotKey(id), what, (body) => void decodeSlot(id, body));
    }
  }

  async #namedBy(device: string, head: Head): Promise<void> {
    const present =
      this.#sample.share >= 1
        ? undefined
        : new Set([
            ...(await this.#keysUnder(segmentsPrefix(device))),
            ...(await this.#keysUnder(archivesPrefix(device))),
          ]);
    const { condemned } = head;
    if (condemned !== undefined) {
      const object = segmentKey(device, condemned);
      const what: What = { kind: 'condemned', device };
      await this.#note(object, what, async () => {
        await readCondemned(this.#engine, device, condemned);
        this.objects += 1;
      });
    }
    await forEachConcurrently(unitsOf(device, head), AT_ONCE, async (unit) => {
      await this.#readOrSee(unit.key, { kind: 'unit', unit }, present, (body) => {
        const opened = openObject(this.#engine.key, unit.key, body, SEGMENT_MAX_BYTES);
        decodeSegment(unit.key, opened);
      });
    });
  }

  async #readOrSee(
    key: string,
    what: What,
    present: ReadonlySet<string> | undefined,
    use: (body: Uint8Array) => void,
  ): Promise<void> {
    // A list may lag behind: what it lacks is asked for.
    if (present?.has(key) === true && !this.#isChosen(key)) this.listed += 1;
    else await this.#read(key, what, use);
    this.#engine.progress('Reading back', this.objects + this.listed, undefined, 'files');
  }

  #isChosen(key: string): boolean {
    const [first = 0, second = 0] = sha256(utf8(`${this.#sample.seed}\0${key}`));
    return (first * 256 + second) / 65_536 < this.#sample.share;
  }

  async #read(
    key: string,
    what: What,
    use: (body: Uint8Array) => void | Promise<void>,
  ): Promise<void> {
    this.objects += 1;
    await this.#note(key, what, async () => {
      const result = await this.#engine.store.get(key, { maxBytes: MAX_BYTES[what.kind] });
      if (result.kind !== 'found') throw new Error('it is missing from the bucket');
      this.bytes += result.body.length;
      await use(result.body);
    });
  }

  async #note(object: string, what: What, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (isErrorKind(error, 'unreachable') || isErrorKind(error, 'refused')) throw error;
      this.findings.push({ object, problem: messageOf(error), what });
    }
  }

  async #keysUnder(prefix: string): Promise<ReadonlySet<string>> {
    const { objects } = await this.#engine.store.list(prefix);
    return new Set(objects.map(({ key }) => key));
  }

  /** The ids of the objects under a prefix; what is no object of ours is noted. */
  async #idsUnder(prefix: string): Promise<string[]> {
    const ids: string[] = [];
    for (const key of await this.#keysUnder(prefix)) {
      const id = key.slice(prefix.length);
      if (isObjectId(id)) ids.push(id);
      else this.foreign.push(key);
    }
    return ids;
  }
}
