/**
 * The S3 server that all clients talk to: Versity's gateway before a folder in memory. Chosen since
 * it is the least in the way: a PUT is one file written and renamed, where MinIO and Ceph write
 * journals and sync them, and what is measured is the client.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryFolder } from '../../test/support/temporary.ts';

export const BUCKET = 'bench';
export const REGION = 'us-east-1';
/** Obviously for tests: the server is gone after the run. */
export const ACCESS_KEY = 'test-access-key';
export const SECRET_KEY = 'test-secret-key';

export interface Server {
  readonly endpoint: string;
  /** Where its objects are: a folder in memory, or on disk. */
  readonly folder: string;
  /** Drops everything below a prefix, behind the server's back and at no cost. */
  empty(prefix: string): Promise<void>;
  stop(): Promise<void>;
}

const PORT = 7481;
/** Not on a disk, so that none is measured on the server's side. */
const DATA_BYTES = 8 * 1024 ** 3;

/** @param program the gateway's path, or undefined where it was not to be had. */
export async function startServer(program: string | undefined): Promise<Server> {
  if (program === undefined) throw new Error('the S3 server is missing: it takes Go to build it');
  const folder = await mkdtemp(join(memoryFolder(DATA_BYTES), 'satchel-bench-server-'));
  const data = join(folder, 'data');
  await mkdir(join(data, BUCKET), { recursive: true });
  const endpoint = `http://127.0.0.1:${PORT}`;
  if (await answers(PORT)) throw new Error(`port ${PORT} is taken`);
  const child = spawn(
    program,
    ['--port', `127.0.0.1:${PORT}`, '--region', REGION, '--quiet', '--keep-alive', 'posix', data],
    {
      stdio: 'ignore',
      env: { PATH: process.env.PATH, ROOT_ACCESS_KEY: ACCESS_KEY, ROOT_SECRET_KEY: SECRET_KEY },
    },
  );
  await waitForPort(child);
  return {
    endpoint,
    folder,
    empty: (prefix) => rm(join(data, BUCKET, prefix), { recursive: true, force: true }),
    async stop() {
      const ended = new Promise((resolve) => child.on('exit', resolve));
      // Ctrl-C in a terminal has reached it as well.
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function waitForPort(child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (child.exitCode !== null) throw new Error('the S3 server did not start');
    if (await answers(PORT)) return;
    await sleep(100);
  }
  throw new Error('the S3 server does not answer');
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
