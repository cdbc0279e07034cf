/**
 * Bringing devices to rest after their processes were killed, and looking whether all is well:
 * equal folders, a whole bucket and replicas, nothing lost, nothing left over, no lock that blocks.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SyncResult } from '../../src/api/status.ts';
import type { Verification } from '../../src/app/verify.ts';
import type { Ledger } from './crash-loop-ledger.ts';
import { type Deciding, decideHeld, isQuiet, must, settleConflicts } from './decide.ts';
import { missing } from './owed.ts';
import type { Place } from './satchel.ts';
import { assertSameTree, contentsOf, treeOf } from './trees.ts';

export interface RestingDevice {
  readonly name: string;
  readonly folder: string;
}

export interface Rest extends Deciding {
  readonly place: Place;
  readonly devices: readonly RestingDevice[];
  readonly ledger: Ledger;
}

/** So many rounds of all devices end with nothing left to do. */
const MOST_TURNS = 10;

/**
 * Rounds until nothing moves; what waits for a person is decided by dice on one device.
 * @returns true where something had to be decided.
 */
export async function bringToRest(rest: Rest): Promise<boolean> {
  let isDecided = false;
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const results: SyncResult[] = [];
    for (const device of rest.devices) results.push(await syncNow(rest, device));
    if (!isQuiet(results)) continue;
    const parts = results.flatMap(({ collections }) => collections);
    for (const { failed } of parts) assert.deepEqual(failed, []);
    for (const { unreadable } of results) assert.deepEqual(unreadable, []);
    if (parts.every(({ conflicts, held }) => conflicts === 0 && held === 0)) return isDecided;
    isDecided = true;
    await decide(rest);
  }
  assert.fail(`the devices do not come to rest in ${MOST_TURNS} rounds`);
}

/** A round that has to end well, or with something that waits for a person. */
export async function syncNow(rest: Rest, device: RestingDevice): Promise<SyncResult> {
  const { name, folder } = device;
  // What is there now is taken in by a round that ends well.
  rest.ledger.takenIn(name, folder);
  const ran = await rest.run(name, ['sync', '--json']);
  rest.story.push(`  sync on ${name}: ${ran.exitCode} ${ran.err.trim()}`);
  if (ran.exitCode === 3 && /moved to/.test(ran.err)) {
    // It sends what waited, too: the others have not seen that yet.
    await must(rest, name, 'move', '--follow');
    return { ...(await syncNow(rest, device)), moved: true };
  }
  assert.ok(ran.exitCode === 0 || ran.exitCode === 3, `sync on ${name} failed: ${ran.err}`);
  return ran.json<SyncResult>();
}

async function decide(rest: Rest): Promise<void> {
  for (const { name } of rest.devices) await decideHeld(rest, name);
  const { name } = rest.dice.pick(rest.devices);
  // "remote" names no side where there are several others.
  await settleConflicts(rest, name, ({ sides }) => ['both', ...sides.map((side) => side.version)]);
}

/**
 * Everything that has to hold once the devices are at rest.
 * @param isClear nobody decided anything, or edited what may have changed that very moment: then
 *   what nobody put an end to is not only in the history, but a file.
 */
export async function checkAtRest(rest: Rest, isClear: boolean): Promise<void> {
  const { devices, place, ledger } = rest;
  const [first, ...others] = devices;
  assert.ok(first !== undefined);
  const tree = treeOf(first.folder, { mtimes: false });
  for (const { name, folder } of others) {
    const message = `${name} differs from ${first.name}`;
    assertSameTree(treeOf(folder, { mtimes: false }), tree, message);
  }
  for (const { name, folder } of devices) {
    await verifyOn(rest, name);
    assert.deepEqual(filesBelow(join(folder, '.satchel/tmp')), [], `left over on ${name}`);
    const strays = strayFiles(join(place.root, name)).filter((path) => !path.endsWith('.tmp'));
    assert.deepEqual(strays, [], `left over in the home of ${name}`);
    assert.deepEqual(integrityProblems(join(place.root, name, 'replica.sqlite')), []);
  }
  const present = contentsOf(first.folder);
  const gone = [...ledger.untouched()].filter(([hash]) => !present.has(hash));
  if (isClear) assert.deepEqual(gone, [], 'files are gone that nobody deleted');
  ledger.settle(first.folder);
  const folders = devices.map(({ folder }) => folder);
  const homes = devices.map(({ name }) => join(place.root, name));
  assert.deepEqual(await missing(ledger.owed(), folders, homes), [], 'saved contents are gone');
}

async function verifyOn(rest: Rest, name: string): Promise<void> {
  const ran = await rest.run(name, ['verify', '--json']);
  assert.equal(ran.exitCode, 0, `verify on ${name}: ${ran.out}${ran.err}`);
  const { damaged, foreign, replica } = ran.json<Verification>();
  // Mending is for damage that buckets do: a crash does none.
  assert.deepEqual({ damaged, foreign, replica }, { damaged: [], foreign: [], replica: [] });
}

/** What belongs in a home at rest: SQLite's own files beside a database go when it is closed. */
const HOME_FILES: ReadonlySet<string> = new Set([
  'settings.json',
  'key.json',
  'replica.sqlite',
  'lock.sqlite',
  'lock.holder',
]);

/** What does not belong there. Drafts (`.tmp`) are cleared away only once they are a while old. */
export function strayFiles(home: string): readonly string[] {
  return filesBelow(home).filter((name) => !HOME_FILES.has(name));
}

/** What SQLite finds wrong in a replica that nobody has open. */
export function integrityProblems(path: string): readonly string[] {
  const sqlite = new DatabaseSync(path);
  try {
    const checks = ['PRAGMA integrity_check', 'PRAGMA foreign_key_check'];
    const rows = checks.flatMap((sql) => sqlite.prepare(sql).all());
    return rows.flatMap((row) => Object.values(row).map(String)).filter((line) => line !== 'ok');
  } finally {
    sqlite.close();
  }
}

export function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}
