/** Puts the routes of the table into an app: input checked, handler called, errors in words. */
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import type { Route } from '../api/route.ts';
import { isErrorKind } from '../base/errors.ts';
import { type Input, readInput } from './input.ts';
import type { Asker, Daemon } from './ports.ts';
import type { Attempts } from './rates.ts';
import { answerOfError, Refusal } from './refusal.ts';
import { pathOfRoute } from './session-address.ts';

export type App = Hono<{ Bindings: HttpBindings }>;

/** A route with what it does; see `Handler` for the types, which agree for each pair. */
export interface Mounted {
  readonly route: Route;
  readonly handle: (daemon: Daemon, input: Input<Route>, asker: Asker) => Promise<unknown>;
}

export interface MountOptions {
  readonly daemon: Daemon;
  readonly attempts: Attempts;
  /** True over the socket, where local routes are served as well. */
  readonly isLocal: boolean;
  /** The home that requests mean which name none; undefined for the first. */
  readonly defaultHome: () => string | undefined;
}

/** An app that tells every error in the same way; what nobody foresaw goes to the log as well. */
export function createApp(log: (message: string) => void): App {
  const app: App = new Hono({ getPath: pathOfRoute });
  app.onError((error, c) => {
    const { status, body, headers, defect } = answerOfError(error);
    if (defect !== undefined) log(`${c.req.method} ${c.req.path} failed: ${defect}`);
    return Response.json(body, { status, headers });
  });
  return app;
}

export function mountRoutes(app: App, mounted: readonly Mounted[], options: MountOptions): void {
  for (const one of mounted) {
    if (one.route.isLocal === true && !options.isLocal) continue;
    app.on(one.route.method, one.route.path, async (c) => await answer(c, one, options));
  }
  app.all('/api/*', (c) => {
    throw new Refusal(404, 'usage', `There is no ${c.req.method} ${c.req.path}.`, {
      hint: 'GET /api/openapi.json lists what there is.',
    });
  });
}

async function answer(
  c: Context<{ Bindings: HttpBindings }>,
  { route, handle }: Mounted,
  { daemon, attempts, defaultHome }: MountOptions,
): Promise<Response> {
  const input = await readInput(c, route);
  const home = input.home ?? defaultHome();
  const ended = new AbortController();
  const { outgoing } = c.env;
  outgoing.once('close', () => ended.abort());
  if (outgoing.destroyed) ended.abort();
  const asker: Asker = { signal: ended.signal, header: (name) => c.req.header(name) };
  const run = (): Promise<unknown> =>
    handle(daemon, home === undefined ? input : { ...input, home }, asker);
  const result =
    route.isGuarded === true ? await attempts.run(route.name, run, isWrongGuess) : await run();
  return route.isHeld === true ? heldAnswer(result) : Response.json(result);
}

function isWrongGuess(error: unknown): boolean {
  return isErrorKind(error, 'refused');
}

/** A line with the answer, and no end: the caller has what it asked for while it stays. */
function heldAnswer(result: unknown): Response {
  const line = new TextEncoder().encode(`${JSON.stringify(result)}\n`);
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(line);
    },
  });
  return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } });
}
