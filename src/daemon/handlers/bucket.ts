/** The bucket: what is in it, what it costs, what the doctor finds, and pruning. */
import type { costRoute, doctorRoute, pruneRoute, storageRoute } from '../../api/bucket.ts';
import { readCostReport } from '../../app/cost-report.ts';
import { examineHome } from '../../app/doctor/examine-home.ts';
import { previewPrune, runPrune } from '../../app/prune.ts';
import { listBucket, readStorage } from '../../app/storage.ts';
import type { Handler } from '../ports.ts';

/** The bucket is listed only where that is asked for: each list is billed. */
const storage: Handler<typeof storageRoute> = async (daemon, { home, refresh }) => {
  const host = daemon.host(home);
  if (refresh) await host.exclusive(listBucket);
  return await readStorage(host.session());
};

const cost: Handler<typeof costRoute> = (daemon, { home }) =>
  readCostReport(daemon.host(home).session());

/** Beside the rounds: it has a connection of its own, and takes its time. */
const doctor: Handler<typeof doctorRoute> = (daemon, { home }, { signal }) =>
  examineHome(daemon.host(home).session().context, signal);

const prune: Handler<typeof pruneRoute> = async (daemon, { home, dryRun }) => {
  const host = daemon.host(home);
  return await host.exclusive(dryRun ? previewPrune : runPrune);
};

export const bucketHandlers = { storage, cost, doctor, prune } as const;
