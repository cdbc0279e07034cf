/** Rules that are looked at while a run goes on: who writes what, and how much a round asks for. */
import { BLOBS_PREFIX, HEADS_PREFIX } from '../../src/format/object-keys.ts';
import { allEnds } from '../../src/replica/clocks.ts';
import { condemnedBy } from '../../src/replica/condemned.ts';
import {
  type Database,
  integer,
  optionalText,
  type Row,
  text,
} from '../../src/replica/database.ts';
import { heldRecords } from '../../src/replica/held.ts';
import { conflictsOf } from '../../src/replica/records.ts';
import { type Engine, selfId } from '../../src/sync/engine.ts';
import type { Placed } from '../../src/sync/merge.ts';
import { conflictSides } from '../../src/sync/records.ts';
import { noteInterrupted } from './excuses.ts';
import type { Machine, RoundCost } from './machine.ts';
import { neededVersions } from './needed.ts';
import { COLLECTION } from './program.ts';
import type { Change } from './store.ts';
import type { World } from './world.ts';

/** Has the rules looked at while the world goes on. */
export function watchOver(world: World): void {
  world.network.onChange = (change) => {
    world.counters.add(`${change.kind} of ${change.key.split('/')[0]}`);
    checkOwner(world, change);
    return change.key.startsWith(HEADS_PREFIX) ? publication(world, change) : () => undefined;
  };
  world.told.onRound = (machine, cost) => checkRound(world, machine, cost);
  world.told.onDeath = (machine) => noteInterrupted(world, machine);
}

/** Notes, once a head has landed, under which device the versions that it shows first stood. */
function publication({ machines, history }: World, { machine: name }: Change): () => void {
  const machine = machines.find((one) => one.name === name);
  const [device, ids] = machine?.askReplica(ownVersions) ?? ['', []];
  return () => {
    for (const id of ids) if (!history.firstUnder.has(id)) history.firstUnder.set(id, device);
  };
}

function ownVersions(db: Database): readonly [device: string, ids: readonly string[]] {
  const device = selfId({ db });
  const rows = db.all(
    'SELECT id FROM versions WHERE collection = ? AND device = ?',
    COLLECTION,
    device,
  );
  return [device, rows.map((row) => text(row, 'id'))];
}

/**
 * Whether a round may write again what others had, or what the bucket lost; or read twice what a
 * machine that was put back compares with its own past.
 */
function hasCopies({ counters, history }: World): boolean {
  // A power cut takes the notes of what was written last; an older head that lands again can end an
  // identity, once others waited in vain for what it hides.
  const causes = ['retire', 'lose', 'late-write', 'duplicate-write', 'restore', 'power-cut'];
  return history.hasForks || causes.some((cause) => counters.has(cause));
}

/** I5 and I6, after each round. */
function checkRound(world: World, machine: Machine, cost: RoundCost): void {
  const engine = machine.session?.engine;
  if (engine === undefined) return;
  const mayWriteMore = hasCopies(world);
  if (!mayWriteMore) world.ask('asked I6: round without an excuse');
  for (const problem of roundProblems(cost, mayWriteMore)) {
    world.violations.add('I6', `${machine.name}: ${problem}`);
  }
  machine.askReplica((db) => noteHeld(world, db));
  const causes = machine.unobserved(() => [
    ...causeProblems(engine, (commit) => isOfFormerLife(world, engine, commit)),
    // While devices have not heard yet that an identity ended, its clock entries mislead them.
    ...(world.history.hasForks ? [] : falseConflicts(world, machine)),
  ]);
  for (const problem of causes) world.violations.add('I5', `${machine.name}: ${problem}`);
}

/**
 * A deletion that the guard holds is dropped where the record was saved elsewhere meanwhile: then it
 * never was (rule S8).
 */
function noteHeld({ oracle }: World, db: Database): void {
  for (const record of heldRecords(db, COLLECTION, 'out')) {
    const rows = db.all(
      'SELECT hash FROM versions WHERE record = ? AND hash IS NOT NULL AND is_current = 1',
      record,
    );
    for (const row of rows) oracle.touch(text(row, 'hash'), 'held');
  }
}

/** I4: heads, segments and archives are written by their device, and blobs deleted by who said so. */
function checkOwner(world: World, change: Change): void {
  const machine = world.machines.find(({ name }) => name === change.machine);
  const engine = machine?.session?.engine;
  if (machine === undefined || engine === undefined) return;
  const problem = machine.unobserved(() => ownerProblem(engine, change));
  if (problem !== undefined) world.violations.add('I4', `${change.machine}: ${problem}`);
  // In a harsh run days may pass in the midst of a round. A commit that comes too late for the one
  // who prunes names what is condemned until its author writes it again: that is asked at the end.
  if (world.plan.isHarsh) return;
  if (change.kind === 'delete' && change.key.startsWith(BLOBS_PREFIX)) {
    const blob = change.key.slice(change.key.lastIndexOf('/') + 1);
    world.ask('asked I7: blob deleted');
    const versions = machine.unobserved(() => neededVersions(world, machine, blob));
    if (versions.length === 0) return;
    world.violations.add('I7', `${change.machine} deletes ${blob}: ${versions.join(', ')} need it`);
  }
}

function ownerProblem(engine: Engine, { kind, key }: Change): string | undefined {
  const [place, owner = ''] = key.split('/');
  const self = selfId(engine);
  if (place === 'heads' || place === 'segments' || place === 'archive') {
    if (owner === self)
      return kind === 'delete' && place === 'heads' ? `deletes ${key}` : undefined;
    return `${kind} ${key}, which is not its own`;
  }
  if (place !== 'blobs') return `${kind} ${key}`;
  if (kind === 'put') return undefined;
  const id = key.slice(key.lastIndexOf('/') + 1);
  return condemnedBy(engine.db, self).includes(id) ? undefined : `deletes ${key} unannounced`;
}

/** Two segments, or one and an archive or an index, and the head: no save ever costs more. */
const MOST_PUTS = 3;
/** So many versions make a segment of their own, by the small limits of the simulation. */
const SEGMENT_VERSIONS = 4;

/**
 * I6: one question per head and one list; nothing is fetched twice; few objects are written besides
 * content.
 * @param mayWriteMore for rounds that copy what a retired device or a lost bucket had.
 */
function roundProblems({ requests, versions }: RoundCost, mayWriteMore: boolean): string[] {
  const counts = new Map<string, number>();
  for (const request of requests) counts.set(request, (counts.get(request) ?? 0) + 1);
  const problems: string[] = [];
  for (const [request, count] of counts) {
    const [what = '', key = ''] = request.split(' ');
    if (count > mostOf(what, key) && !mayWriteMore) problems.push(`${request} ${count} times`);
  }
  const puts = requests.filter((request) => /^put (?!blobs)/.test(request)).length;
  const most = MOST_PUTS + Math.ceil(versions / SEGMENT_VERSIONS);
  if (puts > most && !mayWriteMore) problems.push(`${puts} objects written`);
  return problems;
}

function mostOf(what: string, key: string): number {
  // A head that cannot be read is looked at once more; its owner, and whoever meets a 404, does so.
  if (what === 'get' && key.startsWith(HEADS_PREFIX)) return 2;
  // Several files may have one content, and each is read or sent for itself.
  if (key.startsWith(BLOBS_PREFIX)) return Number.POSITIVE_INFINITY;
  return 1;
}

/** What an idle round asks: every head once, and one list. */
export function idleProblems(requests: readonly string[], heads: number): string[] {
  const gets = requests.filter((request) => request.startsWith(`get ${HEADS_PREFIX}`)).length;
  const others = requests.filter((request) => !request.startsWith(`get ${HEADS_PREFIX}`));
  const isMore = others.some(
    (request) => request !== `list ${HEADS_PREFIX}` && !request.startsWith('delete '),
  );
  const problems = isMore ? [`asks in an idle round: ${others.join(', ')}`] : [];
  return gets > heads ? [...problems, `${gets} heads read of ${heads}`] : problems;
}

/** I5: every commit applied here has all that its author had applied, as far as it still counts. */
export function causeProblems(engine: Engine, isExcused = (_commit: Row) => false): string[] {
  const { db } = engine;
  const ends = allEnds(db);
  const applied = new Map(
    db
      .all('SELECT device, n FROM clocks WHERE collection = ?', COLLECTION)
      .map((row) => [text(row, 'device'), Number(row.n)]),
  );
  const problems: string[] = [];
  for (const row of db.all(
    'SELECT device, n, clock FROM commits WHERE collection = ?',
    COLLECTION,
  )) {
    // Of what may be another life of this device archives are read first: that is history.
    const isApplied = integer(row, 'n') <= (applied.get(text(row, 'device')) ?? 0);
    if (!isApplied) continue;
    const clock: Record<string, [number, string]> = JSON.parse(optionalText(row, 'clock') ?? '{}');
    for (const [device, [n]] of Object.entries(clock)) {
      const needed = Math.min(n, ends[device]?.[COLLECTION] ?? n);
      if (needed <= (applied.get(device) ?? 0) || isExcused(row)) continue;
      problems.push(`${text(row, 'device')}:${String(row.n)} without ${device}:${n}`);
    }
  }
  return problems;
}

/**
 * True for a copy that is not where the version was first published (rule S9a), or that carries on
 * what such a copy holds, as one does that is saved again for a pruner (rule S12).
 */
export function isWrittenAgain({ history }: World, { version, device }: Placed): boolean {
  const isElsewhere = (id: string, place: string): boolean =>
    (history.firstUnder.get(id) ?? place) !== place;
  const { id, of } = version;
  return isElsewhere(id, device) || (of !== undefined && isElsewhere(of[2], of[0]));
}

/**
 * What a copied machine reads in its former head and writes again it has at once, with the clock
 * that it was first written with, and perhaps before the causes (rule S9a). In the end it has those.
 */
function isOfFormerLife({ counters }: World, { db }: Engine, commit: Row): boolean {
  const self = selfId({ db });
  const device = text(commit, 'device');
  if (device !== self) return false;
  const rows = db.all(
    `SELECT json_extract(body, '$.stamp[1]') AS author FROM versions
     WHERE collection = ? AND device = ? AND n = ?`,
    COLLECTION,
    device,
    integer(commit, 'n'),
  );
  if (rows.length === 0 || rows.some(({ author }) => author === self)) return false;
  counters.add('known: written again before its cause');
  return true;
}

/**
 * I5, as a person sees it: no conflict between an edit and what its author had been shown. Not
 * among what is asked: copies written again after an identity ended, which no clock covers.
 */
export function falseConflicts(world: World, machine: Machine): string[] {
  const { oracle } = world;
  const engine = machine.session?.engine;
  if (engine === undefined) return [];
  return conflictsOf(engine.db, COLLECTION).flatMap(({ record }) => {
    const hashes = conflictSides(engine, COLLECTION, record)
      .sides.filter(({ versions }) => !versions.every((known) => isWrittenAgain(world, known)))
      .map(({ hash }) => hash)
      .filter((hash) => oracle.isUnique(hash) && oracle.touchesOf(hash).size === 0);
    return hashes.flatMap((one) =>
      hashes
        .filter((other) => other !== one && oracle.wasShownTo(one, other))
        .map((other) => `"${oracle.wordsOf(one)}" and "${oracle.wordsOf(other)}" conflict`),
    );
  });
}
