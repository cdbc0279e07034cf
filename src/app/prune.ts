/** Pruning as a person asks for it, and as `watch` does it by itself once a month. */
import { isErrorKind } from '../base/errors.ts';
import { addEvent } from '../replica/events.ts';
import { getMeta, setMeta } from '../replica/meta.ts';
import { StoreError } from '../store/store.ts';
import type { Engine } from '../sync/engine.ts';
import { type Amount, type PruneReport, planPrune, prune, pruneStepDueMs } from '../sync/prune.ts';
import type { ThinnedHistory } from '../sync/prune-history.ts';
import { withJitter } from '../sync/schedule.ts';
import { nameOf } from './collection-list.ts';
import { prunesMonthly } from './preferences.ts';
import type { Session } from './session.ts';
import { isoTime } from './status.ts';
import { runSync } from './sync.ts';
import { errorWords } from './trouble.ts';

/** What `prune --json` prints. */
export interface PruneResult {
  readonly dryRun: boolean;
  /** Announced in this run; in a dry run, what would be. */
  readonly condemned: Amount;
  /** Deleted in this run; in a dry run, what would be. */
  readonly deleted: Amount;
  /** How many announced objects are needed again and stay. */
  readonly needed: number;
  /** What is announced and not deleted yet; `from` is ISO 8601. */
  readonly waiting: (Amount & { readonly from: string }) | null;
  /** While deleted objects are still listed, nothing is announced before then; ISO 8601. */
  readonly nextFrom: string | null;
  readonly history: ThinnedHistory;
  /** Objects of this device that a crash had left without a name. */
  readonly orphans: number;
  /** Names of collections of which nothing was let go: they are not on this device. */
  readonly keptWhole: readonly string[];
}

/**
 * One step of pruning, after a round that sends and reads everything.
 * @throws SatchelError as `prune`, and as `runSync`.
 */
export async function runPrune(session: Session): Promise<PruneResult> {
  await runSync(session, undefined);
  const report = await prune(session.engine);
  noteNext(session.engine);
  return toResult(session, report, false);
}

/** What `runPrune` would do now. @throws SatchelError as `planPrune`. */
export async function previewPrune(session: Session): Promise<PruneResult> {
  return toResult(session, await planPrune(session.engine), true);
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
    const report = await prune(engine);
    noteNext(engine);
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
