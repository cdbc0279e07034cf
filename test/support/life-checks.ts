/** The questions to ask after a random life: what was saved in it, and what became of that. */
import assert from 'node:assert/strict';
import { utf8 } from '../../src/base/bytes.ts';
import { contentHash } from '../../src/base/hash.ts';
import { outboxEntry } from '../../src/replica/outbox.ts';
import { allRecords } from '../../src/replica/records.ts';
import { shownOf } from '../../src/replica/shown.ts';
import { currentVersionsOf, versionsOf } from '../../src/replica/versions.ts';
import { readArchives } from '../../src/sync/history.ts';
import { viewRecord } from '../../src/sync/records.ts';
import { TEST_COLLECTION, type TestDevice } from './device.ts';

export interface Accounts {
  /** Versions that were taken in and not replaced in the outbox before their commit, by id. */
  readonly saved: Set<string>;
  /**
   * What the author of each version was shown, by id. Noted at once: at the end the version may
   * stand only in an archive of a life that no device remembers, or be let go by history.
   */
  readonly parents: Map<string, readonly string[]>;
}

/** What stands in a commit of its own device was saved, and must be found again at the end. */
export function noteSaved(accounts: Accounts, { engine: { db } }: TestDevice): void {
  for (const { record } of allRecords(db, TEST_COLLECTION)) {
    const pending = outboxEntry(db, TEST_COLLECTION, record);
    for (const { version } of versionsOf(db, TEST_COLLECTION, record)) {
      if (version.id === pending?.version.id) continue;
      accounts.saved.add(version.id);
      accounts.parents.set(version.id, version.parents ?? []);
    }
  }
}

/**
 * Each saved version is current, or was shown to the author of another of which that is true. One
 * that only a version replaced which is lost itself is lost as well.
 */
export function checkNothingLost(accounts: Accounts, devices: readonly TestDevice[]): void {
  const accountedFor = new Set<string>();
  const open = devices.flatMap(currentIds);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (accountedFor.has(id)) continue;
    accountedFor.add(id);
    open.push(...(accounts.parents.get(id) ?? []));
  }
  const lost = [...accounts.saved].filter((id) => !accountedFor.has(id));
  assert.deepEqual(lost, [], 'saved versions that are neither current nor replaced');
}

/** Where nobody prunes, a device finds every saved version in the bucket, old ones in archives. */
export async function checkHistory(accounts: Accounts, device: TestDevice): Promise<void> {
  const { engine } = device;
  assert.deepEqual(await readArchives(engine, TEST_COLLECTION), []);
  const found = new Set(
    [...allRecords(engine.db, TEST_COLLECTION)]
      .flatMap(({ record }) => versionsOf(engine.db, TEST_COLLECTION, record))
      .map(({ version }) => version.id),
  );
  const missing = [...accounts.saved].filter((id) => !found.has(id));
  assert.deepEqual(missing, [], `saved versions that ${device.name} does not find`);
}

function currentOf(device: TestDevice): string[] {
  const { db } = device.engine;
  return [...allRecords(db, TEST_COLLECTION)]
    .map((row) => {
      const current = currentVersionsOf(db, TEST_COLLECTION, row.record);
      const ids = new Set(current.map((known) => known.version.id));
      return `${row.record}: ${[...ids].sort().join(' ')}`;
    })
    .sort();
}

/** Converged means: equal sets of current versions everywhere. */
export function checkConverged(devices: readonly TestDevice[]): void {
  const [first, ...rest] = devices;
  assert.ok(first);
  for (const device of rest) {
    assert.deepEqual(
      currentOf(device),
      currentOf(first),
      `${device.name} differs from ${first.name}`,
    );
    const isQuiet = [...allRecords(device.engine.db, TEST_COLLECTION)].every(
      (row) => !row.isConflict,
    );
    if (isQuiet) {
      assert.deepEqual(
        [...device.folder].sort(),
        [...first.folder].sort(),
        `the folder of ${device.name} differs from that of ${first.name}`,
      );
    }
  }
}

/** A device shows what its versions say, whatever it noted on the way. */
export function checkShown({ engine, folder, name }: TestDevice): void {
  const { db } = engine;
  let files = 0;
  for (const row of allRecords(db, TEST_COLLECTION)) {
    const view = viewRecord(engine, TEST_COLLECTION, row.record);
    const shown = shownOf(db, TEST_COLLECTION, row.record);
    const where = `${name}, record ${row.record}`;
    assert.equal(row.isLive, view?.live === true, where);
    assert.equal(row.isConflict, view?.conflict === true, where);
    assert.equal(shown?.hash, view?.live === true ? view.content?.hash : undefined, where);
    if (shown === undefined) continue;
    // A name that several records claim is followed by what tells them apart.
    assert.ok(shown.place.startsWith(String(view?.fields.path)), where);
    assert.equal(contentHash(utf8(folder.get(shown.place) ?? '')), shown.hash, where);
    files += 1;
  }
  assert.equal(folder.size, files, `${name} has files of no record`);
}

function currentIds({ engine: { db } }: TestDevice): string[] {
  return [...allRecords(db, TEST_COLLECTION)]
    .flatMap(({ record }) => versionsOf(db, TEST_COLLECTION, record))
    .filter((known) => known.isCurrent)
    .map(({ version }) => version.id);
}
