/** What a person does on one device, turned into versions as the engine does (S4, S5, S6). */
import { compareStamps, type Stamp, type Version } from '../../src/format/commit.ts';
import type { Fields } from '../../src/sync/kind.ts';
import {
  type FieldsBefore,
  type MergedFields,
  type Placed,
  withContentFields,
} from '../../src/sync/merge.ts';
import { copiesOf, endsHere } from './merge-fuzz-replica.ts';
import { check, type Fact, factOf, seenBy, setBy, settersOf } from './merge-fuzz-truth.ts';
import {
  CONTENT_FIELDS,
  commitOutbox,
  type Device,
  newStamp,
  type OnDisk,
  type State,
  stateOf,
  tell,
  type World,
} from './merge-fuzz-world.ts';

export interface Write {
  readonly hash: string;
  readonly fields: Fields;
  /** Names of the fields that the person changed. */
  readonly changed: readonly string[];
}

/** Saves what is on the disk now. */
export function saveWrite(world: World, device: Device, record: string, write: Write): void {
  const { hash, changed } = write;
  const before = device.disk.get(record)?.versions ?? [];
  const state = withSeenPending(world, device, record, before);
  const live = state.current.filter(isLive);
  const isRevived = live.length === 0 && before.length > 0;
  const current = mergedOf(world, isRevived ? state.current : live);
  const fields = world.rules.fieldsAfter(write, current, CONTENT_FIELDS);
  const isReplacing =
    state.pending !== undefined &&
    before.includes(state.pending.version.id) &&
    state.pending.version.hash !== hash;
  const same = isReplacing ? undefined : equalSide(world, device, state, { hash, fields });
  if (same !== undefined) {
    device.disk.set(record, { hash, fields: write.fields, versions: same });
    tell(world, () => `  no edit: shows ${same.join(' ')}`);
    return;
  }
  const base = baseOf(world, device, record, state);
  const stamp = newStamp(world, device, record);
  const onDisk = device.disk.get(record);
  const isKept = onDisk?.hash === hash;
  const of = isKept ? referenceTo(world, device, record, hash, base.versions) : undefined;
  const version: Version = {
    id: nextVersionId(world),
    record,
    stamp,
    ...world.rules.stampFields(fields, changed, { ...base, current }, stamp, CONTENT_FIELDS),
    hash,
    ...(of === undefined ? {} : { of }),
  };
  const keeps = isKept ? settersOf(world.truth, before, hash) : [];
  put(world, device, state, version, { shown: before, onView: hashesOf(onDisk), keeps });
  const after = mergedOf(world, stateOf(world, device, record).current.filter(isLive));
  checkEdit(write, stamp, current, after);
  device.disk.set(record, { hash, fields: write.fields, versions: [version.id] });
}

export function saveDeletion(world: World, device: Device, record: string): void {
  const before = device.disk.get(record)?.versions ?? [];
  const state = withSeenPending(world, device, record, before);
  const base = baseOf(world, device, record, state);
  const onView = hashesOf(device.disk.get(record));
  device.disk.delete(record);
  const isGone = !state.current.some(isLive);
  if (isGone || state.committed.length === 0) {
    if (!isGone) device.outbox.delete(record);
    return;
  }
  const stamp = newStamp(world, device, record);
  const version: Version = { id: nextVersionId(world), record, stamp, gone: true, ...base.seen };
  put(world, device, state, version, { shown: before, onView, keeps: [] });
}

/**
 * A person settles a conflict: what is chosen supersedes all current versions. What waits in the
 * outbox becomes a commit first, so that it stays in the history.
 * @param hash the content chosen, of a side or made by hand.
 */
export function choose(world: World, device: Device, record: string, hash: string): void {
  commitOutbox(world, device, [record]);
  const state = stateOf(world, device, record);
  const live = state.current.filter(isLive);
  const merged = mergedOf(world, live);
  const source = live.find((known) => known.version.hash === hash)?.version;
  const kept = Object.entries(merged.stamps).filter(
    ([name]) => !(CONTENT_FIELDS as readonly string[]).includes(name),
  );
  const saw = state.committed.map((known) => known.version.id);
  const version: Version = {
    id: nextVersionId(world),
    record,
    stamp: newStamp(world, device, record),
    fields: withContentFields(merged.fields, source, CONTENT_FIELDS),
    stamps: Object.fromEntries(kept),
    hash,
    parents: saw,
  };
  note(world, version, { shown: saw, onView: [], keeps: [] });
  device.outbox.set(record, { version, saw });
}

function withSeenPending(
  world: World,
  device: Device,
  record: string,
  shown: readonly string[],
): State {
  const pending = device.outbox.get(record);
  if (pending !== undefined && !shown.includes(pending.version.id)) {
    commitOutbox(world, device, [record]);
  }
  return stateOf(world, device, record);
}

/** S6: content equal to a current version is no edit. The versions shown thereby. */
function equalSide(
  world: World,
  device: Device,
  state: State,
  { hash, fields }: Pick<Write, 'hash' | 'fields'>,
): readonly string[] | undefined {
  if (!state.current.some(isLive)) return undefined;
  const merged = mergedOf(world, state.current.filter(isLive)).fields;
  if (!equalFields(fields, merged)) return undefined;
  const sides = world.rules.sidesOf(state.current, endsHere(device.replica));
  if (!sides.some((side) => side.hash === hash)) return undefined;
  const others = new Set(
    sides
      .filter((side) => side.hash !== hash)
      .flatMap((side) => side.versions.map((known) => known.version.id)),
  );
  return state.current.map((known) => known.version.id).filter((id) => !others.has(id));
}

function equalFields(a: Fields, b: Fields): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  for (const name of CONTENT_FIELDS) names.delete(name);
  return [...names].every((name) => a[name] === b[name]);
}

/** S3: what a person changes is set, and what is left stays, with the stamp that set it. */
function checkEdit(
  { fields, changed }: Write,
  stamp: Stamp,
  before: MergedFields,
  after: MergedFields,
): void {
  for (const name of Object.keys({ ...before.stamps, ...after.stamps })) {
    if ((CONTENT_FIELDS as readonly string[]).includes(name)) continue;
    const setBy = changed.includes(name) ? undefined : before.stamps[name];
    const value = setBy === undefined ? fields[name] : before.fields[name];
    check(after.fields[name] === value, 'S3', () => `${name} is ${after.fields[name]}`);
    const isRight = compareStamps(after.stamps[name] ?? [0, ''], setBy ?? stamp) === 0;
    check(isRight, 'S3', () => `${name} is set by ${after.stamps[name]}`);
  }
}

function mergedOf({ rules }: World, placed: readonly Placed[]): MergedFields {
  return rules.mergeFields(placed.map(({ version }) => version));
}

interface Base extends Pick<FieldsBefore, 'seen'> {
  readonly versions: readonly Placed[];
}

function baseOf(world: World, device: Device, record: string, state: State): Base {
  const shown = device.disk.get(record);
  const ids = shown?.versions ?? [];
  const copies = copiesOf(device.replica, record);
  const now = state.current.filter((known) => ids.includes(known.version.id));
  const nowIds = new Set(now.map((known) => known.version.id));
  const before = copies.filter(({ version: { id } }) => ids.includes(id) && !nowIds.has(id));
  const versions = [...now, ...before].filter(isLive);
  return { seen: mergedOf(world, versions), versions };
}

function isLive({ version }: Placed): boolean {
  return version.gone !== true;
}

function hashesOf(onDisk: OnDisk | undefined): readonly string[] {
  return onDisk === undefined ? [] : [onDisk.hash];
}

/** F4: which version the content is from; none if that one is not committed itself. */
function referenceTo(
  world: World,
  device: Device,
  record: string,
  hash: string,
  versions: readonly Placed[],
): Version['of'] {
  const copies = copiesOf(device.replica, record);
  const copiesById = (id: string): readonly Placed[] =>
    copies.filter((copy) => copy.version.id === id);
  const equal = versions.filter((known) => known.version.hash === hash);
  const source = world.rules.lastSet(equal, copiesById);
  if (source === undefined) return undefined;
  const { id, of } = source.version;
  if (of !== undefined) return of;
  return copiesById(id).length > 0 ? [source.device, source.n, id] : undefined;
}

/** What the oracle is told of a save. */
interface Seen extends Pick<Fact, 'onView' | 'keeps'> {
  readonly shown: readonly string[];
}

const UNSENT_NAMED = 32;

/** Puts a save into the outbox, in the place of one that the person saw. */
function put(
  world: World,
  device: Device,
  state: State,
  version: Version,
  { shown, onView, keeps }: Seen,
): void {
  const { pending, committed } = state;
  const isSeen = pending !== undefined && shown.includes(pending.version.id);
  const saw = new Set([...(isSeen ? pending.saw : []), ...shown]);
  if (pending !== undefined) saw.delete(pending.version.id);
  if (committed.length > 0 && committed.every((known) => known.version.gone === true)) {
    for (const known of committed) saw.add(known.version.id);
  }
  const replaced = isSeen ? [...(pending.version.parents ?? []), pending.version.id] : [];
  const unsent = replaced.filter((id) => !saw.has(id)).slice(-UNSENT_NAMED);
  const named = [...saw, ...unsent];
  const parents = named.length > 0 ? { parents: named } : {};
  const former = isSeen ? factOf(world.truth, pending.version.id).onView : [];
  note(world, version, {
    shown: isSeen ? [...saw, pending.version.id] : [...saw],
    onView: [...former, ...onView],
    keeps,
  });
  device.outbox.set(version.record, { version: { ...version, ...parents }, saw: [...saw] });
}

/** Tells the oracle what was written by whom and after seeing what. */
function note(world: World, version: Version, seen: Seen): void {
  const { id, record, stamp, fields, stamps, gone, hash } = version;
  const { shown } = seen;
  world.truth.set(id, {
    id,
    record,
    isGone: gone === true,
    stamp,
    hash: hash ?? '',
    ...seen,
    seen: seenBy(world.truth, shown),
    fields,
    setBy: setBy(fields, stamps, stamp),
  });
  tell(
    world,
    () => `  saves ${id} of ${record}: ${gone === true ? 'gone' : hash} saw ${shown.join(' ')}`,
  );
}

function nextVersionId(world: World): string {
  return `v${world.truth.size + 1}`;
}
