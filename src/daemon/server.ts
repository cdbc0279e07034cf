/**
 * The local API and the page over HTTP, for browsers and editors on this computer: bound to the
 * loopback address, and behind the guard.
 */
import type { Clock, Random } from '../base/ports.ts';
import { announceDaemon, withdrawDaemon } from './announce.ts';
import { mountApi } from './api.ts';
import { mountGuard } from './guard.ts';
import type { Handlers } from './handlers.ts';
import { listenOnPort } from './listen.ts';
import { createApp } from './mount.ts';
import { mountPage } from './page.ts';
import type { Daemon } from './ports.ts';
import type { NewsStreams } from './stream.ts';
import { createTokens } from './tokens.ts';

export const DEFAULT_PORT = 4780;

export interface ServerOptions {
  readonly daemon: Daemon;
  /** 0 for any that is free. */
  readonly port: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly handlers: Handlers;
  /** The folder of the built page; without one, the API alone is served. */
  readonly pageFolder: string | undefined;
  /** Told of errors that no route foresaw, with their stack: they are for the log. */
  readonly log: (message: string) => void;
}

export interface Server {
  readonly port: number;
  /** Such as `http://127.0.0.1:4780`. */
  readonly origin: string;
  /** An address that opens the page signed in: it works once, and for ten minutes. */
  newLink(): string;
  /** Writes `daemon.json` in a home that is served: it tells editors port and token. */
  announce(home: string): void;
  /** Ends the streams and what is under way, and takes `daemon.json` back. */
  close(): Promise<void>;
}

/** @throws SatchelError `busy` where the port is taken, with who has it as far as can be seen. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { clock, random } = options;
  const tokens = createTokens(clock, random);
  let streams: NewsStreams | undefined;
  const listening = await listenOnPort(options.port, clock, (port) => {
    const app = createApp(options.log);
    mountGuard(app, { port, tokens, clock });
    streams = mountApi(app, { ...options, isLocal: false, defaultHome: () => undefined });
    mountPage(app, options.pageFolder);
    return app;
  });
  const { port } = listening;
  const origin = `http://127.0.0.1:${port}`;
  const announced = new Set<string>();
  return {
    port,
    origin,
    newLink: () => `${origin}/start?once=${tokens.newOnce()}`,
    announce(home) {
      announceDaemon(home, { port, token: tokens.token });
      announced.add(home);
    },
    async close() {
      for (const home of announced) withdrawDaemon(home, tokens.token);
      streams?.close();
      await listening.close();
    },
  };
}
