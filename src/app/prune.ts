/** Pruning as a person asks for it, and as `watch` does it by itself once a month. */
import type { PruneResult } from '../api/bucket.ts';
import { isErrorKind } from '../base/errors.ts';
import { readPruning } from '../replica/condemned.ts';
import { addEvent } from '../replica/events.ts';
import { getMeta, setMeta } from '../replica/meta.ts';
import { StoreError } from '../store/store.ts';
import type { Engine } from '../sync/engine.ts';
import { type Amount, type PruneReport, planPrune, prune, pruneStepDueMs } from '../sync/prune.ts';
import { withJitter } from '../sync/schedule.ts';
import { nameOf } from './collection-list.ts';
import { sweepLinks } from './link.ts';
import { prunesMonthly } from './preferences.ts';
import type { Session } from './session.ts';
import { isoTime } from './status.ts';
import { syncInPlace } from './sync.ts';
import { errorWords } from './trouble.ts';

/**
 * One step of pruning, after a round that sends and reads everything.
 * @throws SatchelError as `prune`, and as `syncInPlace`.
 */
export async function runPrune(session: Session): Promise<PruneResult> {
  await syncInPlace(session);
  await sweepLinks(session);
  const report = await prune(session.engine);
  noteNext(session.engine);
  notePlanned(session.engine, NOTHING);
  return toResult(session, report, false);
}

/** What `runPrune` would do now. @throws SatchelError as `planPrune`. */
export async function previewPrune(session: Session): Promise<PruneResult> {
  const report = await planPrune(session.engine);
  const { condemned, deleted } = report;
  const objects = condemned.objects + deleted.objects;
  notePlanned(session.engine, { objects, bytes: condemned.bytes + deleted.bytes });
  return toResult(session, report, true);
}

const NOTHING: Amount = { objects: 0, bytes: 0 };

function notePlanned({ db }: Engine, amount: Amount): void {
  setMeta(db, 'prune-planned', JSON.stringify(amount));
}

/**
 * What pruning gives back: what is announced, or what the newest look at the whole bucket found;
 * undefined where there was none. Asks nothing of the bucket.
 */
export function reclaimable({ engine: { db } }: Session): Amount | undefined {
  const pruning = readPruning(db);
  if (pruning?.phase === 'announced') return { objects: pruning.objects, bytes: pruning.bytes };
  const planned = getMeta(db, 'prune-planned');
  return planned === undefined ? undefined : JSON.parse(planned);
}

const DAY_MS = 24 * 60 * 60 * 1000;
const MONTH_MS = 30 * DAY_MS;

/** True where `watch` should prune now: a month after the last time, or for a step that is due. */
export function isPruneDue({ engine, live }: Session): boolean {
  if (!prunesMonthly(live())) return false;
  const due = getMeta(engine.db, 'prune-due');
  if (due === undefined) noteNext(engine);
  return due !== undefined && engine.clock.now() >= Number(due);
}

/**
 * Prunes while `watch` has nothing else to do. What stands in the way is told, and tried again a
 * day later.
 * @returns undefined where it could not be done.
 */
export async function pruneInWatch(session: Session): Promise<PruneResult | undefined> {
  const { engine, context } = session;
  try {
    await sweepLinks(session);
    const report = await prune(engine);
    noteNext(engine);
    notePlanned(engine, NOTHING);
    return toResult(session, report, false);
  } catch (error) {
    // What the bucket answers, a full one or a key that may not delete, costs space and no sync.
    const canWait =
      error instanceof StoreError ||
      (['unreachable', 'damaged', 'attention'] as const).some((kind) => isErrorKind(error, kind));
    if (!canWait) throw error;
    const time = engine.clock.now();
    setMeta(engine.db, 'prune-due', String(time + DAY_MS));
    addEvent(engine.db, { time, kind: 'warning', message: errorWords(error) });
    context.notice(errorWords(error));
    return undefined;
  }
}

/** Devices that began on the same day do not all prune on the same one. */
function noteNext(engine: Engine): void {
  const unit = (engine.random.bytes(1)[0] ?? 0) / 255;
  const isFirst = getMeta(engine.db, 'prune-due') === undefined;
  const inMonth = engine.clock.now() + (isFirst ? withJitter(MONTH_MS, unit) : MONTH_MS);
  setMeta(engine.db, 'prune-due', String(pruneStepDueMs(engine) ?? inMonth));
}

function toResult(session: Session, report: PruneReport, dryRun: boolean): PruneResult {
  const { condemned, deleted, needed, waiting, listedUntilMs, history, orphans } = report;
  return {
    dryRun,
    condemned,
    deleted,
    needed,
    waiting:
      waiting === undefined
        ? null
        : {
            objects: waiting.objects,
            bytes: waiting.bytes,
            from: new Date(waiting.untilMs).toISOString(),
          },
    nextFrom: isoTime(listedUntilMs),
    history,
    orphans,
    keptWhole: report.keptWhole.map((id) => nameOf(session, id)),
  };
}
