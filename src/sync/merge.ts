/**
 * What current versions mean (rules S1, S3, S7). Everything here is pure: the same versions give
 * the same answer on every device, in whatever order they came.
 */
import { compareStamps, type Stamp, type Version } from '../format/commit.ts';
import type { Known } from '../replica/versions.ts';
import type { Fields, FieldValue, RecordView } from './kind.ts';

/** For identities that ended: the last number that counts (rule S9). */
export interface Ends {
  get(device: string): number | undefined;
  /** The identity that ended and is this device's still: what it wrote counts until it has another. */
  readonly living?: string;
}

export type Placed = Pick<Known, 'version' | 'device' | 'n' | 'clock' | 'own'>;

/** True if `known` was written with commit `n` of `device` applied. */
export function covers(known: Placed, device: string, n: number, ends: Ends): boolean {
  if (known.device === device) return n < known.n && n <= (known.own ?? n);
  const seen = known.clock[device]?.[0] ?? 0;
  return Math.min(seen, ends.get(device) ?? seen) >= n;
}

/** S1: `a` supersedes what its clock covers, except what its author was not shown. */
export function supersedes(a: Placed, b: Placed, ends: Ends): boolean {
  if (a.version.id === b.version.id) return false;
  if (a.version.record !== b.version.record) return false;
  if (a.version.beside?.includes(b.version.id) === true) return false;
  return covers(a, b.device, b.n, ends);
}

/** True for what an identity wrote after its end: it counts only where it was written again. */
export function isOrphan(known: Placed, ends: Ends): boolean {
  if (known.device === ends.living) return false;
  const end = ends.get(known.device);
  return end !== undefined && known.n > end;
}

/** The versions of one record that none of the others supersedes. */
export function currentAmong<T extends Placed>(versions: readonly T[], ends: Ends): T[] {
  const valid = versions.filter((version) => !isOrphan(version, ends));
  return valid.filter((version) => !valid.some((other) => supersedes(other, version, ends)));
}

/**
 * True if the author of `known` was surely shown version `id`, commit `n` of `device`. What is inside
 * the clock can have come with something else that the person was not shown: where `known` names
 * something in `beside`, and has no word on the version itself, nobody can tell.
 */
export function hasSurelySeen(
  known: Placed,
  [device, n, id]: NonNullable<Version['of']>,
  ends: Ends,
): boolean {
  const { beside = [], parents = [] } = known.version;
  if (beside.includes(id) || !covers(known, device, n, ends)) return false;
  return beside.length === 0 || parents.includes(id);
}

/** Versions of one record with the same content; `lead` is the newest. */
export interface Side {
  /** '' for a record without content. */
  readonly hash: string;
  readonly versions: readonly Placed[];
  readonly lead: Placed;
}

/**
 * The differing contents of a record, newest first; empty where it is gone. Content beats a
 * tombstone (S7), equal contents count once, and a side whose content another side's author had
 * seen and replaced is none: a rename beside an edit is no conflict.
 */
export function sidesOf(current: readonly Placed[], ends: Ends): Side[] {
  const byHash = new Map<string, Placed[]>();
  for (const known of current) {
    if (known.version.gone === true) continue;
    const hash = known.version.hash ?? '';
    byHash.set(hash, [...(byHash.get(hash) ?? []), known]);
  }
  const sides = [...byHash]
    .filter(([, versions]) => !versions.every((known) => isDeleted(known, current, ends)))
    .map(([hash, versions]) => toSide(hash, versions));
  const live = sides.flatMap((side) => side.versions);
  const standing = sides.filter((side) => !isReplacedContent(side, live, ends));
  return (standing.length > 0 ? standing : sides).sort((a, b) => compareKnown(b.lead, a.lead));
}

/** True for what was only written again (S12) of a version that somebody had seen and deleted. */
function isDeleted({ version }: Placed, current: readonly Placed[], ends: Ends): boolean {
  const { again = false, of, parents = [] } = version;
  // What carries another's content on, as a rename does, has something of its own to tell.
  if (!again || of === undefined || parents[0] !== of[2]) return false;
  return current.some((other) => other.version.gone === true && hasSurelySeen(other, of, ends));
}

function toSide(hash: string, versions: readonly Placed[]): Side {
  const sorted = [...versions].sort((a, b) => compareKnown(b, a));
  const [lead] = sorted;
  if (lead === undefined) throw new Error('a side has at least one version');
  return { hash, versions: sorted, lead };
}

/** True if every version of the side only kept content that another live version replaced. */
function isReplacedContent(side: Side, live: readonly Placed[], ends: Ends): boolean {
  return side.versions.every((known) =>
    live.some((other) => (other.version.hash ?? '') !== side.hash && replaces(other, known, ends)),
  );
}

/**
 * True if the author of `other` had seen the content that `carrier` keeps. Where `other` names the
 * carrier in `beside`, it names the source as well if the person had not seen that.
 */
function replaces(other: Placed, { version: { id, of } }: Placed, ends: Ends): boolean {
  if (of === undefined) return false;
  const { beside = [], unseen = [] } = other.version;
  if (beside.includes(id)) {
    return ![...beside, ...unseen].includes(of[2]) && covers(other, of[0], of[1], ends);
  }
  return hasSurelySeen(other, of, ends);
}

/**
 * Of versions with the same content, the one whose content was set last, be it by another version that
 * it carries on: who replaced an earlier one did not replace that. One whose setter is not known any
 * more counts as the oldest.
 * @param copiesOf the known copies of a version, by its id.
 */
export function lastSet(
  equal: readonly Placed[],
  copiesOf: (id: string) => readonly Placed[],
): Placed | undefined {
  const setOn = ({ version }: Placed): Stamp => {
    const source = version.of === undefined ? version : copiesOf(version.of[2])[0]?.version;
    return source?.stamp ?? [0, ''];
  };
  const order = (a: Placed, b: Placed): number =>
    compareStamps(setOn(b), setOn(a)) || compareKnown(b, a);
  return equal.toSorted(order)[0];
}

function compareKnown(a: Placed, b: Placed): number {
  const byStamp = compareStamps(a.version.stamp, b.version.stamp);
  if (byStamp !== 0) return byStamp;
  return a.version.id < b.version.id ? -1 : a.version.id > b.version.id ? 1 : 0;
}

/** The stamp that set a field; undefined where the version says nothing about it. */
export function fieldStamp(version: Version, field: string): Stamp | undefined {
  return version.stamps?.[field] ?? (field in version.fields ? version.stamp : undefined);
}

export interface MergedFields {
  readonly fields: Fields;
  readonly stamps: Readonly<Record<string, Stamp>>;
}

/** S3: for each field the highest stamp; ties by value. A field may be set to be absent. */
export function mergeFields(versions: readonly Version[]): MergedFields {
  const fields: Record<string, FieldValue> = {};
  const stamps: Record<string, Stamp> = {};
  for (const version of versions) {
    const names = new Set([...Object.keys(version.fields), ...Object.keys(version.stamps ?? {})]);
    for (const name of names) {
      const stamp = fieldStamp(version, name);
      if (stamp === undefined) continue;
      const known = stamps[name];
      const order = known === undefined ? 1 : compareStamps(stamp, known);
      const value = version.fields[name];
      if (order < 0 || (order === 0 && tieKey(value) <= tieKey(fields[name]))) continue;
      stamps[name] = stamp;
      if (value === undefined) delete fields[name];
      else fields[name] = value;
    }
  }
  return { fields, stamps };
}

/** A record's fields as they were before an edit. */
export interface FieldsBefore {
  /** Merged from the versions that the person was shown. */
  readonly seen: MergedFields;
  /** Merged from all that is current: in a conflict, a name can come from any side. */
  readonly current: MergedFields;
}

/** The fields of a record after an edit: what the person left is as the record has it now. */
export function fieldsAfter(
  { fields, changed }: { readonly fields: Fields; readonly changed: readonly string[] },
  current: MergedFields,
  contentFields: readonly string[],
): Fields {
  const after: Record<string, FieldValue> = { ...fields };
  for (const name of Object.keys(current.stamps)) {
    if (changed.includes(name) || contentFields.includes(name)) continue;
    const value = current.fields[name];
    if (value === undefined) delete after[name];
    else after[name] = value;
  }
  return after;
}

/**
 * S3: an edit sets the fields that it changes, or takes away. The others carry the stamp that set
 * them; those that go with the content are compared with what the person was shown.
 */
export function stampFields(
  fields: Fields,
  changed: readonly string[],
  { seen, current }: FieldsBefore,
  stamp: Stamp,
  contentFields: readonly string[],
): Pick<Version, 'fields' | 'stamps'> {
  const stamps: Record<string, Stamp> = {};
  for (const name of Object.keys({ ...current.stamps, ...seen.stamps })) {
    const isOfContent = contentFields.includes(name);
    const setBy = (isOfContent ? seen : current).stamps[name];
    if (setBy === undefined) continue;
    const isLeft = isOfContent ? fields[name] === seen.fields[name] : !changed.includes(name);
    if (isLeft) stamps[name] = setBy;
    else if (!(name in fields)) stamps[name] = stamp;
  }
  return Object.keys(stamps).length > 0 ? { fields, stamps } : { fields };
}

function tieKey(value: FieldValue | undefined): string {
  return value === undefined ? '' : JSON.stringify(value);
}

/** The highest stamp seen on a record; a new one exceeds it, whatever the wall clock says (S3). */
export function highestStampMs(versions: readonly Version[]): number {
  const times = versions.flatMap((version) => [
    version.stamp[0],
    ...Object.values(version.stamps ?? {}).map((stamp) => stamp[0]),
  ]);
  return times.reduce((highest, time) => Math.max(highest, time), 0);
}

/** What this device holds on to when contents differ. */
export interface Held {
  /** The write that is pending here, if any: its side is shown. */
  readonly pending: string | undefined;
  /** The versions that are on the device now, as far as they are known. */
  readonly shown: readonly Placed[];
  /** The content that is on the device now, '' for none; undefined where nothing is. */
  readonly hash?: string | undefined;
}

/**
 * The view of one record under the policy `hold`: a device keeps the side it showed, or what
 * became of it; one that has none shows the newest.
 */
export function viewOf(
  record: string,
  current: readonly Placed[],
  held: Held,
  contentFields: readonly string[],
  ends: Ends,
): RecordView | undefined {
  const sides = sidesOf(current, ends);
  const [newest] = sides;
  if (newest === undefined) return goneView(record, current);
  const side = heldSide(sides, held, ends) ?? newest;
  const merged = mergeFields(
    current.filter((known) => known.version.gone !== true).map((known) => known.version),
  );
  const others = new Set(
    sides.filter((other) => other !== side).flatMap((other) => other.versions.map(idOf)),
  );
  const lead = side.lead.version;
  return {
    record,
    live: true,
    fields:
      sides.length > 1 ? withContentFields(merged.fields, lead, contentFields) : merged.fields,
    content: lead.hash === undefined ? undefined : { hash: lead.hash, sizeBytes: lead.size ?? 0 },
    version: lead.id,
    shows: current.map(idOf).filter((id) => !others.has(id)),
    conflict: sides.length > 1,
  };
}

export function heldSide(sides: readonly Side[], held: Held, ends: Ends): Side | undefined {
  const withPending = sides.find((side) => side.versions.some((v) => idOf(v) === held.pending));
  if (withPending !== undefined) return withPending;
  // What is shown by its fields alone, as a rename is, says nothing of which content to go on with.
  const alike = held.shown.filter(({ version }) => (version.hash ?? '') === held.hash);
  const shown = alike.length > 0 ? alike : held.shown;
  const shownIds = new Set(shown.map(idOf));
  const same = sides.find((side) => side.versions.some((known) => shownIds.has(idOf(known))));
  if (same !== undefined) return same;
  const became = (isFrom: (known: Placed, before: Placed) => boolean): Side | undefined =>
    sides.find((side) => side.versions.some((known) => shown.some((s) => isFrom(known, s))));
  return (
    became((known, { device, n, version }) =>
      hasSurelySeen(known, [device, n, version.id], ends),
    ) ??
    // What is shown may only carry on a content that another side was made from.
    became(
      (known, { version }) => version.of !== undefined && hasSurelySeen(known, version.of, ends),
    ) ??
    became((known, before) => supersedes(known, before, ends))
  );
}

function goneView(record: string, current: readonly Placed[]): RecordView | undefined {
  const [newest] = [...current].sort((a, b) => compareKnown(b, a));
  if (newest === undefined) return undefined;
  return {
    record,
    live: false,
    fields: mergeFields(current.map((known) => known.version)).fields,
    content: undefined,
    version: newest.version.id,
    shows: current.map(idOf),
    conflict: false,
  };
}

/** The merged fields, those that go with the content taken from the version that has it. */
export function withContentFields(
  merged: Fields,
  source: Version | undefined,
  names: readonly string[],
): Record<string, FieldValue> {
  const fields = { ...merged };
  for (const name of names) {
    const value = source?.fields[name];
    if (value === undefined) delete fields[name];
    else fields[name] = value;
  }
  return fields;
}

function idOf(known: Placed): string {
  return known.version.id;
}
