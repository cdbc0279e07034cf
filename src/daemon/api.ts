/** The API as a whole, the same over HTTP and over the socket: routes, news, description. */
import { openApi } from '../api/openapi.ts';
import { ROUTES, type RouteName } from '../api/routes.ts';
import { VERSION } from '../app/version.ts';
import type { Clock, Random } from '../base/ports.ts';
import { mountContent } from './content.ts';
import type { Handlers } from './handlers.ts';
import { type App, type Mounted, mountRoutes } from './mount.ts';
import type { Daemon } from './ports.ts';
import { createAttempts } from './rates.ts';
import { createNewsStreams, type NewsStreams } from './stream.ts';

export interface ApiOptions {
  readonly daemon: Daemon;
  readonly clock: Clock;
  readonly random: Random;
  readonly handlers: Handlers;
  /** True over the socket, which only processes of the same person reach. */
  readonly isLocal: boolean;
  /** The home that requests mean which name none; undefined for the first. */
  readonly defaultHome: () => string | undefined;
  /** Told of what goes wrong when it can no longer be answered. */
  readonly log: (message: string) => void;
}

/** @returns the streams of news, to be closed with the server. */
export function mountApi(app: App, options: ApiOptions): NewsStreams {
  const { daemon, clock, random, handlers } = options;
  const run = Buffer.from(random.bytes(6)).toString('hex');
  const streams = createNewsStreams({ daemon, clock, run });
  app.get('/api/events', (c) => streams.answer(c));
  app.get('/api/openapi.json', () => Response.json(openApi(Object.values(ROUTES), VERSION)));
  mountContent(app, options);
  const attempts = createAttempts(clock);
  mountRoutes(app, pairs(handlers), { ...options, attempts });
  return streams;
}

/** The names of table and handlers are the same, which the compiler cannot follow over a list. */
function pairs(handlers: Handlers): readonly Mounted[] {
  const names = Object.keys(ROUTES) as RouteName[];
  return names.map((name) => ({
    route: ROUTES[name],
    handle: handlers[name] as unknown as Mounted['handle'],
  }));
}
