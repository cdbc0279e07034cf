/** Conflicts held for a person: listing and settling them. */

import type { ConflictInfo, SideInfo } from '../api/conflicts.ts';
import { SatchelError } from '../base/errors.ts';
import { contentHash } from '../base/hash.ts';
import type { Version } from '../format/commit.ts';
import { nextSequence } from '../replica/meta.ts';
import { conflictsOf } from '../replica/records.ts';
import { markStale, STALE_RANK, shownOf } from '../replica/shown.ts';
import type { Choice } from '../sync/choose.ts';
import { INLINE_MAX_BYTES } from '../sync/kind.ts';
import type { Side } from '../sync/merge.ts';
import { conflictSides } from '../sync/records.ts';
import { nameOf } from './collection-list.ts';
import { requireReadable } from './content.ts';
import { deviceNames } from './devices.ts';
import type { FoundRecord } from './records.ts';
import { findVersion } from './restore.ts';
import { stateOf } from './seen-state.ts';
import type { Session } from './session.ts';
import { choose, keepPendingEdit } from './settle.ts';

export type { Choice };

/** Everything in conflict on this device, by collection and path. */
export function listConflicts(session: Session): ConflictInfo[] {
  const nameOfDevice = deviceNames(session);
  const conflicts = Object.keys(session.settings.collections).flatMap((id) => {
    const collection = nameOf(session, id);
    return conflictsOf(session.engine.db, id).map((row) => {
      const kind = session.engine.kindOf(id);
      const { sides } = conflictSides(session.engine, id, row.record);
      // Of several records with one name only one has it here: the place tells which is meant.
      const place = shownOf(session.engine.db, id, row.record)?.place;
      return {
        collection,
        path: place ?? kind?.titleOf(row.fields) ?? row.record,
        state: stateOfSides(sides),
        sides: sides.map((side, index) => sideInfo(side, index, nameOfDevice)),
      };
    });
  });
  return conflicts.sort(
    (a, b) => a.collection.localeCompare(b.collection) || a.path.localeCompare(b.path),
  );
}

export function sideInfo(
  { lead: { version } }: Side,
  index: number,
  nameOfDevice: (device: string) => string,
): SideInfo {
  return {
    version: version.id,
    isLocal: index === 0,
    device: nameOfDevice(version.stamp[1]),
    time: new Date(version.stamp[0]).toISOString(),
    size: version.size ?? null,
  };
}

/**
 * What a decision is about: the contents of the sides, and which of them is shown here. A version
 * more with a content that is known already does not change it.
 */
export function stateOfSides(sides: readonly Side[]): string {
  return stateOf(sides.map(({ hash }) => hash));
}

/**
 * Settles a conflict in the replica, and keeps an edit that waits to be sent in the history.
 * @param check called right before the choice is made, when nothing can come in between any more.
 * @returns the versions of the files that "both" made of the other sides.
 * @throws what `check` throws, and SatchelError `usage` where there is none or the choice does not fit; `unreachable`,
 *   `refused` or `damaged` where what is chosen cannot be had.
 */
export async function resolveConflict(
  session: Session,
  found: FoundRecord,
  choice: Choice,
  check: () => void = () => undefined,
): Promise<readonly Version[]> {
  const { id } = found.collection;
  const sides = requireConflict(session, found);
  const chosen = asSide(sides, choice);
  if (chosen.kind === 'remote' || chosen.kind === 'both') {
    for (const version of sides.slice(1)) await requireReadable(session, id, version);
  } else if (chosen.kind === 'version') {
    const version = await findVersion(session, found, { version: chosen.id });
    await requireReadable(session, id, version);
  }
  if (chosen.kind !== 'local' && chosen.kind !== 'both') await keepPendingEdit(session, found);
  check();
  return choose(
    session,
    found,
    chosen,
    chosen.kind === 'version' ? `version ${chosen.id}` : chosen.kind,
  );
}

/** A version id that names this device's own side means that side, which may not be sent yet. */
function asSide(sides: readonly Version[], choice: Choice): Choice {
  if (choice.kind !== 'version') return choice;
  const named = sides.filter((version) => version.id.startsWith(choice.id));
  return named.length === 1 && named[0] === sides[0] ? { kind: 'local' } : choice;
}

/** Asks for another try at a record: it is looked at again in the next round. */
export async function retryRecord(session: Session, found: FoundRecord): Promise<void> {
  const { db } = session.engine;
  markStale(db, found.collection.id, found.record, nextSequence(db), STALE_RANK.ordinary);
}

/**
 * A choice from a file with the merged content.
 * @throws SatchelError `usage` for a file too long to merge by hand.
 */
export function mergedChoice(bytes: Uint8Array): Choice {
  if (bytes.length > INLINE_MAX_BYTES * 1024) {
    throw new SatchelError('usage', 'The merged file is longer than 16 MiB.', {
      hint: 'Save it over the file in the folder, then use --keep local.',
    });
  }
  return { kind: 'merged', bytes, hash: contentHash(bytes) };
}

/** The differing sides, the one held here first. */
function requireConflict(session: Session, found: FoundRecord): readonly Version[] {
  const { sides } = conflictSides(session.engine, found.collection.id, found.record);
  if (sides.length > 1) return sides.map((side) => side.lead.version);
  throw new SatchelError('usage', `"${found.path}" is not in conflict.`, {
    hint: 'Run "satchel conflicts" to see what is open, or "satchel restore" for an old version.',
  });
}
