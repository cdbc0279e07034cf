/** A home with a vault and a bucket that is a folder, and a host that works in it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { News } from '../../src/api/events.ts';
import { addCollection, attachCollection } from '../../src/app/collections.ts';
import type { AppContext } from '../../src/app/context.ts';
import { withSession } from '../../src/app/session.ts';
import { initRepository, joinRepository } from '../../src/app/setup.ts';
import { syncHome } from '../../src/app/sync-home.ts';
import { HomeHost } from '../../src/daemon/host.ts';
import { openTextLog } from '../../src/daemon/log.ts';
import { createNewsFeed } from '../../src/daemon/news.ts';
import { HomeTeller } from '../../src/daemon/teller.ts';
import { createHandClock, type HandClock } from './hand-clock.ts';
import { createManualClock, createSeededRandom } from './ports.ts';
import { temporaryFolder } from './temporary.ts';

const START_MS = Date.UTC(2027, 0, 1);

export interface HomeBench {
  readonly root: string;
  readonly bucket: string;
  readonly home: string;
  /** The folder of the collection `Notes`. */
  readonly notes: string;
  readonly clock: HandClock;
  /** What the host told, in order. */
  readonly news: News[];
  /** Titles of what the desktop showed. */
  readonly shown: string[];
  /** Messages of rounds that failed. */
  readonly failures: string[];
  readonly contextOf: (home: string) => AppContext;
  /** A host for the home, which ends with the test; not started yet. */
  makeHost(): HomeHost;
  /** A second device, which has the collection in `folder` and syncs when it is told to. */
  addDevice(): Promise<{ readonly folder: string; sync(): Promise<void> }>;
}

export async function openHomeBench(context: TestContext): Promise<HomeBench> {
  const root = temporaryFolder('host');
  const bucket = join(root, 'bucket');
  const home = join(root, 'home');
  const notes = join(root, 'Notes');
  const clock = createHandClock(START_MS);
  const news: News[] = [];
  const shown: string[] = [];
  const failures: string[] = [];
  const contextOf = (folder: string): AppContext => ({
    home: folder,
    clock,
    random: createSeededRandom(folder.length),
    progress: () => undefined,
    notice: () => undefined,
  });
  /** For what pauses and has nobody to move the clock on. */
  const alone = (folder: string, seed: number): AppContext => ({
    ...contextOf(folder),
    clock: createManualClock(clock.now()),
    random: createSeededRandom(seed),
  });
  mkdirSync(notes);
  await initRepository(alone(home, 1), { bucket, deviceName: 'laptop' }, undefined);
  await withSession(alone(home, 2), 'test', (session) =>
    addCollection(session, 'vault', notes, undefined),
  );
  await syncHome(alone(home, 3), 'test', undefined);
  return {
    root,
    bucket,
    home,
    notes,
    clock,
    news,
    shown,
    failures,
    contextOf,
    makeHost() {
      const feed = createNewsFeed();
      feed.subscribe((one) => news.push(one));
      const log = openTextLog(join(home, 'log'), clock, (error) => {
        throw error;
      });
      const show = async (title: string): Promise<void> => {
        shown.push(title);
      };
      const teller = new HomeTeller(feed, log, show);
      const reporter = {
        round: () => undefined,
        pruned: () => undefined,
        failed: (error: unknown) => void failures.push(String(error)),
      };
      const host = new HomeHost({ context: contextOf(home), news: feed, log, teller, reporter });
      context.after(() => host.close());
      return host;
    },
    async addDevice() {
      const other = join(root, 'desktop');
      const folder = join(root, 'Elsewhere');
      const app = alone(other, 4);
      await joinRepository(app, { bucket, deviceName: 'desktop' }, async () => '');
      await withSession(app, 'test', (session) =>
        attachCollection(session, 'Notes', folder, undefined),
      );
      const sync = async (): Promise<void> => {
        await syncHome(alone(other, 5 + clock.pauses), 'test', undefined);
      };
      await sync();
      return { folder, sync };
    },
  };
}

/** A host whose first round is over. */
export async function startHost(bench: HomeBench): Promise<HomeHost> {
  const host = bench.makeHost();
  await host.start();
  const startMs = bench.clock.now();
  await bench.clock.until('the first round', () => {
    const { nextTryAt, state } = host.status();
    return state === 'paused' || (nextTryAt !== null && Date.parse(nextTryAt) > startMs + 900);
  });
  return host;
}
