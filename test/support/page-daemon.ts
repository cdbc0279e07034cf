/** The daemon's own server before homes that a test makes up: for the page, and for looking at it. */
import type { LogEntry } from '../../src/api/events.ts';
import type { HeldDeletions } from '../../src/api/held.ts';
import type { DaemonStatus, HomeStatus } from '../../src/api/status.ts';
import { setupHandlers } from '../../src/daemon/handlers/setup.ts';
import type { Daemon } from '../../src/daemon/ports.ts';
import { type Server, startServer } from '../../src/daemon/server.ts';
import { createFakeDaemon, FAKE_HANDLERS } from './fake-daemon.ts';
import { bucketHandlers } from './page-bucket.ts';
import { collectionHandlers } from './page-collections.ts';
import { conflictHandlers, sampleConflicts } from './page-conflicts.ts';
import { sampleActivity, sampleHeld, sampleHome, sampleLog } from './page-sample.ts';
import { settingHandlers } from './page-settings.ts';
import { createSeededRandom, systemClock } from './ports.ts';
import { temporaryFolder } from './temporary.ts';

export interface PageDaemon {
  readonly server: Server;
  /** What the page asked to be done, in order: `sync`, `pause notes-id`, `go on`. */
  readonly asked: readonly string[];
  /** Changes a home, or adds one, and tells the page, as the daemon does. */
  setHome(home: HomeStatus): void;
  setHeld(held: readonly HeldDeletions[]): void;
}

/**
 * Serves a built page on a port of its own.
 * @param page the folder of the page.
 */
export async function startPageDaemon(page: string, port = 0): Promise<PageDaemon> {
  const startMs = systemClock.now();
  let homes: readonly HomeStatus[] = [sampleHome(startMs)];
  const log: readonly LogEntry[] = sampleLog(startMs, 400);
  let held = sampleHeld(startMs);
  const asked: string[] = [];
  const settings = settingHandlers(startMs);
  const folder = temporaryFolder('page');
  const base = createFakeDaemon(folder);
  const startedAt = new Date(startMs).toISOString();
  const daemon: Daemon = {
    ...base,
    host: () => base.host(),
    status: (): DaemonStatus => ({ version: '1.2.3', startedAt, recovered: RECOVERED, homes }),
  };
  const server = await startServer({
    daemon,
    port,
    clock: systemClock,
    random: createSeededRandom(startMs),
    pageFolder: page,
    log: (message) => console.error(message),
    handlers: {
      ...FAKE_HANDLERS,
      providers: setupHandlers.providers,
      ...settings,
      ...bucketHandlers(startMs, settings.settings),
      ...conflictHandlers(sampleConflicts(startMs)),
      ...collectionHandlers(startMs),
      activity: async () => ({ entries: sampleActivity(startMs), next: null }),
      log: async () => log,
      held: async () => held,
      decideHeld: async (_, { collection, direction, decision, state }) => {
        asked.push([decision, collection, direction, `(${state})`].join(' '));
        const count = held.find((one) => one.collection === collection)?.paths.length ?? 0;
        held = held.filter((one) => one.collection !== collection);
        return { collection, direction, count, isCarriedOut: true, failed: [] };
      },
      sync: async (_, { collections }) => {
        asked.push(['sync', ...(collections ?? [])].join(' '));
        return NOTHING_DONE;
      },
      pause: async (_, { collection, paused }) => {
        asked.push([paused ? 'pause' : 'go on', collection ?? ''].join(' ').trim());
        return {};
      },
    },
  });
  return {
    server,
    asked,
    setHome(home) {
      const isThere = homes.some(({ repository }) => repository === home.repository);
      homes = isThere
        ? homes.map((other) => (other.repository === home.repository ? home : other))
        : [...homes, home];
      base.news.tell({ type: 'status', home: home.repository, status: home });
    },
    setHeld(other) {
      held = other;
    },
  };
}

/** What the run before left, as the daemon tells it. */
const RECOVERED = ['a save of Notes/Daily/list.md that was under way was completed'];

const NOTHING_DONE = {
  collections: [],
  unreadable: [],
  requests: { get: 0, put: 0, list: 0, delete: 0, bytesUp: 0, bytesDown: 0 },
  durationMs: 12,
};
