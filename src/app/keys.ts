/** The key slots of the repository, as a person manages them (rule F8). */
import type { KeySlotInfo } from '../api/keys.ts';
import { SatchelError } from '../base/errors.ts';
import type { KeyRing } from '../format/key-ring.ts';
import { formatRecoveryKey, newRecoveryKey, parseRecoveryKey } from '../format/repository-key.ts';
import {
  laterRootsIn,
  laterRootsOf,
  openSlot,
  opensNoMore,
  SLOT_NAME_MAX_LENGTH,
  type SlotSecret,
} from '../format/slot.ts';
import { bucketLeft } from '../sync/moved.ts';
import { addSlot, removeSlots, type SlotEntry } from '../sync/slots.ts';
import type { AppContext } from './context.ts';
import { atKeyBench, type KeyBench, requireInUse, ringOf } from './key-bench.ts';

export async function listKeySlots(context: AppContext): Promise<readonly KeySlotInfo[]> {
  return await atKeyBench(context, async ({ slots }) => {
    const all = slots.flatMap(({ slot }) => laterRootsIn(slot));
    return slots
      .toSorted((a, b) => a.slot.created - b.slot.created)
      .map(({ id, slot }) => ({
        id,
        kind: slot.kind,
        name: slot.name ?? null,
        createdAt: isTime(slot.created) ? new Date(slot.created).toISOString() : null,
        opens: all.every((tag) => laterRootsIn(slot).includes(tag)) ? 'everything' : 'older',
      }));
  });
}

export interface NewPassphrase {
  readonly name: string | undefined;
  /** Also remove the passphrases that there are: a change of the passphrase. */
  readonly replace: boolean;
  /** Called once it is sure that a slot can be added. */
  ask(): Promise<string>;
}

/**
 * Adds a passphrase that opens the repository.
 * @returns the new slot's id, and those of the slots removed after it was there.
 */
export async function addPassphrase(
  context: AppContext,
  { name, replace, ask }: NewPassphrase,
): Promise<{ readonly id: string; readonly removed: readonly string[] }> {
  const label = name === undefined ? undefined : checkSlotName(name);
  return await atKeyBench(context, async (bench) => {
    const ring = await ringOf(bench);
    await requireInUse(context, bench);
    const secret: SlotSecret = { kind: 'passphrase', passphrase: await ask() };
    const id = await addOwnSlot(context, bench, ring, secret, label);
    const removed = replace ? replaceable(bench, ring, 'passphrase') : [];
    await removeSlots(bench.ports.store, removed);
    return { id, removed };
  });
}

export interface NewRecoveryKey {
  readonly id: string;
  /** To be shown once. */
  readonly recoveryKey: string;
  /** Slots of earlier recovery keys, to be removed once the new one was shown. */
  readonly earlier: readonly string[];
}

/** Adds a new recovery key. Those before it stay until `removeEarlier`. */
export async function addRecoveryKey(context: AppContext): Promise<NewRecoveryKey> {
  return await atKeyBench(context, async (bench) => {
    const ring = await ringOf(bench);
    await requireInUse(context, bench);
    const recovery = newRecoveryKey(context.random);
    const id = await addOwnSlot(context, bench, ring, { kind: 'recovery', recovery }, undefined);
    const earlier = replaceable(bench, ring, 'recovery');
    return { id, recoveryKey: formatRecoveryKey(recovery), earlier };
  });
}

/**
 * Removes the slots of earlier recovery keys.
 * @throws SatchelError `attention` where the new one is not in the bucket of this device any more.
 */
export async function removeEarlier(
  context: AppContext,
  { id, earlier }: NewRecoveryKey,
): Promise<void> {
  await atKeyBench(context, async ({ ports: { store }, slots }) => {
    if (!slots.some((slot) => slot.id === id)) throw bucketLeft(store.name);
    await removeSlots(store, earlier);
  });
}

/**
 * Removes the slots of all recovery keys but one. Whoever has that one has seen it.
 * @param given the recovery key that stays.
 * @returns the ids of the slots removed: none that opens more than the one that stays.
 * @throws SatchelError `refused` where it opens nothing.
 */
export async function removeOtherRecovery(
  context: AppContext,
  given: string,
): Promise<readonly string[]> {
  return await atKeyBench(context, async (bench) => {
    const { ports, manifest, slots } = bench;
    const recovery = parseRecoveryKey(given);
    if (recovery === undefined || recovery === 'mistyped') throw notARecoveryKey();
    const others: SlotEntry[] = [];
    let opened: KeyRing | undefined;
    for (const entry of slots.filter(({ slot }) => slot.kind === 'recovery')) {
      const { id, slot } = entry;
      const ring = await openSlot(id, manifest.repository, slot, { kind: 'recovery', recovery });
      opened ??= ring;
      if (ring === undefined) others.push(entry);
    }
    if (opened === undefined) throw notARecoveryKey();
    const known = laterRootsOf(opened, manifest.repository);
    const removed = others.filter(({ slot }) => opensNoMore(slot, known)).map(({ id }) => id);
    await requireInUse(context, bench);
    await removeSlots(ports.store, removed);
    return removed;
  });
}

function notARecoveryKey(): SatchelError {
  return new SatchelError('refused', 'This is no recovery key of the repository.', {
    hint: 'Type it as it is on the recovery kit. Nothing was changed.',
  });
}

/**
 * Removes one passphrase's slot.
 * @param given an id as `keys list` shows it, or the beginning of one.
 * @throws SatchelError `usage` where it is none, or one that has to stay.
 */
export async function removeKeySlot(
  context: AppContext,
  given: string,
): Promise<KeySlotInfo['id']> {
  return await atKeyBench(context, async (bench) => {
    const { ports, slots } = bench;
    const { id, slot } = findSlot(slots, given);
    if (slot.kind === 'recovery') {
      throw new SatchelError('usage', `${shortId(id)} is the slot of a recovery key.`, {
        hint: 'Run "satchel keys recovery": it makes a new one before it removes this one.',
      });
    }
    const isReplaced = slots.some(
      (other) => other.id !== id && opensNoMore(slot, laterRootsIn(other.slot)),
    );
    if (!isReplaced) {
      throw new SatchelError('usage', 'This is the last slot that opens all that it opens.', {
        hint: 'Add another one first, with "satchel keys add" or "satchel keys recovery".',
      });
    }
    await requireInUse(context, bench);
    await removeSlots(ports.store, [id]);
    if (!slots.some((other) => other.id !== id && other.slot.kind === 'passphrase')) {
      context.notice(
        'No passphrase is left: only the recovery key opens the repository on a further device. ' +
          '"satchel keys add" chooses a new one.',
      );
    }
    return id;
  });
}

async function addOwnSlot(
  context: AppContext,
  bench: KeyBench,
  ring: KeyRing,
  secret: SlotSecret,
  name: string | undefined,
): Promise<string> {
  const { ports, manifest, slots } = bench;
  const known = laterRootsOf(ring, manifest.repository);
  if (slots.some(({ slot }) => !opensNoMore(slot, known))) {
    context.notice(
      'Other slots open more than this device can: the key was changed elsewhere. The new slot ' +
        'opens what this device can read. For the rest, run "satchel keys unlock" first.',
    );
  }
  const id = await addSlot(ports, manifest.repository, ring, secret, name);
  try {
    await requireInUse(context, bench);
  } catch (error) {
    // Nobody is shown a recovery key after that: its slot would only seem to open the repository.
    await removeSlots(ports.store, [id]);
    throw error;
  }
  return id;
}

/**
 * The slots that a new one of the same kind makes superfluous. They were listed before it was
 * added, so of two devices that do this at the same time at least one slot stays; and those that
 * open more than this device can are left alone.
 */
function replaceable(
  { manifest, slots }: KeyBench,
  ring: KeyRing,
  kind: SlotSecret['kind'],
): string[] {
  const known = laterRootsOf(ring, manifest.repository);
  return slots
    .filter(({ slot }) => slot.kind === kind && opensNoMore(slot, known))
    .map(({ id }) => id);
}

function findSlot(slots: readonly SlotEntry[], given: string): SlotEntry {
  const found = slots.filter(({ id }) => id.startsWith(given.toLowerCase()));
  const [only] = found;
  if (only !== undefined && found.length === 1 && given !== '') return only;
  throw new SatchelError(
    'usage',
    only === undefined
      ? `There is no key slot "${given}".`
      : `Several key slots begin with "${given}".`,
    { hint: '"satchel keys list" shows them.' },
  );
}

/** Slots are in the clear, and anybody who writes to the bucket can put numbers there. */
function isTime(timeMs: number): boolean {
  return !Number.isNaN(new Date(timeMs).getTime());
}

export function shortId(id: string): string {
  return id.slice(0, 8);
}

function checkSlotName(name: string): string {
  const trimmed = name.trim();
  const isFit =
    trimmed !== '' && trimmed.length <= SLOT_NAME_MAX_LENGTH && !/\p{Cc}/u.test(trimmed);
  if (isFit) return trimmed;
  throw new SatchelError('usage', `"${name}" cannot be the name of a passphrase.`, {
    hint: `Use 1 to ${SLOT_NAME_MAX_LENGTH} printable characters. Everybody who can read the bucket can read it.`,
  });
}
