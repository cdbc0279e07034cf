/** I7, after a run: what the replicas name can be read, and is what its hash says. */
import { concat } from '../../src/base/bytes.ts';
import { messageOf } from '../../src/base/errors.ts';
import { contentHash } from '../../src/base/hash.ts';
import type { Version } from '../../src/format/commit.ts';
import { allRecords } from '../../src/replica/records.ts';
import { pastVersionsOf } from '../../src/replica/thinning.ts';
import { readContent } from '../../src/sync/contents.ts';
import type { Engine } from '../../src/sync/engine.ts';
import type { Machine } from './machine.ts';
import { allNeededVersions } from './needed.ts';
import { COLLECTION } from './program.ts';
import { living, type World } from './world.ts';

/**
 * Every version that any device knows of; where somebody pruned, those that are current or within
 * the history that is kept.
 */
export async function checkReadable(world: World): Promise<void> {
  // The newcomer comes last, so what it knows is read there: it has the bucket alone.
  const versions = new Map(
    living(world).flatMap((machine) =>
      versionsOf(machine).map((known) => [known.version.id, { ...known, machine }] as const),
    ),
  );
  const last = living(world).at(-1);
  const needed = world.happens('prune') ? allNeededVersions(world) : undefined;
  for (const { machine, version, isCurrent } of versions.values()) {
    const isNeeded = needed?.has(version.id) !== false || (isCurrent && machine === last);
    if (version.hash === undefined || !isNeeded) continue;
    if (!isCurrent) world.ask('asked I7: past version');
    const problem = await problemOf(world, machine, version);
    if (problem === undefined) continue;
    world.violations.add('I7', `version ${version.id} on ${machine.name}: ${problem}`);
  }
}

interface Named {
  readonly version: Version;
  readonly isCurrent: boolean;
}

function versionsOf(machine: Machine): readonly Named[] {
  return (
    machine.askReplica((db) =>
      [...allRecords(db, COLLECTION)].flatMap(({ record }) =>
        pastVersionsOf(db, COLLECTION, record),
      ),
    ) ?? []
  );
}

async function problemOf(
  world: World,
  { session }: Machine,
  version: Version,
): Promise<string | undefined> {
  if (session === undefined) return 'nobody is there to read it';
  return await world.scheduler.runUntilSettled(
    readWhole(session.engine, version).then(
      (bytes) => (contentHash(bytes) === version.hash ? undefined : 'it is another content'),
      messageOf,
    ),
    'reading a version',
  );
}

async function readWhole(engine: Engine, version: Version): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of readContent(engine, COLLECTION, version)) pieces.push(piece);
  return concat(pieces);
}
