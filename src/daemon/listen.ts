/** Listening for requests, on a port of this computer or on a socket. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { messageOf, SatchelError, systemCode } from '../base/errors.ts';
import type { Clock } from '../base/ports.ts';
import type { App } from './mount.ts';
import { portHolder } from './port-holder.ts';

const LOOPBACK = '127.0.0.1';
/** Above what pages and editors open, and no burden where all of them are idle. */
const CONNECTIONS_MAX = 256;
/** What is under way when the daemon ends gets this long. */
const GRACE_MS = 2000;

export interface Listening {
  /** 0 for a socket. */
  readonly port: number;
  close(): Promise<void>;
}

/** How long a caller may take, milliseconds; see `createServer` of `node:http`. */
export interface Patience {
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  /** How often it is looked who takes longer. */
  readonly connectionsCheckingInterval: number;
}

/** Nothing comes from far away: who takes longer only keeps a connection from others. */
const PATIENCE: Patience = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 2000,
};

/** Makes the app that answers, once it is known on which port; 0 for a socket. */
type MakeApp = (port: number) => App;

/** @throws SatchelError `busy` where the port is taken; `internal` where it may not be used. */
export async function listenOnPort(
  port: number,
  clock: Clock,
  makeApp: MakeApp,
): Promise<Listening> {
  try {
    return await listen({ host: LOOPBACK, port }, clock, makeApp);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EADDRINUSE') {
      throw new SatchelError('busy', `Port ${port} is taken by ${await portHolder(port)}.`, {
        hint: 'End that program, or choose another port with --port.',
      });
    }
    throw new SatchelError('internal', `Cannot listen on port ${port}: ${messageOf(error)}.`, {
      hint: 'Choose another port with --port.',
    });
  }
}

/** @throws a system error, `EADDRINUSE` where something is there. */
export async function listen(
  where: { readonly host: string; readonly port: number } | { readonly path: string },
  clock: Clock,
  makeApp: MakeApp,
  patience = PATIENCE,
): Promise<Listening> {
  const server = createServer({ ...patience });
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    privately(() =>
      server.listen(where, () => {
        server.off('error', reject);
        resolve();
      }),
    );
  });
  // A connection that cannot be accepted, for want of open files say, is refused: whoever asks sees
  // that. Unheard, the event would end the process.
  server.on('error', () => undefined);
  const address = server.address();
  const port = isPort(address) ? address.port : 0;
  // The globals stay Node's own: the rest of the program uses them too.
  server.on('request', getRequestListener(makeApp(port).fetch, { overrideGlobalObjects: false }));
  return {
    port,
    close: async () => await close(server, clock),
  };
}

/** What this makes, a socket say, is its owner's alone from its first moment. */
function privately(make: () => void): void {
  const former = process.umask(0o077);
  try {
    make();
  } finally {
    process.umask(former);
  }
}

function isPort(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

async function close(server: Server, clock: Clock): Promise<void> {
  const closed = new AbortController();
  server.close(() => closed.abort());
  await clock.sleep(GRACE_MS, closed.signal);
  server.closeAllConnections();
}
