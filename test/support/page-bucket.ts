/** A bucket that is billed, and how well devices keep up with it, as a test makes them up. */
import type { CostReport, Storage } from '../../src/api/bucket.ts';
import type { PerformanceDay } from '../../src/api/performance.ts';
import { SatchelError } from '../../src/base/errors.ts';
import type { Handlers } from '../../src/daemon/handlers.ts';

type Served = Pick<Handlers, 'storage' | 'cost' | 'doctor' | 'prune' | 'performance'>;

const DAY_MS = 24 * 60 * 60 * 1000;
const SAMPLE_DAYS = 30;

/** @param settings where the monthly cap is looked up. */
export function bucketHandlers(nowMs: number, settings: Handlers['settings']): Served {
  let listedAt: string | null = new Date(nowMs - 3 * DAY_MS).toISOString();
  return {
    storage: async (_, { refresh }) => {
      if (refresh) listedAt = new Date(nowMs).toISOString();
      return sampleStorage(listedAt);
    },
    cost: async (daemon, input, asker) => {
      const all = await settings(daemon, input, asker);
      const cap = Number(all.find(({ name }) => name === 'cost.cap')?.value);
      return sampleCost(nowMs, cap > 0 ? cap : null);
    },
    doctor: async () => [
      { id: 'reach', outcome: 'ok', message: 'The bucket answers in 24 ms.' },
      {
        id: 'versioning',
        outcome: 'warning',
        message: 'The bucket keeps old versions of objects.',
        hint: 'What Satchel deletes goes on being billed. Let a lifecycle rule remove them.',
      },
    ],
    prune: async (_, { dryRun }) => {
      if (!dryRun) throw new SatchelError('unreachable', 'The bucket does not answer.');
      return { ...PRUNED, dryRun };
    },
    performance: async (_, { days }) => ({ days: samplePerformance(nowMs, days) }),
  };
}

const PRUNED = {
  condemned: { objects: 212, bytes: 84_000_000 },
  deleted: { objects: 0, bytes: 0 },
  needed: 0,
  waiting: null,
  nextFrom: null,
  history: { versions: 1_310, archives: 4, bytes: 12_000 },
  orphans: 0,
  keptWhole: ['Scans and a long name that has to be cut'],
};

function sampleStorage(listedAt: string | null): Storage {
  return {
    listedAt,
    total: { objects: 4_312, bytes: 3_390_000_000 },
    byObject: [
      { what: 'blobs', objects: 3_900, bytes: 3_310_000_000 },
      { what: 'archives', objects: 180, bytes: 61_000_000 },
      { what: 'segments', objects: 226, bytes: 18_400_000 },
      { what: 'heads', objects: 4, bytes: 590_000 },
      { what: 'keys', objects: 2, bytes: 2_100 },
    ],
    collections: [
      {
        id: 'notes-id',
        name: 'Notes',
        current: 410_000_000,
        history: 96_000_000,
        versions: 18_204,
        byContent: [
          { what: 'images', files: 640, bytes: 310_000_000 },
          { what: 'documents', files: 41, bytes: 88_000_000 },
          { what: 'text', files: 1_204, bytes: 12_000_000 },
        ],
      },
      {
        id: 'photos-id',
        name: 'Scans and a long name that has to be cut',
        current: 2_800_000_000,
        history: 0,
        versions: 18_350,
        byContent: [{ what: 'documents', files: 18_350, bytes: 2_800_000_000 }],
      },
    ],
    reclaimable: { objects: 212, bytes: 84_000_000 },
  };
}

function sampleCost(nowMs: number, cap: number | null): CostReport {
  const counts = { get: 41_000, put: 2_900, list: 380, delete: 90, bytesUp: 4e8, bytesDown: 9e8 };
  const month = (monthsAgo: number): string => {
    const now = new Date(nowMs);
    const first = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - monthsAgo, 1);
    return new Date(first).toISOString().slice(0, 7);
  };
  return {
    provider: { id: 'aws', name: 'Amazon S3', isOwn: false },
    currency: 'USD',
    months: [0, 1, 2, 3].map((ago) => ({
      month: month(ago),
      counts,
      requestsCost: 0.031 + ago * 0.004,
      transferCost: 0.012,
      storageCost: ago === 0 ? 0.078 : null,
      baseCost: 0,
    })),
    days: lastDays(nowMs, SAMPLE_DAYS).map((day, index) => ({
      day,
      counts: {
        get: 900 + 400 * (index % 7),
        put: 60 + 25 * (index % 5),
        list: 14,
        delete: index % 9 === 0 ? 40 : 0,
        bytesUp: 9_000_000 + 2_500_000 * (index % 5),
        bytesDown: 21_000_000 * (1 + (index % 3)),
      },
    })),
    forecast: 0.2034,
    cap,
    slowedBy: cap !== null && cap < 0.2 ? 4.2 : 1,
  };
}

function samplePerformance(nowMs: number, days: number): readonly PerformanceDay[] {
  return lastDays(nowMs, Math.min(days, SAMPLE_DAYS)).flatMap((day, index): PerformanceDay[] => [
    {
      day,
      device: 'laptop',
      self: true,
      saves: 20 + 6 * (index % 7),
      publishP50Ms: index % 6 === 5 ? null : 1_200 + 100 * (index % 4),
      publishP95Ms: index % 6 === 5 ? null : 3_100 + 600 * (index % 5),
      bytesUp: 9_000_000 + 2_500_000 * (index % 5),
      bytesDown: 21_000_000 * (1 + (index % 3)),
      retries: index % 10 === 4 ? 3 : 0,
    },
    {
      day,
      device: 'phone',
      self: false,
      saves: 4 * (index % 5),
      publishP50Ms: null,
      publishP95Ms: null,
      bytesUp: null,
      bytesDown: null,
      retries: null,
    },
  ]);
}

function lastDays(nowMs: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    new Date(nowMs - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
}
