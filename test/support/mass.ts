/** Two devices that share many files, for tests of the guard against mass deletions (rule S8). */
import assert from 'node:assert/strict';
import { eventsAfter } from '../../src/replica/events.ts';
import { heldRecords } from '../../src/replica/held.ts';
import { openTwoDevices, TEST_COLLECTION, type TestDevice, type TwoDevices } from './device.ts';

export const MINUTE_MS = 60_000;

export const nameOf = (index: number): string => `file ${String(index).padStart(3, '0')}`;

/** Two devices that both show so many files. */
export async function sharing(count: number): Promise<TwoDevices> {
  const devices = await openTwoDevices();
  for (let index = 0; index < count; index += 1) {
    devices.a.folder.set(nameOf(index), `text ${index}`);
  }
  await exchange(devices);
  assert.deepEqual(devices.b.folder, devices.a.folder);
  devices.clock.advance(60 * MINUTE_MS);
  return devices;
}

export async function exchange({ a, b }: TwoDevices): Promise<void> {
  for (const device of [a, b, a, b]) await device.sync();
}

export function erase({ folder }: TestDevice, from: number, to: number): void {
  for (let index = from; index < to; index += 1) folder.delete(nameOf(index));
}

/**
 * `a` deletes 45 files in portions that come too far apart for the guard; `afterEach` is
 * what the devices do about a portion.
 */
export async function eraseInPortions(
  { a, clock }: TwoDevices,
  afterEach: () => Promise<unknown>,
): Promise<void> {
  for (const from of [0, 15, 30]) {
    erase(a, from, from + 15);
    await afterEach();
    clock.advance(11 * MINUTE_MS);
  }
}

export const heldOut = ({ engine }: TestDevice): number =>
  heldRecords(engine.db, TEST_COLLECTION, 'out').length;
export const heldIn = ({ engine }: TestDevice): number =>
  heldRecords(engine.db, TEST_COLLECTION, 'in').length;
export const eventsOf = ({ engine }: TestDevice, kind: string): string[] =>
  eventsAfter(engine.db, 0, 1000)
    .filter((event) => event.kind === kind)
    .map(({ message }) => message);
