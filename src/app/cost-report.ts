/** What the bucket costs, month by month, with what was asked of it day by day. */
import type { CostReport } from '../api/bucket.ts';
import { dailyUsage } from '../replica/daily.ts';
import { toCounts } from './cost.ts';
import { readCostOfMonths } from './cost-outlook.ts';
import type { Session } from './session.ts';

/** Asks nothing of the bucket. */
export async function readCostReport(session: Session): Promise<CostReport> {
  const report = await readCostOfMonths(session);
  const days = [...dailyUsage(session.engine.db, '')].map(([day, usage]) => ({
    day,
    counts: toCounts(usage),
  }));
  return { ...report, days };
}
