/** S9: what a device does when it finds that it was cloned or restored, or that it is ended. */
import type { Clock, Commit } from '../format/commit.ts';
import type { Head } from '../format/head.ts';
import { newInnerId, newObjectId, tagOf } from '../format/ids.ts';
import { forgetAdopted } from '../replica/adopted.ts';
import { beginRevs } from '../replica/changes.ts';
import { appliedUpTo, endsOf, noteEnd, removeClock, setClock } from '../replica/clocks.ts';
import { addEvent } from '../replica/events.ts';
import { collectionIds, deleteMeta, getMeta, markHeadChanged, setMeta } from '../replica/meta.ts';
import { forgetNonces, forgetOwnSegments, forgetReplaced } from '../replica/own.ts';
import { addPeer, forgetReads } from '../replica/peers.ts';
import {
  commitId,
  commitsOf,
  insertCommit,
  recordsBeyond,
  removeBeyond,
  unarchiveAll,
} from '../replica/versions.ts';
import { endIdentity, refreshAll, refreshContested } from './ends.ts';
import { type Engine, selfId } from './engine.ts';
import { forgetTried, landedUpTo, triedUpTo } from './landed.ts';
import type { UnreadFormer } from './unread-former.ts';

/** For each collection, the tags of commits by their number. */
export type Chains = ReadonlyMap<string, ReadonlyMap<number, string>>;

/**
 * Takes a new identity. Commits that the head found does not share are renumbered as commits of
 * the new one, under the same version ids; the end of the former one is announced in the head.
 * @param chains what the head found and its segments tell of commits (see `readFoundLife`).
 */
export function changeIdentity(engine: Engine, found: Head | undefined, chains: Chains): void {
  const { db } = engine;
  db.transaction(() => {
    const former = selfId(engine);
    const next = newObjectId(engine.random);
    const upTo: Record<string, number> = {};
    setMeta(db, 'device', next);
    beginRevs(db, engine.machineClock.now());
    unarchiveAll(db, former);
    for (const collection of collectionIds(db)) {
      const life = {
        foundTo: found?.collections[collection]?.n ?? 0,
        chain: chains.get(collection) ?? new Map(),
      };
      upTo[collection] = moveCommits(engine, collection, former, next, life);
    }
    for (const [collection, { n }] of Object.entries(found?.collections ?? {})) {
      if (!(collection in upTo)) noteEnd(db, former, collection, n);
    }
    forgetNonces(db);
    forgetOwnSegments(db);
    // The former head goes on telling of them; under the new identity they are kept anew.
    forgetAdopted(db);
    // The former head goes on naming them: they are no longer this device's to remove.
    forgetReplaced(db);
    for (const name of OF_ONE_IDENTITY) deleteMeta(db, name);
    addPeer(db, former);
    setMeta(db, 'former', JSON.stringify([...formerIdentities(engine), former]));
    forgetReads(db);
    const unread: UnreadFormer = { device: former, upTo, since: engine.clock.now() };
    setMeta(db, 'unread-former', JSON.stringify(unread));
    markHeadChanged(db);
    addEvent(db, {
      time: engine.clock.now(),
      kind: 'device',
      message:
        'This device was restored from a backup or copied. It goes on under a new identity; ' +
        'what it had saved is published again.',
    });
  });
}

/** Facts about the former head, which goes on naming what it condemned (rule S12). */
const OF_ONE_IDENTITY = [
  'head-tag',
  'head-tried',
  'head-acknowledged',
  'head-nonce',
  'index',
  'condemned',
  'pruning',
  'undecided-since',
  'moved-since',
] as const;

/** True from when this device hears of its own end until it has a new identity. */
export function isEnded({ db }: Engine): boolean {
  const self = selfId({ db });
  return collectionIds(db).some((id) => endsOf(db, id).has(self));
}

/** Identities that this device had before. */
export function formerIdentities(engine: Engine): readonly string[] {
  const text = getMeta(engine.db, 'former');
  return text === undefined ? [] : JSON.parse(text);
}

/** What was found of a life under the former identity, in one collection. */
interface Life {
  readonly foundTo: number;
  readonly chain: ReadonlyMap<number, string>;
}

/** Returns up to which number the former identity has to be read. */
function moveCommits(
  engine: Engine,
  collection: string,
  former: string,
  next: string,
  { foundTo, chain }: Life,
): number {
  const { db } = engine;
  const ended = endsOf(db, collection).get(former) ?? Number.POSITIVE_INFINITY;
  const shared = Math.min(sharedUpTo(engine, collection, former, { foundTo, chain }), ended);
  const mine = [...commitsOf(db, collection, former, shared + 1, Number.MAX_SAFE_INTEGER)];
  // What no head ever told can be renumbered, whatever stands under its number elsewhere.
  const tried = triedUpTo(db, collection);
  const isForked = mine.some((commit) => commit.n <= tried);
  const records = recordsBeyond(db, collection, former, shared);
  removeBeyond(db, collection, former, shared);
  if (shared === 0) removeClock(db, collection, former);
  else setClock(db, collection, former, shared, tagAt(engine, collection, former, shared, chain));
  const formerTag = shared === 0 ? '' : tagAt(engine, collection, former, shared, chain);
  mine.forEach((commit, index) => {
    const n = index + 1;
    const seen = Math.min(commit.own ?? shared, shared);
    const clock: Clock =
      seen === 0
        ? commit.clock
        : { ...commit.clock, [former]: [seen, seen === shared ? formerTag : ''] };
    const own = commit.own === undefined ? undefined : Math.max(0, commit.own - shared);
    const moved: Commit = { ...commit, n, id: newInnerId(engine.random), clock, own };
    insertCommit(db, collection, next, moved);
    setClock(db, collection, next, n, tagOf(moved.id));
  });
  noteEnd(db, former, collection, isForked ? shared : Math.max(shared, foundTo));
  forgetTried(db, collection);
  refreshAll(engine, collection, records);
  refreshContested(engine, collection);
  return isForked ? shared : Math.min(foundTo, ended);
}

/** The tags that a head tells: of segment ends, and of every commit in the tail. */
export function chainOf(head: Head, collection: string): ReadonlyMap<number, string> {
  const found = head.collections[collection];
  if (found === undefined) return new Map();
  return new Map([
    ...found.segments.map(([, , to, , tag]): [number, string] => [to, tag]),
    ...found.tail.map((commit): [number, string] => [commit.n, tagOf(commit.id)]),
  ]);
}

/** S9: another commit under a number that was applied here already means two lives of one device. */
export function noticeFork(
  engine: Engine,
  device: string,
  collection: string,
  chain: Iterable<readonly [n: number, tag: string]>,
): void {
  const foreign = foreignNumbers(engine, device, collection, chain);
  if (foreign.length > 0) endIdentity(engine, device, collection, Math.min(...foreign) - 1);
}

/** The numbers under which this device knows another commit than the chain tells. */
function foreignNumbers(
  { db }: Engine,
  device: string,
  collection: string,
  chain: Iterable<readonly [n: number, tag: string]>,
): number[] {
  return [...chain]
    .filter(([n, tag]) => {
      const id = commitId(db, collection, device, n);
      return id !== undefined && tagOf(id) !== tag;
    })
    .map(([n]) => n);
}

/**
 * The number up to which both lives count as the same. What is known to have arrived before this
 * device was put back needs no proof: history may have let go of it everywhere (rule S12). Only
 * another commit under such a number tells that the life found is a clone's.
 */
function sharedUpTo(
  engine: Engine,
  collection: string,
  former: string,
  { foundTo, chain }: Life,
): number {
  const own = appliedUpTo(engine.db, collection, former);
  const told = sharedPrefix(engine, collection, former, own, chain);
  const landed = Math.min(landedUpTo(engine.db, collection), foundTo, own);
  const isForeign = foreignNumbers(engine, former, collection, chain).some(
    (n) => n > told && n <= landed,
  );
  return isForeign ? told : Math.max(told, landed);
}

/** The highest number at which the own commits and the chain found are known to be the same. */
export function sharedPrefix(
  engine: Engine,
  collection: string,
  device: string,
  own: number,
  chain: ReadonlyMap<number, string>,
): number {
  const shared = [...chain]
    .filter(([n, tag]) => {
      const id = n <= own ? commitId(engine.db, collection, device, n) : undefined;
      return id !== undefined && tagOf(id) === tag;
    })
    .map(([n]) => n);
  return shared.reduce((highest, n) => Math.max(highest, n), 0);
}

function tagAt(
  engine: Engine,
  collection: string,
  device: string,
  n: number,
  chain: ReadonlyMap<number, string>,
): string {
  const id = commitId(engine.db, collection, device, n);
  return id === undefined ? (chain.get(n) ?? '') : tagOf(id);
}
