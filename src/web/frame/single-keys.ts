/** Whether keys do something without Ctrl or the like. Who speaks to the computer may want none. */
import { useSyncExternalStore } from 'react';
import { keep, readKept } from './kept.ts';

const listeners = new Set<() => void>();
let areOn = readKept('keys') !== 'off';

export function areSingleKeysOn(): boolean {
  return areOn;
}

export function useSingleKeys(): readonly [boolean, (areOn: boolean) => void] {
  return [useSyncExternalStore(listen, areSingleKeysOn), turn];
}

function turn(on: boolean): void {
  areOn = on;
  keep('keys', on ? undefined : 'off');
  for (const tell of listeners) tell();
}

function listen(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}
