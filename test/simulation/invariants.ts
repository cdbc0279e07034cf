/** The questions to ask after a run. */
import { HEADS_PREFIX } from '../../src/format/object-keys.ts';
import { integer, text } from '../../src/replica/database.ts';
import { isReady } from '../../src/replica/meta.ts';
import { outboxCount } from '../../src/replica/outbox.ts';
import { allRecords } from '../../src/replica/records.ts';
import { currentVersionsOf } from '../../src/replica/versions.ts';
import type { Engine } from '../../src/sync/engine.ts';
import { isHeadChanged } from '../../src/sync/head.ts';
import { conflictSides } from '../../src/sync/records.ts';
import { disagreements } from './agreement.ts';
import { RESTORED } from './counters.ts';
import type { Machine } from './machine.ts';
import { type Edit, hashOf } from './oracle.ts';
import { COLLECTION, VAULT_ROOT } from './program.ts';
import { checkReadable } from './readable.ts';
import { renameProblems } from './renames.ts';
import { roundOf } from './settle.ts';
import { causeProblems, falseConflicts, idleProblems, isWrittenAgain } from './watchers.ts';
import { living, type World } from './world.ts';

export async function checkEnd(world: World): Promise<void> {
  checkConverged(world);
  checkAgreement(world);
  checkOutbox(world);
  checkWrittenOnce(world);
  await checkIdle(world);
  checkNothingLost(world);
  checkNothingBack(world);
  checkCauses(world);
  await checkReadable(world);
  for (const problem of renameProblems(world)) world.violations.add('I8', problem);
}

export function engineOf(machine: Machine): Engine {
  if (machine.session === undefined) throw new Error(`${machine.name} does not run`);
  return machine.session.engine;
}

/** I1: equal sets of current versions everywhere, and equal folders where no conflict is open. */
function checkConverged(world: World): void {
  const [first, ...others] = living(world);
  if (first === undefined) return;
  const here = currentOf(first);
  for (const other of others) {
    const there = currentOf(other);
    const difference = [
      ...here.filter((row) => !there.includes(row)),
      '|',
      ...there.filter((row) => !here.includes(row)),
    ];
    if (difference.length > 1) {
      world.violations.add('I1', `${first.name} | ${other.name}: ${difference.join(', ')}`);
      continue;
    }
    const isQuiet = [...allRecords(engineOf(other).db, COLLECTION)].every((row) => !row.isConflict);
    if (!isQuiet) continue;
    const [a, b] = [first, other].map((machine) => folderOf(world, machine));
    if (a !== b) world.violations.add('I1', `folders: ${first.name} ${a} | ${other.name} ${b}`);
  }
}

/** I1 as well, of all records: what two devices differ in is easier to see there than in folders. */
function checkAgreement(world: World): void {
  for (const problem of disagreements(world)) world.violations.add('I1', problem);
}

/** Where a disk takes two names for one, one of them gets a suffix there (rule S5). */
function folderOf({ plan }: World, { disk }: Machine): string {
  const tree = disk.person.tree(VAULT_ROOT);
  if (plan.foldingShare === 0) return JSON.stringify(tree);
  const files = Object.entries(tree).filter(([place]) => !place.endsWith('/'));
  return JSON.stringify(files.map(([, text]) => text).sort());
}

function currentOf(machine: Machine): string[] {
  const { db } = engineOf(machine);
  return [...allRecords(db, COLLECTION)]
    .map(({ record }) => {
      const ids = currentVersionsOf(db, COLLECTION, record).map(({ version }) => version.id);
      return `${record}: ${[...new Set(ids)].sort().join(' ')}`;
    })
    .sort();
}

/** I9. */
function checkOutbox(world: World): void {
  for (const machine of living(world)) {
    const { db } = engineOf(machine);
    if (!isReady(db, COLLECTION)) world.violations.add('I9', `${machine.name} is not ready`);
    const count = outboxCount(db, COLLECTION);
    if (count > 0) world.violations.add('I9', `${machine.name} has ${count} entries left`);
    if (isHeadChanged(engineOf(machine))) {
      world.violations.add('I9', `${machine.name} has not written its head`);
    }
  }
}

/**
 * I10: who is put back to a backup with nothing unsent in it finds its own life in the bucket, and
 * goes on from there. Took it for that of a copy, it would write all of it again, and what people
 * had let go would come back as rule S9a has it, which I3 excuses. Whatever else ends identities is
 * left out, as a person does who removes a device that is gone.
 */
function checkWrittenOnce(world: World): void {
  const { history, counters, machines } = world;
  // An older head that lands over the newest hides what the disk's life had saved last.
  const causes = ['retire', 'late-write', 'duplicate-write'];
  const isExcused = history.hasForks || causes.some((cause) => counters.has(cause));
  if (isExcused || machines.some(({ isGone }) => isGone)) return;
  if (counters.has(RESTORED)) world.ask('asked I10: restored machine');
  for (const machine of living(world)) {
    const rows = engineOf(machine).db.all(
      'SELECT id, device, n FROM versions WHERE collection = ?',
      COLLECTION,
    );
    const places = rows
      .filter((row) => (history.firstUnder.get(text(row, 'id')) ?? row.device) !== row.device)
      .map((row) => `${text(row, 'device')}:${integer(row, 'n')}`);
    if (places.length === 0) continue;
    world.violations.add('I10', `${machine.name}: ${places.join(', ')} are written again`);
  }
}

/** I6: a round in which there is nothing to do asks for the heads, and no more. */
async function checkIdle(world: World): Promise<void> {
  const heads = world.bucket.list(HEADS_PREFIX, 0).length;
  const machine = world.dice.pick(living(world));
  await roundOf(world, machine);
  for (const problem of idleProblems(machine.lastRequests, heads)) {
    world.violations.add('I6', `${machine.name}: ${problem}`);
  }
}

/** I2: each content is in a file, in a version, in the trash, or was replaced by who had seen it. */
function checkNothingLost(world: World): void {
  const { oracle, machines } = world;
  const found = new Set<string>();
  for (const machine of living(world)) {
    for (const [place, text] of Object.entries(machine.disk.person.tree('/'))) {
      if (!place.endsWith('/')) found.add(hashOf(text));
    }
    const rows = engineOf(machine).db.all(
      'SELECT DISTINCT hash FROM versions WHERE collection = ? AND hash IS NOT NULL',
      COLLECTION,
    );
    for (const { hash } of rows) found.add(String(hash));
  }
  for (const edit of oracle.lost((hash) => found.has(hash))) {
    const words = edit.after === undefined ? '' : oracle.wordsOf(edit.after);
    world.violations.add('I2', `edit ${edit.id} on ${edit.machine} ("${words}") is lost`);
  }
  for (const edit of vanished(world)) {
    world.violations.add('I2', `edit ${edit.id} on ${edit.machine} is in the history only`);
  }
  const isLost = (hash: string | undefined): boolean => hash !== undefined && !found.has(hash);
  for (const edit of oracle.edits) {
    if (edit.excuse !== undefined) world.counters.add(`excused: ${edit.excuse}`);
    const isTwins = edit.excuse === 'a twin that died';
    const isGone = machines.some(({ name, isGone }) => name === edit.machine && isGone);
    if (isTwins && isGone && isLost(edit.after)) world.counters.add('known: save of a dead twin');
  }
}

/**
 * I2: what nobody let go is not only in the history: it is in a file, or the side of a conflict.
 * Where it was swapped with another by a machine that died, others may only know that the file
 * where it was has another content.
 */
function vanished({ oracle, machines }: World): readonly Edit[] {
  const shown = new Set<string>();
  for (const machine of machines) {
    if (machine.isGone) continue;
    for (const text of Object.values(machine.disk.person.tree(VAULT_ROOT))) shown.add(hashOf(text));
    const rows = engineOf(machine).db.all(
      'SELECT hash FROM versions WHERE collection = ? AND is_current = 1 AND hash IS NOT NULL',
      COLLECTION,
    );
    for (const { hash } of rows) shown.add(String(hash));
  }
  return oracle.edits.filter(
    ({ after, excuse }) =>
      after !== undefined &&
      excuse === undefined &&
      oracle.isUnique(after) &&
      oracle.editsOf(after).length === 0 &&
      !oracle.touchesOf(after).has('moved by the dead') &&
      !shown.has(after),
  );
}

/**
 * I3: what somebody who saw it deleted or replaced is in no file, unless something else happened
 * to it as well.
 */
function checkNothingBack(world: World): void {
  const { oracle } = world;
  const [last] = living(world).slice(-1);
  if (last === undefined) return;
  const { db } = engineOf(last);
  const isKnown = (hash: string): boolean =>
    db.get('SELECT 1 FROM versions WHERE hash = ?', hash) !== undefined;
  const mayAsk = (hash: string): boolean =>
    oracle.isUnique(hash) && oracle.touchesOf(hash).size === 0 && !oracle.wasMovedBefore(hash);
  const befores = new Set(oracle.edits.flatMap(({ before }) => before ?? []));
  const letGo = [...befores].filter((hash) => mayAsk(hash) && oracle.letGoBy(hash, isKnown));
  world.ask('asked I3: content that was let go', letGo.length);
  for (const { record, isLive } of allRecords(db, COLLECTION)) {
    if (!isLive) continue;
    // A version that only gives the file a new name keeps content that a side may have replaced.
    for (const { hash, versions } of conflictSides(engineOf(last), COLLECTION, record).sides) {
      if (!mayAsk(hash)) continue;
      const ended = oracle.letGoBy(hash, isKnown);
      if (ended === undefined) continue;
      // Rule S9a: where an identity ended, its clock entries beyond the end count no more, and what
      // it wrote there is written again under another number. Who had replaced or deleted that
      // covers the old number only: the copy stands beside it, as after any edit at the same time.
      if (versions.every((known) => isWrittenAgain(world, known))) {
        world.counters.add('known: back after an identity ended');
        continue;
      }
      const words = `"${oracle.wordsOf(hash)}" is there again after edit ${ended.id}`;
      world.violations.add('I3', `${words} (${ended.what} on ${ended.machine})`);
    }
  }
}

function checkCauses(world: World): void {
  for (const machine of living(world)) {
    const problems = [...causeProblems(engineOf(machine)), ...falseConflicts(world, machine)];
    for (const problem of problems) world.violations.add('I5', `${machine.name}: ${problem}`);
  }
}
