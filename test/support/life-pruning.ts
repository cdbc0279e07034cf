/** The part of random lives in which devices prune (rule S12), and what has to hold afterwards. */
import assert from 'node:assert/strict';
import { isErrorKind } from '../../src/base/errors.ts';
import { allRecords } from '../../src/replica/records.ts';
import { currentVersionsOf } from '../../src/replica/versions.ts';
import { readContent } from '../../src/sync/contents.ts';
import { prune } from '../../src/sync/prune.ts';
import { putInRegistry, updateRegistryEntry } from '../../src/sync/registry.ts';
import { TEST_COLLECTION, type TestDevice } from './device.ts';
import type { Dice } from './dice.ts';

/** History so short that a short life lets some of it go. */
export function keepTenMinutes([first]: readonly TestDevice[]): void {
  assert.ok(first);
  const info = { id: TEST_COLLECTION, name: 'test', kind: 'vault', created: 0 };
  putInRegistry(first.engine, info);
  const historyAllDays = 10 / (24 * 60);
  updateRegistryEntry(first.engine, TEST_COLLECTION, { historyAllDays, historyDailyDays: 0 });
}

/** Pruning that may be cut off, or have to wait for others, as it does. */
export async function pruneNow(device: TestDevice): Promise<void> {
  try {
    await prune(device.engine);
  } catch (error) {
    const isNormal = (['unreachable', 'damaged', 'attention'] as const).some((kind) =>
      isErrorKind(error, kind),
    );
    if (!isNormal) throw error;
  }
}

/** One of a few long contents: so what was there before comes back at times. */
export function longText(dice: Dice): string {
  return `long ${dice.below(4)} `.repeat(3000);
}

/** Whatever was deleted, a newcomer can read the content of every current version. */
export async function assertReadable({ engine, name }: TestDevice): Promise<void> {
  for (const row of allRecords(engine.db, TEST_COLLECTION)) {
    for (const { version } of currentVersionsOf(engine.db, TEST_COLLECTION, row.record)) {
      try {
        for await (const _piece of readContent(engine, TEST_COLLECTION, version));
      } catch (error) {
        throw new Error(`${name} cannot read version ${version.id}`, { cause: error });
      }
    }
  }
}
