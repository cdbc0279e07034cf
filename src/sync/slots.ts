/** The key slots of a repository: listed, opened, added, removed (rule F8). */
import type { Clock, Random } from '../base/ports.ts';
import { newObjectId } from '../format/ids.ts';
import type { KeyRing } from '../format/key-ring.ts';
import { SLOTS_PREFIX, slotKey } from '../format/object-keys.ts';
import { decodeSlot, makeSlot, type Slot, type SlotSecret } from '../format/slot.ts';
import type { ObjectStore } from '../store/store.ts';

export interface RepositoryPorts {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: Random;
}

export interface SlotEntry {
  readonly id: string;
  readonly slot: Slot;
}

/** A repository has a few slots; a thousand made to cost a minute each would stall the device. */
const SLOTS_TRIED = 32;
/** A slot with a ring of all epochs has 12 KiB. */
export const SLOT_MAX_BYTES = 64 * 1024;

/**
 * The slots that can be read. One that is torn locks out no other.
 * @throws SatchelError `damaged` where there are slots, and none of them can be read.
 */
export async function readSlots(store: ObjectStore): Promise<readonly SlotEntry[]> {
  const { objects } = await store.list(SLOTS_PREFIX);
  const slots: SlotEntry[] = [];
  let damage: unknown;
  for (const { key } of objects.slice(0, SLOTS_TRIED)) {
    const id = key.slice(SLOTS_PREFIX.length);
    const result = await store.get(key, { maxBytes: SLOT_MAX_BYTES });
    if (result.kind !== 'found') continue;
    try {
      slots.push({ id, slot: decodeSlot(id, result.body) });
    } catch (error) {
      damage = error;
    }
  }
  if (slots.length === 0 && damage !== undefined) throw damage;
  return slots;
}

/** Writes a slot under a random name, so that it replaces none. Returns its id. */
export async function addSlot(
  { store, clock, random }: RepositoryPorts,
  repository: string,
  ring: KeyRing,
  secret: SlotSecret,
  name?: string,
): Promise<string> {
  const id = newObjectId(random);
  const inputs = { random, nowMs: clock.now(), name };
  await store.put(slotKey(id), await makeSlot(id, repository, ring, secret, inputs));
  return id;
}

export async function removeSlots(store: ObjectStore, ids: readonly string[]): Promise<void> {
  for (const id of ids) await store.delete(slotKey(id));
}
