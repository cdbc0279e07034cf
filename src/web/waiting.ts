/** How much waits for a person, by the page that shows it. Pure. */
import type { HomeStatus } from '../api/status.ts';

export interface Waiting {
  readonly conflicts: number;
  readonly held: number;
}

export function waitingIn(home: HomeStatus): Waiting {
  return {
    conflicts: sum(home.collections.map(({ conflicts }) => conflicts)),
    held: sum(home.collections.map(({ held }) => held)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
