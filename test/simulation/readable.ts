/** I7, after a run: what the replicas name can be read, and is what its hash says. */
import { concat } from '../../src/base/bytes.ts';
import { messageOf } from '../../src/base/errors.ts';
import { contentHash } from '../../src/base/hash.ts';
import type { Version } from '../../src/format/commit.ts';
import { allRecords } from '../../src/replica/records.ts';
import { pastVersionsOf } from '../../src/replica/thinning.ts';
import { readContent } from '../../src/sync/contents.ts';
import type { Engine } from '../../src/sync/engine.ts';
import { readArchives } from '../../src/sync/history.ts';
import type { Machine } from './machine.ts';
import { allNeededVersions } from './needed.ts';
import { COLLECTION } from './program.ts';
import { living, type World } from './world.ts';

/**
 * Every version that any device knows of is found by the newcomer, who has the bucket alone, and can
 * be read there; where somebody pruned, those that are current or within the history that is kept.
 */
export async function checkReadable(world: World): Promise<void> {
  const newcomer = living(world).at(-1);
  if (newcomer?.session === undefined) return;
  const { engine } = newcomer.session;
  const reading = readArchives(engine, COLLECTION);
  const unreadable = await world.scheduler.runUntilSettled(reading, 'reading archives');
  for (const { path, error } of unreadable) world.violations.add('I7', `${path}: ${error}`);
  const found = new Map<string, Named>();
  for (const known of versionsOf(newcomer)) {
    // One that was written again stands there twice.
    if (found.get(known.version.id)?.isCurrent !== true) found.set(known.version.id, known);
  }
  const needed = world.happens('prune') ? allNeededVersions(world) : undefined;
  const known = living(world).flatMap(versionsOf);
  for (const id of new Set(known.map(({ version }) => version.id))) {
    const here = found.get(id);
    if (needed?.has(id) === false && here?.isCurrent !== true) continue;
    if (here?.isCurrent !== true) world.ask('asked I7: past version');
    const problem =
      here === undefined ? 'it is not found' : await problemOf(world, engine, here.version);
    if (problem !== undefined) world.violations.add('I7', `version ${id}: ${problem}`);
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
  engine: Engine,
  version: Version,
): Promise<string | undefined> {
  if (version.hash === undefined) return undefined;
  return await world.scheduler.runUntilSettled(
    readWhole(engine, version).then(
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
