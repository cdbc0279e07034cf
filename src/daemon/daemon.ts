/** Start and end of everything: the homes, the server for the page and editors, and the sockets. */
import { join } from 'node:path';
import type { AppContext } from '../app/context.ts';
import { makeHome } from '../app/home.ts';
import type { ServicePlan } from '../app/service/plan.ts';
import { VERSION } from '../app/version.ts';
import type { WatchReporter } from '../app/watch-round.ts';
import { messageOf, SatchelError } from '../base/errors.ts';
import { HANDLERS } from './handlers.ts';
import { Homes } from './homes.ts';
import { HomeHost } from './host.ts';
import { openTextLog, type TextLog } from './log.ts';
import { createNewsFeed } from './news.ts';
import { type ShowOnDesktop, showOnDesktop } from './notify-desktop.ts';
import type { Daemon } from './ports.ts';
import { DEFAULT_PORT, type Server, startServer } from './server.ts';
import { type Socket, startSocket } from './socket.ts';
import { HomeTeller } from './teller.ts';

export interface DaemonOptions {
  /** The folders of the homes to serve; one that is not set up is served once it is. */
  readonly homes: readonly [string, ...string[]];
  /** 0 for any that is free; `DEFAULT_PORT` by default. */
  readonly port?: number | undefined;
  readonly contextFor: (home: string) => AppContext;
  /** Told of the rounds in a home. */
  readonly reporterFor: (home: string) => WatchReporter;
  /** The folder of the built page; without one, the API alone is served. */
  readonly pageFolder: string | undefined;
  /** The service that would start this daemon; without one, the page has no switch for it. */
  readonly service?: () => Promise<ServicePlan>;
  /** The desktop of this computer by default. */
  readonly show?: ShowOnDesktop;
}

export interface RunningDaemon {
  readonly daemon: Daemon;
  /** Such as `http://127.0.0.1:4780`. */
  readonly origin: string;
  /** Opens the page signed in: it works once. */
  newLink(): string;
  /** Ends after the rounds under way. */
  close(): Promise<void>;
}

/**
 * @throws SatchelError `busy` where another process holds one of the homes, or the port; nothing
 *   runs then.
 */
export async function startDaemon(options: DaemonOptions): Promise<RunningDaemon> {
  const [first] = options.homes;
  const { clock } = options.contextFor(first);
  const startedAt = new Date(clock.now()).toISOString();
  const news = createNewsFeed();
  const logs = createLogs(options);
  const log = (message: string): void => logs(first).write('warning', message);
  const doors = createDoors(log);
  const opened = Promise.withResolvers<void>();
  const homes = new Homes({
    folders: options.homes,
    makeHost(home) {
      const teller = new HomeTeller(news, logs(home), options.show ?? showOnDesktop);
      const context = options.contextFor(home);
      const reporter = options.reporterFor(home);
      const mayBegin = opened.promise;
      return new HomeHost({ context, news, log: logs(home), teller, reporter, mayBegin });
    },
    onAdded: (home) => doors.open(home),
    onTrouble: log,
  });
  const daemon: Daemon = {
    news,
    homes: () => homes.all(),
    host: (id) => homes.find(id),
    newHome: () => options.contextFor(homes.newHome()),
    setUp: (work) => homes.setUp((home) => work(options.contextFor(home))),
    newLink: () => doors.newLink(),
    service: options.service,
    status: () => ({ version: VERSION, startedAt, ...homes.status() }),
  };
  makeHome(first);
  await homes.start();
  try {
    await doors.start(daemon, options);
  } catch (error) {
    await homes.close();
    throw error;
  }
  // Not before: a port that is taken is told at once, and not after a first sync of hours.
  opened.resolve();
  logs(first).write('info', `satchel ${VERSION} serves ${doors.origin()}`);
  return {
    daemon,
    origin: doors.origin(),
    newLink: () => doors.newLink(),
    async close() {
      await doors.close();
      await homes.close();
      logs(first).write('info', 'the daemon ended');
    },
  };
}

/** One text log for each home, opened when it is first asked for. */
function createLogs({ contextFor }: DaemonOptions): (home: string) => TextLog {
  const logs = new Map<string, TextLog>();
  return (home) => {
    const known = logs.get(home);
    if (known !== undefined) return known;
    const { clock, notice } = contextFor(home);
    const log = openTextLog(join(home, 'log'), clock, (error) =>
      notice(`The log in ${join(home, 'log')} cannot be written: ${messageOf(error)}`),
    );
    logs.set(home, log);
    return log;
  };
}

/** The ways in: one server, and a socket for each home. */
function createDoors(log: (message: string) => void) {
  const sockets = new Map<string, Socket>();
  let server: Server | undefined;
  let openSocket: ((home: string) => Promise<Socket>) | undefined;
  const open = async (home: string): Promise<void> => {
    if (openSocket === undefined) return;
    if (!sockets.has(home)) sockets.set(home, await openSocket(home));
    // Only now is it certain that no other daemon serves that home, whose file this would be.
    server?.announce(home);
  };
  const close = async (): Promise<void> => {
    const doors = [...sockets.values(), server];
    sockets.clear();
    openSocket = undefined;
    await Promise.all(doors.map((door) => door?.close()));
  };
  const started = (): Server => {
    if (server !== undefined) return server;
    throw new SatchelError('internal', 'The server of the daemon has not started.');
  };
  return {
    open,
    close,
    origin: () => started().origin,
    newLink: () => started().newLink(),
    async start(daemon: Daemon, { homes, port, contextFor, pageFolder }: DaemonOptions) {
      const [first] = homes;
      const { clock, random } = contextFor(first);
      const common = { daemon, clock, random, handlers: HANDLERS, log };
      server = await startServer({
        ...common,
        port: port ?? DEFAULT_PORT,
        pageFolder,
      });
      openSocket = (home) => startSocket({ ...common, home });
      try {
        // The first one is asked for the page also before it is set up.
        await open(first);
        for (const { home } of daemon.homes()) await open(home);
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}
