/** Keys in words. Pure. */
import type { Answer } from '../../api/client.ts';
import { countWords } from '../../words.ts';

export type Slot = Answer<'keys'>[number];

const KINDS = { passphrase: 'Passphrase', recovery: 'Recovery key' } as const;

export function slotTitle({ kind, name }: Slot): string {
  return name === null ? KINDS[kind] : `${KINDS[kind]}: ${name}`;
}

/** True for a passphrase that may go: another slot opens all that it opens. */
export function isRemovable(slot: Slot, slots: readonly Slot[]): boolean {
  const others = slots.filter(({ id, opens }) => {
    return id !== slot.id && (opens === 'everything' || slot.opens === 'older');
  });
  return slot.kind === 'passphrase' && others.length > 0;
}

/** What came of a new passphrase. */
export function passphraseWords({ removed }: Answer<'addPassphrase'>): string {
  if (removed.length === 0) return 'The new passphrase opens the repository, beside the others';
  return `The new passphrase opens the repository. ${countWords(removed.length, 'other passphrase')} removed`;
}

/** What came of unlocking. */
export function unlockWords({ added, isPartial }: Answer<'unlock'>): string {
  if (isPartial) {
    return 'This was from before the last change of the key: use the newer passphrase to read the rest';
  }
  return added === 0
    ? 'This device had that key already'
    : 'This device has the key now: what waited goes on';
}
