/**
 * The decisions with one mistake each. The fuzz has to find every one of them: that is the proof
 * that it can fail.
 */
import { compareStamps, type Stamp, type Version } from '../../src/format/commit.ts';
import type { Names } from '../../src/sync/beside.ts';
import type { Ends, MergedFields, Placed } from '../../src/sync/merge.ts';
import type { Unit } from '../../src/sync/units.ts';
import { REAL_RULES as REAL, type Rules } from './merge-fuzz-rules.ts';

const NO_ENDS: Ends = new Map();

export const BROKEN_RULES: Readonly<Record<string, Rules>> = {
  'a version names nothing that its author was not shown': onNames((names) => ({
    ...names,
    beside: [],
  })),
  'a version names no source of what is only carried on': onNames((names) => ({
    ...names,
    beside: names.beside.filter((id) => !names.unseen.includes(id)),
    unseen: [],
  })),
  'what is shown does not tell what it carries on': onNames((names) => ({ ...names, parents: [] })),
  'only the very content that is shown counts as seen': { ...REAL, namesOf: namesByHash },
  'what an author was not shown is superseded all the same': {
    ...REAL,
    currentAmong: altered((known) => withoutPart(known, 'beside')),
  },
  'by parents alone, without clocks': {
    ...REAL,
    currentAmong: (versions) =>
      versions.filter(
        ({ version: { id } }) => !versions.some((other) => other.version.parents?.includes(id)),
      ),
  },
  'an author does not supersede its own earlier numbers': {
    ...REAL,
    currentAmong: altered((known) => ({ ...known, own: 0 })),
  },
  'the newest stamp alone is current': { ...REAL, currentAmong: newestAlone },
  'whatever arrived last is current': { ...REAL, currentAmong: (versions) => versions.slice(-1) },
  'no account of ends when deciding': {
    ...REAL,
    currentAmong: (versions) => REAL.currentAmong(versions, NO_ENDS),
  },
  'no account of ends when waiting': {
    ...REAL,
    planApply: (units, clock) => REAL.planApply(units, clock, NO_ENDS),
  },
  'no account of own when deciding': {
    ...REAL,
    currentAmong: altered((known) => ({ ...known, own: undefined })),
  },
  'nothing waits for what its clock names': {
    ...REAL,
    planApply: <T extends Unit>(
      units: readonly T[],
      clock: Parameters<Rules['planApply']>[1],
      ends: Ends,
    ) => {
      const planned = REAL.planApply(
        units.map((unit) => ({ ...unit, needs: {}, unit })),
        clock,
        ends,
      );
      return planned.map(({ unit }) => unit);
    },
  },
  'a rename beside an edit is a conflict': onSides((known) => withoutPart(known, 'of')),
  'what a clock covers was seen': onSides((known) => withoutPart(known, 'beside')),
  'what came with something overlooked counts as seen': {
    ...REAL,
    sidesOf: (current, ends) => REAL.sidesOf(current.map(namesSourcesAlone), ends),
    viewOf: (record, current, ...rest) =>
      REAL.viewOf(record, current.map(namesSourcesAlone), ...rest),
  },
  'a tombstone beats content': {
    ...REAL,
    sidesOf: (current, ends) => REAL.sidesOf(goneFirst(current), ends),
    viewOf: (record, current, ...rest) => REAL.viewOf(record, goneFirst(current), ...rest),
  },
  'equal contents count twice': {
    ...REAL,
    sidesOf: (current, ends) =>
      REAL.sidesOf(current, ends).flatMap((side) =>
        side.versions.map((lead) => ({ ...side, versions: [lead], lead })),
      ),
  },
  'a device does not hold on to its side': {
    ...REAL,
    viewOf: (record, current, _held, ...rest) =>
      REAL.viewOf(record, current, { pending: undefined, shown: [] }, ...rest),
  },
  'a device that showed nothing shows the oldest side': {
    ...REAL,
    viewOf: (record, current, held, contentFields, ends) => {
      const sides = REAL.sidesOf(current, ends);
      const shown = held.shown.length > 0 ? held.shown : (sides.at(-1)?.versions ?? []);
      return REAL.viewOf(record, current, { ...held, shown }, contentFields, ends);
    },
  },
  'both sides of a conflict count as shown': {
    ...REAL,
    viewOf: (record, current, ...rest) => {
      const view = REAL.viewOf(record, current, ...rest);
      return view && { ...view, shows: current.map(({ version }) => version.id) };
    },
  },
  'the lowest stamp decides a field': {
    ...REAL,
    mergeFields: (versions) => {
      const { fields, stamps } = REAL.mergeFields(versions.map(reversed));
      return { fields, stamps: eachBackwards(stamps) };
    },
  },
  'what came with the other side of a conflict is set by who leaves it': {
    ...REAL,
    stampFields: (fields, changed, { seen }, ...rest) => {
      const others = Object.keys(fields).filter((name) => fields[name] !== seen.fields[name]);
      return REAL.stampFields(fields, [...changed, ...others], { seen, current: seen }, ...rest);
    },
  },
  'an edit carries the stamp of what it changes': {
    ...REAL,
    stampFields: (fields, _changed, ...rest) => REAL.stampFields(fields, [], ...rest),
  },
  'an edit sets all fields': {
    ...REAL,
    stampFields: (fields, changed, { seen, current }, ...rest) => {
      const names = [...changed, ...Object.keys(current.stamps)];
      return REAL.stampFields(fields, names, { seen, current }, ...rest);
    },
  },
  'an edit forgets what is absent': {
    ...REAL,
    stampFields: (...given) => {
      const { fields, stamps = {} } = REAL.stampFields(...given);
      const present = Object.entries(stamps).filter(([name]) => name in fields);
      return { fields, stamps: Object.fromEntries(present) };
    },
  },
  'an edit makes all that it leaves older than anything': {
    ...REAL,
    stampFields: (...given) => {
      const { fields, stamps = {} } = REAL.stampFields(...given);
      const oldest = Object.keys(stamps).map((name): [string, Stamp] => [name, [0, '']]);
      return { fields, stamps: Object.fromEntries(oldest) };
    },
  },
  'what is left goes back to how it was shown': { ...REAL, fieldsAfter: ({ fields }) => fields },
  'a field of equal stamps goes by the order of arrival': { ...REAL, mergeFields: lastOfEqual },
};

/** Mistakes that take some hundred thousand histories to find, for histories that show them. */
export const RARE_MISTAKES: Readonly<Record<string, Rules>> = {
  'what was never sent was not on view': {
    ...REAL,
    namesOf: (committed, { saw }, ...rest) =>
      REAL.namesOf(committed, { saw, parents: saw }, ...rest),
  },
  'a source that was not shown is superseded with what carries it on': onNames((names) => ({
    ...names,
    beside: names.beside.filter((id) => !names.unseen.includes(id)),
  })),
  'a source that does not stand counts as seen': onNames((names) => ({ ...names, unseen: [] })),
  'a rename that was seen along with a content counts for its own': {
    ...REAL,
    viewOf: (record, current, { pending, shown }, ...rest) =>
      REAL.viewOf(record, current, { pending, shown }, ...rest),
  },
  'what is shown and not committed yet does not count as shown': {
    ...REAL,
    viewOf: (record, current, held, ...rest) => {
      const shown = held.shown.filter(({ version }) => version.id !== held.pending);
      return REAL.viewOf(record, current, { ...held, shown }, ...rest);
    },
  },
  'what is only carried along counts as on view': {
    ...REAL,
    namesOf: (committed, shown, copiesOf, ends) => {
      const hashes = shown.saw.flatMap(copiesOf).map(({ version }) => version.hash);
      const carried = committed.filter(({ version: { of, hash } }) => of && hashes.includes(hash));
      const sources = carried.map(({ version }) => version.of?.[2]);
      const isNamed = (id: string): boolean => !sources.includes(id);
      const { beside, unseen, parents } = REAL.namesOf(committed, shown, copiesOf, ends);
      return { beside: beside.filter(isNamed), unseen: unseen.filter(isNamed), parents };
    },
  },
  'whoever saw an equal content was shown what it was carried on from': {
    ...REAL,
    namesOf: (committed, ...what) => {
      const names = REAL.namesOf(committed, ...what);
      const all = committed.flatMap(({ version }) => version.of?.[2] ?? []);
      const seen = all.filter((id) => !names.unseen.includes(id));
      return { ...names, parents: [...names.parents, ...seen] };
    },
  },
  'of equal contents one that is only carried is carried on': {
    ...REAL,
    lastSet: (equal) => equal.find(({ version }) => version.of !== undefined) ?? equal[0],
  },
};

/** Decides by altered versions, and answers with those that were given. */
function altered(alter: (known: Placed) => Placed): Rules['currentAmong'] {
  return <T extends Placed>(versions: readonly T[], ends: Ends) => {
    const given = new Map(versions.map((known) => [alter(known), known]));
    return REAL.currentAmong([...given.keys()], ends).flatMap((known) => given.get(known) ?? []);
  };
}

function onSides(alter: (known: Placed) => Placed): Rules {
  return {
    ...REAL,
    sidesOf: (current, ends) => REAL.sidesOf(current.map(alter), ends),
    viewOf: (record, current, ...rest) => REAL.viewOf(record, current.map(alter), ...rest),
  };
}

function withoutPart(known: Placed, part: 'beside' | 'of'): Placed {
  const { [part]: _left, ...version } = known.version;
  return { ...known, version };
}

/** Leaves of what was overlooked only what others carry on. */
function namesSourcesAlone(known: Placed, _at: number, current: readonly Placed[]): Placed {
  const sources = current.map(({ version }) => version.of?.[2]);
  const { beside = [], unseen = [] } = known.version;
  const left = [...beside, ...unseen].filter((id) => sources.includes(id));
  return { ...known, version: { ...known.version, beside: left } };
}

function onNames(alter: (names: Names) => Names): Rules {
  return { ...REAL, namesOf: (...what) => alter(REAL.namesOf(...what)) };
}

function namesByHash(...what: Parameters<Rules['namesOf']>): Names {
  const [committed, { saw }, copiesOf] = what;
  const overlooked = committed.map(({ version }) => version).filter(({ id }) => !saw.includes(id));
  const hashes = new Set(saw.flatMap(copiesOf).map(({ version }) => version.hash));
  const carried = overlooked.filter(({ of, hash }) => of !== undefined && !hashes.has(hash));
  const unseen = carried.map(({ of }) => of?.[2] ?? '');
  const beside = [...overlooked.map(({ id }) => id), ...unseen];
  return { beside, unseen, parents: REAL.namesOf(...what).parents };
}

function newestAlone<T extends Placed>(versions: readonly T[], ends: Ends): T[] {
  const [first, ...others] = REAL.currentAmong(versions, ends);
  if (first === undefined) return [];
  const time = ({ version }: Placed): number => version.stamp[0];
  return [others.reduce((best, known) => (time(known) > time(best) ? known : best), first)];
}

function goneFirst(current: readonly Placed[]): readonly Placed[] {
  const gone = current.filter(({ version }) => version.gone === true);
  return gone.length > 0 ? gone : current;
}

const LATEST_MS = 1e9;

function reversed(version: Version): Version {
  const { stamp, stamps } = version;
  return {
    ...version,
    stamp: backwards(stamp),
    ...(stamps === undefined ? {} : { stamps: eachBackwards(stamps) }),
  };
}

function backwards([timeMs, device]: Stamp): Stamp {
  return [LATEST_MS - timeMs, device];
}

function eachBackwards(stamps: Readonly<Record<string, Stamp>>): Record<string, Stamp> {
  return Object.fromEntries(
    Object.entries(stamps).map(([name, stamp]) => [name, backwards(stamp)] as const),
  );
}

/** As the merge of fields, but that of equal stamps the one that comes last counts. */
function lastOfEqual(versions: readonly Version[]): MergedFields {
  let merged: MergedFields = { fields: {}, stamps: {} };
  for (const version of versions) {
    const stamps = { ...merged.stamps };
    const fields = { ...merged.fields };
    for (const name of Object.keys({ ...version.fields, ...version.stamps })) {
      const stamp = version.stamps?.[name] ?? version.stamp;
      const known = stamps[name];
      if (known !== undefined && compareStamps(stamp, known) < 0) continue;
      const { [name]: value } = version.fields;
      stamps[name] = stamp;
      if (value === undefined) delete fields[name];
      else fields[name] = value;
    }
    merged = { fields, stamps };
  }
  return merged;
}
