/**
 * The doctor's own objects in a bucket: randomly named, remembered before they are written, and
 * removed whatever happens in between.
 */
import { toHex } from '../../base/bytes.ts';
import { isErrorKind } from '../../base/errors.ts';
import type { Clock, Random } from '../../base/ports.ts';
import type { Listing, ObjectStore, PutResult } from '../../store/store.ts';

/** Where the doctor writes. Nothing else in Satchel reads or writes there. */
export const DOCTOR_PREFIX = 'doctor/';
/** No examination takes this long: an older object belongs to one that was killed. */
const LEFTOVER_AGE_MS = 60 * 60 * 1000;

export interface ScratchPorts {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: Random;
}

export class Scratch {
  /** What the keys of this examination start with. */
  readonly prefix: string;
  readonly #store: ObjectStore;
  readonly #written = new Set<string>();

  constructor({ store, clock, random }: ScratchPorts) {
    this.#store = store;
    this.prefix = `${DOCTOR_PREFIX}${clock.now().toString(36)}-${toHex(random.bytes(8))}-`;
  }

  key(name: string): string {
    return `${this.prefix}${name}`;
  }

  async put(key: string, body: Uint8Array): Promise<PutResult> {
    this.#written.add(key);
    try {
      return await this.#store.put(key, body);
    } catch (error) {
      // A lost reply may hide an object that was stored; a refusal hides none.
      if (isErrorKind(error, 'refused')) this.#written.delete(key);
      throw error;
    }
  }

  async delete(key: string): Promise<void> {
    await this.#store.delete(key);
    this.#written.delete(key);
  }

  /**
   * Removes what is still there; returns the keys of what could not be removed.
   * @param store the store to remove it through, which may be another one than wrote it.
   */
  async sweep(store: ObjectStore): Promise<readonly string[]> {
    for (const key of [...this.#written]) {
      try {
        await store.delete(key);
        this.#written.delete(key);
      } catch {
        // What stays is told by the caller, whose examination has said why.
      }
    }
    return [...this.#written];
  }
}

/** The objects in a listing that a killed examination left behind. */
export function leftoversIn({ objects }: Listing, nowMs: number): readonly string[] {
  return objects
    .map(({ key }) => key)
    .filter((key) => {
      const stamp = /^doctor\/([0-9a-z]{8,9})-[0-9a-f]{16}-[a-z]+$/.exec(key)?.[1];
      return stamp !== undefined && nowMs - Number.parseInt(stamp, 36) > LEFTOVER_AGE_MS;
    });
}
