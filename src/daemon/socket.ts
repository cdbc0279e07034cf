/** The same API without a token, on a socket that only processes of the same person reach. */
import { VERSION } from '../app/version.ts';
import { messageOf, SatchelError } from '../base/errors.ts';
import type { Clock, Random } from '../base/ports.ts';
import { mountApi } from './api.ts';
import type { Handlers } from './handlers.ts';
import { type Listening, listen } from './listen.ts';
import { type App, createApp } from './mount.ts';
import type { Daemon } from './ports.ts';
import {
  chooseAddress,
  isAnswered,
  isLeft,
  publishAddress,
  readAddress,
  removeSocket,
  VERSION_HEADER,
  withdrawAddress,
} from './socket-place.ts';
import type { NewsStreams } from './stream.ts';

export interface SocketOptions {
  readonly daemon: Daemon;
  /** Requests over this socket mean this home, where they name none. */
  readonly home: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly handlers: Handlers;
  /** Told of errors that no route foresaw, with their stack: they are for the log. */
  readonly log: (message: string) => void;
  readonly platform?: NodeJS.Platform;
  /** Of this program by default. */
  readonly version?: string;
}

export interface Socket {
  /** A path, or the name of a pipe on Windows. */
  readonly address: string;
  close(): Promise<void>;
}

/** @throws SatchelError `busy` where another daemon answers on the socket of this home. */
export async function startSocket(options: SocketOptions): Promise<Socket> {
  const { daemon, home, clock, random, platform = process.platform } = options;
  const former = readAddress(home);
  if (former !== undefined) await removeStale(home, former);
  const runtimeFolder = process.env.XDG_RUNTIME_DIR || undefined;
  const address = chooseAddress(home, { platform, runtimeFolder, random });
  // A daemon that was killed before it had written its address.
  if (isLeft(address)) await removeStale(home, address);
  let streams: NewsStreams | undefined;
  const listening = await listenOn(address, clock, () => {
    const app = createApp(options.log);
    app.use(async (c, next) => {
      await next();
      c.header(VERSION_HEADER, options.version ?? VERSION);
    });
    streams = mountApi(app, {
      ...options,
      isLocal: true,
      defaultHome: () => daemon.homes().find((host) => host.home === home)?.id,
    });
    return app;
  });
  const close = async (): Promise<void> => {
    streams?.close();
    await listening.close();
    withdrawAddress(home, address);
  };
  try {
    publishAddress(home, address);
  } catch (error) {
    // Nobody would find it, and it would keep the next try out.
    await close();
    throw error;
  }
  return { address, close };
}

async function listenOn(address: string, clock: Clock, makeApp: () => App): Promise<Listening> {
  try {
    return await listen({ path: address }, clock, makeApp);
  } catch (error) {
    throw new SatchelError('internal', `Cannot listen on ${address}: ${messageOf(error)}.`, {
      hint: 'Check that the folder is yours and the disk is not full.',
    });
  }
}

/** Removes the socket of a daemon that was killed: one at which nobody answers. */
async function removeStale(home: string, address: string): Promise<void> {
  if (await isAnswered(address)) {
    throw new SatchelError('busy', `Another Satchel daemon serves ${home}.`, {
      hint: 'Use that one, or end it first.',
    });
  }
  removeSocket(home, address);
}
