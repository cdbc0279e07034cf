/** S3: what fields merge to, by the oracle, in any order, any grouping and any number of times. */
import type { Stamp, Version } from '../../src/format/commit.ts';
import type { FieldValue } from '../../src/sync/kind.ts';
import type { MergedFields } from '../../src/sync/merge.ts';
import type { Roll } from './merge-fuzz-history.ts';
import { currentOf } from './merge-fuzz-replica.ts';
import type { Rules } from './merge-fuzz-rules.ts';
import { check, factOf, type Setters, setBy, trueFields } from './merge-fuzz-truth.ts';
import type { Device, World } from './merge-fuzz-world.ts';

/** The fields of a record's current versions. */
export function checkCurrentFields(
  { rules, truth }: World,
  { replica }: Device,
  record: string,
): void {
  const versions = currentOf(replica, record).map((copy) => copy.version);
  const facts = versions.map(({ id }) => factOf(truth, id));
  checkMerge(rules, versions, facts);
}

const DEVICES = ['a', 'b'] as const;
const NAMES = ['path', 'exec'] as const;
const VALUES: readonly (FieldValue | undefined)[] = ['p', 'q', true, 7, undefined];

/** Versions that no history brings forth: equal stamps of one device with values that differ. */
export function checkFieldMerge(rules: Rules, roll: Roll): void {
  const versions = Array.from({ length: 2 + roll(3) }, () => rollVersion(roll));
  const setters = versions.map(({ fields, stamps, stamp }) => ({
    fields,
    setBy: setBy(fields, stamps, stamp),
  }));
  checkMerge(rules, versions, setters);
}

function rollVersion(roll: Roll): Version {
  const stamp = (): Stamp => [roll(3), DEVICES[roll(2)] ?? ''];
  const fields: Record<string, FieldValue> = {};
  const stamps: Record<string, Stamp> = {};
  for (const name of NAMES) {
    const value = VALUES[roll(VALUES.length)];
    if (value !== undefined) fields[name] = value;
    if (roll(2) === 0) stamps[name] = stamp();
  }
  return { id: 'v', record: 'r', stamp: stamp(), fields, stamps };
}

function checkMerge(
  { mergeFields }: Rules,
  versions: readonly Version[],
  setters: readonly Setters[],
): void {
  if (versions.length === 0) return;
  const whole = mergeFields(versions);
  const expected = wordsOf(trueFields(setters));
  check(wordsOf(whole.fields) === expected, 'S3', () => {
    return `the fields are ${wordsOf(whole.fields)}, not ${expected}`;
  });
  if (versions.length < 2) return;
  const half = versions.length >> 1;
  const grouped = [versions.slice(0, half), versions.slice(half)].map((part) =>
    asVersion(mergeFields(part)),
  );
  const key = keyOf(whole);
  const ways = [versions.toReversed(), [...versions, ...versions], grouped, grouped.toReversed()];
  for (const way of ways) {
    check(keyOf(mergeFields(way)) === key, 'S3', () => `the fields depend on the order: ${key}`);
  }
}

function asVersion({ fields, stamps }: MergedFields): Version {
  return { id: 'merged', record: 'r', stamp: [0, ''], fields, stamps };
}

function keyOf({ fields, stamps }: MergedFields): string {
  return `${wordsOf(fields)} by ${wordsOf(stamps)}`;
}

function wordsOf(fields: Readonly<Record<string, unknown>>): string {
  return Object.keys(fields)
    .sort()
    .map((name) => `${name}=${JSON.stringify(fields[name])}`)
    .join(' ');
}
