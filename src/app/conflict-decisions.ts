/**
 * Settling conflicts for a person at the page, many at once, and taking that back. Nothing here
 * waits for a round: the choice is in the replica when it is made, and the next round brings it into
 * the folder and to the other devices.
 */
import type { Decision, NotSettled, SettleItem } from '../api/conflicts.ts';
import { utf8 } from '../base/bytes.ts';
import { isErrorKind, SatchelError } from '../base/errors.ts';
import { addEvent } from '../replica/events.ts';
import { outboxEntry } from '../replica/outbox.ts';
import { hasVersion } from '../replica/versions.ts';
import type { Trouble } from '../sync/kind.ts';
import { conflictSides, stateOf } from '../sync/records.ts';
import { reopenConflict } from '../sync/reopen.ts';
import { findWithEdit } from './conflict-view.ts';
import { type Choice, mergedChoice, resolveConflict, stateOfSides } from './conflicts.ts';
import type { FoundRecord } from './records.ts';
import type { Session } from './session.ts';
import { choose, keepPendingEdit, type RecordTarget } from './settle.ts';

/** Runs work between two rounds: what has to upload an edit before may not run beside one. */
export type BetweenRounds = <T>(work: (session: Session) => Promise<T>) => Promise<T>;

export interface SettledConflicts {
  readonly settled: readonly Decision[];
  readonly failed: readonly NotSettled[];
}

/** Settles one after the other. One that cannot be is told, and the others are settled. */
export async function settleConflicts(
  session: Session,
  items: readonly SettleItem[],
  betweenRounds: BetweenRounds,
): Promise<SettledConflicts> {
  const settled: Decision[] = [];
  const failed: NotSettled[] = [];
  for (const item of items) {
    try {
      settled.push(await settleOne(session, item, betweenRounds));
    } catch (error) {
      if (!(error instanceof SatchelError)) throw error;
      const reason = error instanceof OutdatedChoice ? error.reason : 'failed';
      const { collection, path } = item;
      failed.push({ collection, path, error: error.message, reason });
    }
  }
  return { settled, failed };
}

/** The person decided about something else than what there is. */
class OutdatedChoice extends SatchelError {
  readonly reason: 'changed' | 'settled';

  constructor(reason: 'changed' | 'settled', path: string) {
    const words = {
      changed: `"${path}" has other sides by now.`,
      settled: `"${path}" is not in conflict any more.`,
    };
    super('attention', words[reason], { hint: 'Look at it once more. Nothing was changed.' });
    this.name = 'OutdatedChoice';
    this.reason = reason;
  }
}

async function settleOne(
  session: Session,
  item: SettleItem,
  betweenRounds: BetweenRounds,
): Promise<Decision> {
  const found = await findWithEdit(session, item);
  const choice = choiceOf(item.choice);
  const settle = (held: Session): Promise<Decision> => decide(held, found, item.state, choice);
  const isReplaced = choice.kind !== 'local' && choice.kind !== 'both';
  return isReplaced && isUploadDue(session, found)
    ? await betweenRounds(settle)
    : await settle(session);
}

async function decide(
  session: Session,
  found: FoundRecord,
  state: string | undefined,
  choice: Choice,
): Promise<Decision> {
  const { engine } = session;
  const { id, name } = found.collection;
  const sides = requireState(session, found, state);
  const seen = stateOfSides(sides);
  const copies = await resolveConflict(session, found, choice, () => {
    requireState(session, found, seen);
  });
  const version = outboxEntry(engine.db, id, found.record)?.version.id ?? '';
  return {
    collection: name,
    path: found.path,
    version,
    // An edit that was not sent is no version of the history: the choice that kept it took its place.
    sides: sides
      .map(({ lead }) => lead.version.id)
      .map((side) => (hasVersion(engine.db, id, side) ? side : version)),
    copies: copies.map((copy) => ({ path: found.kind.titleOf(copy.fields), version: copy.id })),
  };
}

function requireState(session: Session, found: FoundRecord, state: string | undefined) {
  const { sides } = conflictSides(session.engine, found.collection.id, found.record);
  if (sides.length < 2) throw new OutdatedChoice('settled', found.path);
  if (state !== undefined && state !== stateOfSides(sides)) {
    throw new OutdatedChoice('changed', found.path);
  }
  return sides;
}

function choiceOf(choice: SettleItem['choice']): Choice {
  switch (choice.keep) {
    case 'version':
      return { kind: 'version', id: choice.version };
    case 'merged':
      return mergedChoice(bytesOf(choice.text));
    default:
      return { kind: choice.keep };
  }
}

function bytesOf(text: string): Uint8Array {
  if (text.isWellFormed()) return utf8(text);
  throw new SatchelError('usage', 'The merged text is not valid Unicode.', {
    hint: 'A character of it is cut in half: type it anew.',
  });
}

/** Rule F5: a long edit goes to the bucket before a commit names it. */
function isUploadDue({ engine }: Session, { collection, record }: FoundRecord): boolean {
  return outboxEntry(engine.db, collection.id, record)?.isLocal === true;
}

export interface UndoneDecisions {
  readonly undone: number;
  readonly failed: readonly Trouble[];
}

/** Brings the sides back, where nothing came after the decision. */
export async function undoDecisions(
  session: Session,
  decisions: readonly Decision[],
  betweenRounds: BetweenRounds,
): Promise<UndoneDecisions> {
  const failed: Trouble[] = [];
  for (const decision of decisions) {
    try {
      await undoOne(session, decision, betweenRounds);
    } catch (error) {
      if (!(error instanceof SatchelError)) throw error;
      failed.push({ path: decision.path, error: error.message });
    }
  }
  return { undone: decisions.length - failed.length, failed };
}

async function undoOne(
  session: Session,
  decision: Decision,
  betweenRounds: BetweenRounds,
): Promise<void> {
  const found = await findWithEdit(session, decision);
  const undo = (held: Session): Promise<void> => bringSidesBack(held, found, decision);
  await (isUploadDue(session, found) ? betweenRounds(undo) : undo(session));
}

async function bringSidesBack(
  session: Session,
  found: FoundRecord,
  { collection, version, sides, copies }: Decision,
): Promise<void> {
  const { engine } = session;
  const { id } = found.collection;
  const pending = stateOf(engine, id, found.record).pending?.version.id;
  if (pending === version) await keepPendingEdit(session, found);
  reopenConflict(engine, id, found.record, version, sides);
  const message = `${found.path}: the choice was taken back`;
  addEvent(engine.db, { time: engine.clock.now(), kind: 'resolved', collection: id, message });
  for (const copy of copies) await removeCopy(session, { collection, ...copy });
}

/** What "both" made goes again, where nobody has worked on it. It stays in the history. */
async function removeCopy(
  session: Session,
  copy: RecordTarget & { readonly version: string },
): Promise<void> {
  const { engine } = session;
  const found = await findCopy(session, copy);
  if (found === undefined) return;
  const { current } = stateOf(engine, found.collection.id, found.record);
  if (!current.every(({ version }) => version.id === copy.version)) return;
  choose(session, found, { kind: 'gone' }, 'deleted, as the choice was taken back');
}

async function findCopy(session: Session, copy: RecordTarget): Promise<FoundRecord | undefined> {
  try {
    return await findWithEdit(session, copy);
  } catch (error) {
    if (!isErrorKind(error, 'usage')) throw error;
    return undefined;
  }
}
