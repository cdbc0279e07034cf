/** What all devices did, and how well this one keeps up. */
import type { activityRoute, performanceRoute } from '../../api/performance.ts';
import { listActivity } from '../../app/activity.ts';
import { findCollection } from '../../app/collection-list.ts';
import { readPerformance } from '../../app/performance.ts';
import type { Handler } from '../ports.ts';

const activity: Handler<typeof activityRoute> = async (daemon, input) => {
  const session = daemon.host(input.home).session();
  const { collection, before, limit } = input;
  const id = collection === undefined ? undefined : findCollection(session, collection).id;
  const beforeMs = before === undefined ? undefined : Date.parse(before);
  return listActivity(session, { collection: id, beforeMs, limit });
};

const performance: Handler<typeof performanceRoute> = async (daemon, { home, days }) => ({
  days: readPerformance(daemon.host(home).session(), days),
});

export const activityHandlers = { activity, performance } as const;
