/** Every record of a collection as it was at a moment, or as it is now. */
import type { Version } from '../format/commit.ts';
import { endsOf } from '../replica/clocks.ts';
import {
  pendingRecords,
  type RecordThen,
  recordsNow,
  recordsUntil,
  sharedClaims,
} from '../replica/moments.ts';
import { type OutboxEntry, outboxEntry } from '../replica/outbox.ts';
import { claimantsOf } from '../replica/records.ts';
import { shownOf } from '../replica/shown.ts';
import { pastVersionsOf } from '../replica/thinning.ts';
import { currentVersionsOf } from '../replica/versions.ts';
import { type Engine, selfId } from '../sync/engine.ts';
import type { Fields, Kind, RecordView } from '../sync/kind.ts';
import type { Placed } from '../sync/merge.ts';
import { endsHere, placePending, stateOf, viewOfState } from '../sync/records.ts';
import { viewAt } from '../sync/view-at.ts';

/** A record: a file, a link, or a folder that was saved as such. */
export interface TreeNode {
  readonly record: string;
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
  /** Content bytes; of what is deleted, those that it had last. */
  readonly size: number;
  /** When it was saved or deleted, by the clock of the device that did. */
  readonly timeMs: number;
  /** The id of that device. */
  readonly device: string;
  readonly isGone: boolean;
  /** The version shown; of what is deleted, the one that it had last. */
  readonly version: string;
  /** The hash of its content, '' for none. */
  readonly hash: string;
}

export interface TreeSource {
  readonly engine: Engine;
  /** The id of the collection. */
  readonly collection: string;
  readonly kind: Kind;
}

/** After so many records others have their turn: a large collection takes a second or so. */
const RECORDS_AT_ONCE = 4_000;

/**
 * The records of a collection, sorted by path: those that were there at a moment, and those that
 * had been deleted before it and can be brought back. Knows what this device has read of the
 * history (see `readArchivesIfReachable`), and nothing that history let go (rule S12).
 * @param atMs milliseconds since the Unix epoch; undefined for what this device shows now.
 */
export async function readNodes(source: TreeSource, atMs: number | undefined): Promise<TreeNode[]> {
  const { engine, collection } = source;
  const nodes: TreeNode[] = [];
  for (let after = ''; ; ) {
    const found =
      atMs === undefined
        ? recordsNow(engine.db, collection, after, RECORDS_AT_ONCE)
        : recordsUntil(engine.db, collection, atMs, after, RECORDS_AT_ONCE);
    const isLast = found.length < RECORDS_AT_ONCE;
    const last = isLast ? undefined : found.at(-1)?.record;
    const pending = new Set(pendingRecords(engine.db, collection, after, last));
    for (const then of found) {
      const node = pending.delete(then.record)
        ? nodeWithPending(source, then.record, atMs)
        : nodeOf(source, then, atMs);
      if (node !== undefined) nodes.push(node);
    }
    for (const record of pending) {
      const node = nodeWithPending(source, record, atMs);
      if (node !== undefined) nodes.push(node);
    }
    if (last === undefined) break;
    after = last;
    await engine.clock.sleep(0);
  }
  return inOrder(nodes);
}

function inOrder(nodes: TreeNode[]): TreeNode[] {
  return nodes.sort((a, b) => compareText(a.path, b.path) || compareText(a.record, b.record));
}

/** By code units: all that is in one folder is together. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The record where nothing of it waits to be sent. Most have one version that counts. */
function nodeOf(
  source: TreeSource,
  then: RecordThen,
  atMs: number | undefined,
): TreeNode | undefined {
  const { engine, collection } = source;
  const isEnded = endsOf(engine.db, collection).has(then.device);
  if (then.versions > 1 || isEnded) return nodeOfMany(source, then.record, atMs, undefined);
  const version: Version = JSON.parse(then.body);
  if (version.gone === true) return goneNode(source, version, version.fields, atMs);
  return liveNode(source, version, version.fields);
}

function nodeWithPending(
  source: TreeSource,
  record: string,
  atMs: number | undefined,
): TreeNode | undefined {
  const entry = outboxEntry(source.engine.db, source.collection, record);
  return nodeOfMany(source, record, atMs, entry);
}

/** The record by the rules for several versions. */
function nodeOfMany(
  source: TreeSource,
  record: string,
  atMs: number | undefined,
  entry: OutboxEntry | undefined,
): TreeNode | undefined {
  const seen = atMs === undefined ? viewNow(source, record) : viewThen(source, record, atMs, entry);
  if (seen === undefined) return undefined;
  const { view, version } = seen;
  if (!view.live) return goneNode(source, version, view.fields, atMs);
  return liveNode(source, version, view.fields);
}

interface Seen {
  readonly view: RecordView;
  /** The one that the view is of. */
  readonly version: Version;
}

function viewNow({ engine, collection, kind }: TreeSource, record: string): Seen | undefined {
  const state = stateOf(engine, collection, record);
  const view = viewOfState(kind, state);
  const lead = state.current.find(({ version }) => version.id === view?.version);
  return view === undefined || lead === undefined ? undefined : { view, version: lead.version };
}

function viewThen(
  source: TreeSource,
  record: string,
  atMs: number,
  entry: OutboxEntry | undefined,
): Seen | undefined {
  const { engine, collection } = source;
  const { db } = engine;
  const past = pastVersionsOf(db, collection, record);
  if (entry === undefined) return viewOfKnown(source, record, past, atMs);
  const current = currentVersionsOf(db, collection, record);
  const pending = placePending(engine, collection, entry, current);
  return viewOfKnown(source, record, [...past, pending], atMs, entry.version.id);
}

function viewOfKnown(
  { engine, collection, kind }: TreeSource,
  record: string,
  known: readonly Placed[],
  atMs: number,
  pending?: string,
): Seen | undefined {
  const moment = { atMs, self: selfId(engine), pending };
  const ends = endsHere(engine, collection);
  const view = viewAt(record, known, moment, kind.contentFields, ends);
  const lead = known.find(({ version }) => version.id === view?.version);
  return view === undefined || lead === undefined ? undefined : { view, version: lead.version };
}

function liveNode({ kind }: TreeSource, version: Version, fields: Fields): TreeNode | undefined {
  const path = kind.titleOf(fields);
  if (path === '') return undefined;
  const [timeMs, device] = version.stamp;
  return {
    record: version.record,
    path,
    kind: kindOfEntry(version.hash, fields),
    size: version.size ?? 0,
    timeMs,
    device,
    isGone: false,
    version: version.id,
    hash: version.hash ?? '',
  };
}

/**
 * What was deleted, with what it showed before, which is what its versions with content show;
 * undefined where none is kept any more.
 */
function goneNode(
  source: TreeSource,
  tombstone: Version,
  fields: Fields,
  atMs: number | undefined,
): TreeNode | undefined {
  const { engine, collection } = source;
  const { record } = tombstone;
  const past = pastVersionsOf(engine.db, collection, record);
  const kept = past.filter(({ version }) => version.gone !== true);
  const before = viewOfKnown(source, record, kept, atMs ?? Number.MAX_SAFE_INTEGER);
  const node = before === undefined ? undefined : liveNode(source, before.version, fields);
  const [timeMs, device] = tombstone.stamp;
  return node === undefined ? undefined : { ...node, timeMs, device, isGone: true };
}

/** Folders have no content. What else there is says so in the field `type`. */
function kindOfEntry(hash: string | undefined, fields: Fields): TreeNode['kind'] {
  if (hash === undefined) return 'folder';
  return fields.type === 'symlink' ? 'link' : 'file';
}

/**
 * The records as they are now, in the places that they have on the disk: of those that claim one
 * name, all but one have another (rule S5).
 */
export async function readPlacedNodes(source: TreeSource): Promise<TreeNode[]> {
  const { engine, collection } = source;
  const nodes = await readNodes(source, undefined);
  const rivals = new Set(
    sharedClaims(engine.db, collection).flatMap((claim) =>
      claimantsOf(engine.db, collection, claim).map(({ record }) => record),
    ),
  );
  if (rivals.size === 0) return nodes;
  const placed = nodes.map((node) => {
    const isShared = !node.isGone && rivals.has(node.record);
    const place = isShared ? shownOf(engine.db, collection, node.record)?.place : undefined;
    return place === undefined ? node : { ...node, path: place };
  });
  return inOrder(placed);
}
