/**
 * Edits that nobody can expect to find again: they were nowhere but on a machine that is no more,
 * or no editor had forced them to the disk when the power went.
 */
import { isErrorKind } from '../../src/base/errors.ts';
import { decodeHead, HEAD_MAX_BYTES } from '../../src/format/head.ts';
import { headKey } from '../../src/format/object-keys.ts';
import { openObject } from '../../src/format/seal.ts';
import { tmpFolder } from '../../src/kinds/files/layout.ts';
import { allEnds, appliedUpTo } from '../../src/replica/clocks.ts';
import type { Database } from '../../src/replica/database.ts';
import { outboxCount } from '../../src/replica/outbox.ts';
import { isOwnNonce } from '../../src/replica/own.ts';
import { type Engine, selfId } from '../../src/sync/engine.ts';
import type { Machine } from './machine.ts';
import { DELETED_ELSEWHERE, hashOf, type Oracle } from './oracle.ts';
import { COLLECTION, VAULT_ROOT } from './program.ts';
import { hashesIn, shownIn } from './replica.ts';
import { living, type World } from './world.ts';

/** Before a machine, or what it held since an edit of that number, is gone. */
export function excuseUnpublished(world: World, machine: Machine, fromEdit: number): void {
  world.oracle.forgetMoves(machine.name, fromEdit);
  world.oracle.forgetSwaps(machine.name, fromEdit);
  const copiedAtEdit = world.history.twins.get(machine.name);
  const isTwin = copiedAtEdit !== undefined;
  // A twin's head may be overwritten by the other one at any moment, unread.
  const published = isTwin ? knownToOthers(world, machine) : publishedBy(world, machine);
  const told = isTwin ? toldToOthers(world, machine) : toldInHead(world, machine);
  const reason = isTwin ? 'a twin that died' : 'a machine that died';
  // What a twin that is gone had saved may be known to this one alone.
  const gone = world.machines.filter((other) => other.isGone && areTwins(other, machine));
  const names = new Set([machine, ...gone].map(({ name }) => name));
  excuseForgotten(world, machine);
  for (const edit of world.oracle.edits.slice(fromEdit)) {
    if (!names.has(edit.machine) || edit.excuse !== undefined) continue;
    const isCopied = edit.id < (copiedAtEdit ?? 0);
    const isDeletion = edit.after === undefined;
    // What was moved over something, or written where it had been, tells that this went.
    const isReplaced = isDeletion && edit.rewritten !== undefined;
    if (isReplaced && told.has(telling(edit.place, edit.rewritten))) continue;
    if (isDeletion && (isCopied || told.has(telling(edit.place, undefined)))) {
      edit.excuse = DELETED_ELSEWHERE;
    } else if (
      // Of a content that is written more than once nobody can tell which of them others have.
      edit.after === undefined ||
      !published.has(edit.after) ||
      !world.oracle.isUnique(edit.after)
    ) {
      edit.excuse = reason;
    }
  }
}

/** The same of what a twin had saved that is gone, where this machine alone had read it. */
function excuseForgotten(world: World, machine: Machine): void {
  const { machines, oracle } = world;
  const twins = machines.filter(
    (one) => one.isGone && one !== machine && machines.some((other) => areTwins(one, other)),
  );
  const names = new Set(twins.map(({ name }) => name));
  const known = names.size === 0 ? new Set<string>() : knownToOthers(world, machine);
  for (const edit of oracle.edits) {
    if (!names.has(edit.machine) || edit.excuse !== undefined || edit.after === undefined) continue;
    if (!known.has(edit.after)) edit.excuse = 'a twin that died';
  }
}

function areTwins({ name: one }: Machine, { name: other }: Machine): boolean {
  return one === `${other}-twin` || other === `${one}-twin`;
}

/**
 * What a machine has and has not published, by hash. Once the machine is copied, or put back to how
 * it is now, that is there twice, and who lets one copy go has not seen the other.
 */
export function unpublishedOf(world: World, machine: Machine): readonly string[] {
  const published = publishedBy(world, machine);
  const onDisk = [...textsOf(machine).values()].map(hashOf);
  const known = machine.askReplica(hashesIn) ?? [];
  return [...onDisk, ...known].filter((hash) => !published.has(hash));
}

/** True where it saved what the bucket does not show: deletions and new names, too. */
export function hasUnsent(world: World, machine: Machine): boolean {
  const engine = machine.session?.engine;
  if (engine === undefined) return true;
  return machine.unobserved(() => {
    const saved = appliedUpTo(engine.db, COLLECTION, selfId(engine));
    return outboxCount(engine.db, COLLECTION) > 0 || saved > numberInBucket(world, engine);
  });
}

/**
 * After a program ended in the midst of its work: what it put on the disk or moved there, and had no
 * time to note (or lost the note with the power), is later taken in like a file that a person brought from
 * elsewhere, as an edit that saw nothing (rules S4, S6). So is what a person made of it meanwhile.
 */
export function noteInterrupted({ oracle }: World, machine: Machine): void {
  const shown = machine.askReplica(shownIn) ?? new Map<string, string>();
  const known = new Set(shown.values());
  const placed = [...textsOf(machine)].flatMap(([place, content]) =>
    shown.get(place) === hashOf(content) ? [] : [hashOf(content)],
  );
  const replaced = oracle.edits.flatMap(({ machine: name, atMs, before }) =>
    name === machine.name && atMs >= machine.workSinceMs && before !== undefined ? [before] : [],
  );
  for (const hash of [...placed, ...replaced.filter((before) => !known.has(before))]) {
    if (!oracle.isWrittenOn(machine.name, hash)) oracle.touch(hash, 'interrupted');
  }
}

function knownToOthers(world: World, machine: Machine): ReadonlySet<string> {
  const others = living(world).filter((other) => other !== machine);
  return new Set(others.flatMap((other) => [...(other.askReplica(hashesIn) ?? [])]));
}

/** Hashes of what a machine has of others, and of what it wrote as far as the bucket shows it. */
function publishedBy(world: World, machine: Machine): ReadonlySet<string> {
  const engine = machine.session?.engine;
  if (engine === undefined) return new Set();
  return machine.unobserved(() => {
    const hashes = engine.db.all(
      'SELECT hash FROM versions WHERE collection = ? AND (device <> ? OR n <= ?)',
      COLLECTION,
      selfId(engine),
      numberInBucket(world, engine),
    );
    return new Set(hashes.map(({ hash }) => String(hash)));
  });
}

/** What a machine tells of which names (see `telling`), as far as the bucket shows it. */
function toldInHead(world: World, machine: Machine): ReadonlySet<string> {
  const engine = machine.session?.engine;
  if (engine === undefined) return new Set();
  return machine.unobserved(() => {
    const last = numberInBucket(world, engine);
    return new Set(tellingsIn(engine.db, 'AND device = ? AND n <= ?', selfId(engine), last));
  });
}

/** The same of whatever others know. */
function toldToOthers(world: World, machine: Machine): ReadonlySet<string> {
  const others = living(world).filter((other) => other !== machine);
  return new Set(others.flatMap((other) => other.askReplica((db) => tellingsIn(db)) ?? []));
}

function tellingsIn(db: Database, condition = '', ...values: (string | number)[]): string[] {
  const rows = db.all(
    `SELECT json_extract(body, '$.fields.path') AS place, hash FROM versions
     WHERE collection = ? ${condition}`,
    COLLECTION,
    ...values,
  );
  return rows.map(({ place, hash }) =>
    telling(String(place), hash === null ? undefined : String(hash)),
  );
}

/** That a content came to a name, or, without one, that the file of that name was deleted. */
function telling(place: string | undefined, hash: string | undefined): string {
  return `${hash ?? 'deleted'} ${place ?? ''}`;
}

/** The number of its last commit that its head in the bucket shows, and that counts. */
function numberInBucket(world: World, engine: Engine): number {
  const self = selfId(engine);
  const found = world.bucket.read(headKey(self), 0);
  const inHead = found === undefined ? 0 : numberIn(engine, headKey(self), found.body);
  return Math.min(inHead, endOf(world, self));
}

/**
 * Where an identity ended, as far as anybody knows, also who has not told it yet. What a device that
 * was reported lost wrote beyond that counts for nobody, unless it lives to take a new identity (rules
 * S9a, S14).
 */
function endOf(world: World, device: string): number {
  const ends = living(world).flatMap((machine) => {
    const end = machine.askReplica(allEnds)?.[device];
    return end === undefined ? [] : [end[COLLECTION] ?? 0];
  });
  return Math.min(Number.POSITIVE_INFINITY, ...ends);
}

/** The last number that its head shows; none where the head is torn, or by a twin. */
function numberIn(engine: Engine, key: string, sealed: Uint8Array): number {
  try {
    const head = decodeHead(key, openObject(engine.key, key, sealed, HEAD_MAX_BYTES));
    return isOwnNonce(engine.db, head.nonce) ? (head.collections[COLLECTION]?.n ?? 0) : 0;
  } catch (error) {
    if (!isErrorKind(error, 'damaged')) throw error;
    return 0;
  }
}

/** Cuts the power, and excuses what was on the disk before and is not after. */
export function excuseWhatWasCut(world: World, machine: Machine, cut: () => void): void {
  const { oracle } = world;
  const [before, liftedBefore] = [textsOf(machine), liftedIn(machine)];
  cut();
  const [after, liftedAfter] = [textsOf(machine), liftedIn(machine)];
  const left = new Set([...after.values(), ...liftedAfter.values()]);
  const had = new Set([...before.values(), ...liftedBefore.values()]);
  for (const [place, text] of [...before, ...liftedBefore]) {
    if (left.has(text)) continue;
    const hash = hashOf(text);
    // What Satchel put there was forced to the disk: a power cut does not take it.
    if (!excuseChain(oracle, machine.name, hash)) continue;
    oracle.note(machine.name, `power cut at ${place}`, text, after.get(place), {
      excuse: 'a power cut',
    });
  }
  for (const [place, text] of after) {
    // A move that was undone, too.
    if (before.get(place) !== text) oracle.touchText(text, 'power cut');
  }
  for (const [place, text] of [...after, ...liftedAfter]) {
    if (had.has(text)) continue;
    oracle.noteRepeated(text);
    oracle.note(machine.name, `power cut left ${place}`, undefined, text);
  }
}

/**
 * Excuses a content that the power cut took, and those before it in the same file of which it was
 * the last. @returns false where nobody wrote it on this machine.
 */
function excuseChain(oracle: Oracle, machine: string, hash: string): boolean {
  const open = [hash];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const edit of oracle.edits) {
      if (edit.after !== at || edit.machine !== machine || edit.excuse !== undefined) continue;
      edit.excuse = 'a power cut';
      if (edit.before !== undefined) open.push(edit.before);
    }
  }
  return oracle.edits.some((edit) => edit.after === hash && edit.machine === machine);
}

function textsOf(machine: Machine): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(machine.disk.person.tree(VAULT_ROOT)).filter(([place]) => !place.endsWith('/')),
  );
}

/** Files of the person that wait in `.satchel/tmp` on the way from one place to another. */
function liftedIn(machine: Machine): ReadonlyMap<string, string> {
  const waiting = Object.entries(machine.disk.person.tree(tmpFolder(VAULT_ROOT)));
  return new Map(waiting.filter(([name]) => name.endsWith('.move')));
}
