/** What a daemon says on a usual day, for looking at the page and for its tests. */
import type { LogEntry } from '../../src/api/events.ts';
import type { HeldDeletions } from '../../src/api/held.ts';
import type { HomeStatus } from '../../src/api/status.ts';
import type { Activity } from '../../src/app/activity.ts';
import { sampleLiveCollection, sampleStatus } from './status-sample.ts';

type Collection = HomeStatus['collections'][number];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A home whose times are measured from a moment, so that its words stay the same. */
export function sampleHome(nowMs: number): HomeStatus {
  const ago = (awayMs: number): string => new Date(nowMs - awayMs).toISOString();
  return {
    ...sampleStatus([]),
    state: 'attention',
    reason: 'Notes: 2 conflicts wait. Notes: 120 deletions wait for you.',
    refused: false,
    paused: false,
    nextTryAt: ago(-45_000),
    transfers: [
      {
        step: 'Uploading',
        done: 148_000_000,
        total: 420_000_000,
        unit: 'bytes',
        perSecond: 6_400_000,
        secondsLeft: 43,
      },
      {
        step: 'Scanning',
        done: 8_120,
        total: null,
        unit: 'files',
        perSecond: 2_600,
        secondsLeft: null,
      },
    ],
    collections: [
      savedAt(ago(2 * MINUTE_MS), {
        records: 1_204,
        conflicts: 2,
        held: 120,
        state: 'attention',
      }),
      savedAt(ago(3 * HOUR_MS), {
        id: 'photos-id',
        name: 'Scans and a long name that has to be cut',
        folder: '/home/person/Documents/Scans/of everything that came by post',
        records: 18_350,
        pending: 14,
        pendingBytes: 272_000_000,
        state: 'syncing',
        only: ['2025', '2026'],
      }),
      savedAt(ago(72 * HOUR_MS), {
        id: 'recipes-id',
        name: 'Recipes',
        records: 86,
        state: 'paused',
        paused: true,
        schedule: 'daily 03:00',
      }),
    ],
  };
}

function savedAt(lastChangeAt: string, given: Partial<Collection>): Collection {
  const times = { lastPullAt: lastChangeAt, lastPublishAt: lastChangeAt, lastChangeAt };
  return sampleLiveCollection({ ...times, ...given });
}

/** A home in which nothing waits for anybody. */
export function quietHome(nowMs: number): HomeStatus {
  const home = sampleHome(nowMs);
  const collections = home.collections.map((collection) => ({
    ...collection,
    pending: 0,
    pendingBytes: 0,
    conflicts: 0,
    held: 0,
    paused: false,
    state: 'connected' as const,
  }));
  return { ...home, state: 'connected', reason: null, nextTryAt: null, transfers: [], collections };
}

export function sampleActivity(nowMs: number): Activity['entries'] {
  const entry = (awayMs: number, device: string, rest: Partial<Activity['entries'][number]>) => ({
    time: new Date(nowMs - awayMs).toISOString(),
    device,
    collection: 'Notes',
    written: 1,
    deleted: 0,
    paths: ['Daily/list.md'],
    ...rest,
  });
  return [
    entry(2 * MINUTE_MS, 'laptop', {}),
    entry(25 * MINUTE_MS, 'phone', {
      written: 14,
      collection: 'Scans and a long name that has to be cut',
      paths: ['2026/letter-01.pdf', '2026/letter-02.pdf', '2026/letter-03.pdf'],
    }),
    entry(26 * HOUR_MS, 'desktop', {
      written: 3,
      deleted: 1,
      paths: ['Projects/plan.md', 'Projects/budget.md', 'old.md'],
    }),
    entry(28 * HOUR_MS, 'laptop', { written: 0, deleted: 120, paths: ['Archive/2019/a.md'] }),
    entry(96 * HOUR_MS, 'desktop', { paths: ['Reading.md'] }),
  ];
}

export function sampleLog(nowMs: number, count: number): readonly LogEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    time: new Date(nowMs - (count - index) * MINUTE_MS).toISOString(),
    kind: index % 7 === 0 ? 'warning' : 'published',
    collection: index % 7 === 0 ? null : 'Notes',
    message: index % 7 === 0 ? 'The bucket did not answer for 12 s.' : `Sent change ${index + 1}.`,
  }));
}

/** @param count how many files would go. */
export function sampleHeld(nowMs: number, count = 120): readonly HeldDeletions[] {
  const paths = Array.from(
    { length: count },
    (_, index) => `Archive/${2010 + (index % 12)}/page-${String(index).padStart(6, '0')}.md`,
  );
  return [
    {
      collection: 'Notes',
      direction: 'out',
      since: new Date(nowMs - 20 * MINUTE_MS).toISOString(),
      state: `${count} held`,
      paths: paths.sort(),
    },
  ];
}
