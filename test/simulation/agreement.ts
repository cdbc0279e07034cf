/** I1, record by record: what devices say of a record, what each has on its disk, and the registry. */
import { contentHash } from '../../src/base/hash.ts';
import { REGISTRY_ID } from '../../src/format/ids.ts';
import { text } from '../../src/replica/database.ts';
import { allRecords } from '../../src/replica/records.ts';
import { currentVersionsOf } from '../../src/replica/versions.ts';
import type { Engine } from '../../src/sync/engine.ts';
import { conflictSides } from '../../src/sync/records.ts';
import type { Machine } from './machine.ts';
import { COLLECTION, VAULT_ROOT } from './program.ts';
import { living, type World } from './world.ts';

/** Where devices that talked until all was quiet differ, with conflicts open or not. */
export function disagreements(world: World): string[] {
  const [first, ...others] = living(world).flatMap((machine) => {
    const engine = machine.session?.engine;
    return engine === undefined ? [] : [look(world, machine, engine)];
  });
  if (first === undefined) return [];
  return [
    ...[first, ...others].flatMap(({ name, problems }) =>
      problems.map((what) => `${name}: ${what}`),
    ),
    ...others.flatMap((other) => differences(first, other)),
  ];
}

interface Look {
  readonly name: string;
  /** Where its disk is not what its replica says. */
  readonly problems: readonly string[];
  /** What the records are, by what identifies each. */
  readonly records: ReadonlyMap<string, string>;
}

function differences(one: Look, other: Look): string[] {
  const names = new Set([...one.records.keys(), ...other.records.keys()]);
  return [...names].flatMap((name) => {
    const [here, there] = [one.records.get(name), other.records.get(name)];
    return here === there ? [] : [`${name}: ${one.name} ${here} | ${other.name} ${there}`];
  });
}

function look({ plan }: World, machine: Machine, engine: Engine): Look {
  const { person } = machine.disk;
  const problems: string[] = [];
  const records = registryOf(engine);
  const inodes = new Set<bigint>();
  const states = new Map([...allRecords(engine.db, COLLECTION)].map((row) => [row.record, row]));
  for (const row of engine.db.all('SELECT * FROM shown WHERE collection = ?', COLLECTION)) {
    const [record, place, hash] = [text(row, 'record'), text(row, 'place'), text(row, 'hash')];
    const state = states.get(record);
    states.delete(record);
    if (state?.isLive !== true) problems.push(`${place} is shown, and its record is not live`);
    const entry = person.stat(`${VAULT_ROOT}/${place}`);
    if (entry !== undefined) inodes.add(entry.inode);
    // A disk that takes two names for one gives one of them a suffix (rule S5).
    const name = plan.foldingShare > 0 ? '' : place;
    if (entry?.kind === 'folder') {
      records.set(record, `the folder ${name}`);
      continue;
    }
    const isNoted = entry !== undefined && hashAt(machine, place) === hash;
    if (!isNoted) problems.push(`${place} is not what is noted`);
    if (state?.isConflict === true) {
      const { sides } = conflictSides(engine, COLLECTION, record);
      if (!sides.some((side) => side.hash === hash)) problems.push(`${place} shows no side`);
      records.set(
        record,
        `a conflict of ${sides
          .map((side) => side.hash)
          .sort()
          .join()}`,
      );
    } else {
      records.set(record, `${name} ${entry?.isExecutable === true ? 'x' : '-'} ${hash}`);
    }
  }
  const unshown = [...states.values()].filter(({ isLive }) => isLive);
  problems.push(...unshown.map(({ record }) => `${record} is live, and not shown`));
  const unknown = Object.keys(person.tree(VAULT_ROOT)).filter((place) => {
    const inode = person.stat(`${VAULT_ROOT}/${place}`)?.inode;
    return !place.endsWith('/') && inode !== undefined && !inodes.has(inode);
  });
  problems.push(...unknown.map((place) => `${place} is on the disk, and not noted`));
  return { name: machine.name, problems, records };
}

function hashAt(machine: Machine, place: string): string {
  return contentHash(machine.disk.person.read(`${VAULT_ROOT}/${place}`));
}

/** What people call devices and collections is in records, too. */
function registryOf({ db }: Engine): Map<string, string> {
  return new Map(
    [...allRecords(db, REGISTRY_ID)].map(({ record, fields }) => {
      const versions = currentVersionsOf(db, REGISTRY_ID, record).map(({ version }) => version.id);
      return [record, `${[...new Set(versions)].sort().join()} ${JSON.stringify(fields)}`];
    }),
  );
}
