/** One conflict as a person looks at it: two of its sides, what they came from, a merge to start from. */
import type { ComparedSide, Conflict } from '../api/conflicts.ts';
import { isErrorKind } from '../base/errors.ts';
import { isReady } from '../replica/meta.ts';
import type { Side } from '../sync/merge.ts';
import { conflictSides } from '../sync/records.ts';
import { baseOf, compared } from './compare.ts';
import { sideInfo, stateOfSides } from './conflicts.ts';
import { deviceNames } from './devices.ts';
import { proposeMerge } from './propose-merge.ts';
import { type FoundRecord, findRecord, readArchivesIfReachable } from './records.ts';
import type { Session } from './session.ts';
import type { RecordTarget } from './settle.ts';
import { errorWords } from './trouble.ts';

/** Versions of the two sides to compare; the first two where undefined, or not among them. */
export interface ShownSides {
  readonly left?: string | undefined;
  readonly right?: string | undefined;
}

/**
 * Takes in an edit of the file that Satchel has not heard of, and waits for no round.
 * @throws SatchelError as `findRecord` and `FileDoor`.
 */
export async function findWithEdit(
  session: Session,
  { collection, path }: RecordTarget,
): Promise<FoundRecord> {
  const found = findRecord(session, collection, path);
  const { id } = found.collection;
  const files = session.open.get(id)?.files;
  if (files === undefined || !isReady(session.engine.db, id)) return found;
  await files.read(found.path);
  return findRecord(session, collection, path);
}

/**
 * @returns null where the file is in no conflict.
 * @throws SatchelError `usage` where there is no such file.
 */
export async function lookAtConflict(
  session: Session,
  target: RecordTarget,
  shown: ShownSides,
): Promise<Conflict | null> {
  const found = await findForLooking(session, target);
  const { id, name } = found.collection;
  const { sides } = conflictSides(session.engine, id, found.record);
  const [left, right] = chosenSides(sides, shown);
  if (left === undefined || right === undefined) return null;
  const nameOfDevice = deviceNames(session);
  const [leftText, rightText, base] = await Promise.all([
    comparedHere(session, found, left),
    comparedHere(session, found, right),
    comparedBase(session, found, left, right),
  ]);
  return {
    collection: name,
    path: found.path,
    state: stateOfSides(sides),
    sides: sides.map((side, index) => sideInfo(side, index, nameOfDevice)),
    left: leftText,
    right: rightText,
    base,
    proposal: proposalOf(leftText, rightText, base, left === sides[0]),
  };
}

/** The sides can be looked at while the folder is away. */
async function findForLooking(session: Session, target: RecordTarget): Promise<FoundRecord> {
  try {
    return await findWithEdit(session, target);
  } catch (error) {
    if (!isErrorKind(error, 'attention')) throw error;
    session.context.notice(errorWords(error));
    return findRecord(session, target.collection, target.path);
  }
}

function chosenSides(
  sides: readonly Side[],
  shown: ShownSides,
): readonly [Side | undefined, Side | undefined] {
  const named = (prefix: string | undefined): Side | undefined =>
    prefix === undefined
      ? undefined
      : sides.find(({ versions }) => versions.some(({ version }) => version.id.startsWith(prefix)));
  const right = named(shown.right);
  const left = named(shown.left) ?? sides.find((side) => side !== right);
  return [left, right !== undefined && right !== left ? right : sides.find((one) => one !== left)];
}

/** Without the bucket, the other side can still be chosen against. */
async function comparedHere(
  session: Session,
  found: FoundRecord,
  { lead: { version } }: Side,
): Promise<ComparedSide> {
  return await compared(session, found, version, ['damaged', 'attention', 'unreachable']);
}

async function comparedBase(
  session: Session,
  found: FoundRecord,
  left: Side,
  right: Side,
): Promise<ComparedSide | null> {
  const find = () => baseOf(session, found, left.lead.version, right.lead.version);
  let version = find();
  if (version === undefined) {
    // A device that was there at the time has it; another finds it in the archives.
    await readArchivesIfReachable(session, found.collection.id);
    version = find();
  }
  if (version === undefined) return null;
  return await compared(session, found, version, ['damaged', 'attention', 'unreachable']);
}

function proposalOf(
  left: ComparedSide,
  right: ComparedSide,
  base: ComparedSide | null,
  isLeftLocal: boolean,
): Conflict['proposal'] {
  if (left.text === null || right.text === null || base === null || base.text === null) return null;
  const texts = { base: base.text, local: left.text, remote: right.text };
  const mine = isLeftLocal ? `${left.device} (this device)` : left.device;
  return proposeMerge(texts, { local: mine, remote: right.device });
}
