/** Conflicts: which there are, one of them, settling them, and taking that back. */
import type {
  conflictRoute,
  conflictsRoute,
  resolveRoute,
  retryRoute,
  undoResolveRoute,
} from '../../api/conflicts.ts';
import { settleConflicts, undoDecisions } from '../../app/conflict-decisions.ts';
import { lookAtConflict } from '../../app/conflict-view.ts';
import { listConflicts, retryRecord } from '../../app/conflicts.ts';
import { findRecord } from '../../app/records.ts';
import { putOut, takeIn } from '../../app/settle.ts';
import type { Handler } from '../ports.ts';

const conflicts: Handler<typeof conflictsRoute> = async (daemon, { home }) =>
  listConflicts(daemon.host(home).session());

/** Beside a round: somebody who looks does not wait for an upload. */
const conflict: Handler<typeof conflictRoute> = (daemon, { home, left, right, ...target }) =>
  lookAtConflict(daemon.host(home).session(), target, { left, right });

const resolve: Handler<typeof resolveRoute> = async (daemon, { home, items }) => {
  const host = daemon.host(home);
  try {
    return await settleConflicts(host.session(), items, (work) => host.exclusive(work));
  } finally {
    // The loop brings what was chosen into the folder, and then to the other devices.
    host.wake();
  }
};

const undoResolve: Handler<typeof undoResolveRoute> = async (daemon, { home, decisions }) => {
  const host = daemon.host(home);
  try {
    return await undoDecisions(host.session(), decisions, (work) => host.exclusive(work));
  } finally {
    host.wake();
  }
};

const retry: Handler<typeof retryRoute> = async (daemon, { home, collection, path }) => {
  const host = daemon.host(home);
  const failed = await host.exclusive(async (session) => {
    const found = findRecord(session, collection, path);
    await takeIn(session, found.collection.id);
    await retryRecord(session, found);
    return await putOut(session, found.collection.id);
  });
  host.wake();
  return { failed };
};

export const conflictHandlers = { conflicts, conflict, resolve, undoResolve, retry } as const;
