/**
 * A proxy between a client and the S3 server that counts requests and bytes, in a round of its own
 * that is not timed. Two workloads are timed through it, so that its cost is in their times: `far`,
 * where it stands for the way to the server, and `latency`, which counts what it times.
 */
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Traffic {
  readonly requests: number;
  /** Requests by method, such as GET. */
  readonly methods: Readonly<Record<string, number>>;
  /** What the client sent and got, headers included. */
  readonly upBytes: number;
  readonly downBytes: number;
}

export interface Counter {
  /** Such as http://127.0.0.1:7401. */
  readonly endpoint: string;
  /** What went by since the last call. */
  take(): Traffic;
  close(): Promise<void>;
}

/**
 * @param upstream the server, such as http://127.0.0.1:7400.
 * @param delayMs how long each request takes to get there and back, besides.
 */
export async function startCounter(upstream: string, delayMs = 0): Promise<Counter> {
  const { hostname, port } = new URL(upstream);
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const sockets = new Set<Socket>();
  let methods: Record<string, number> = {};
  let ended = { up: 0, down: 0 };
  let before = { up: 0, down: 0 };

  const server = createServer(async (incoming, outgoing) => {
    const method = incoming.method ?? '';
    methods[method] = (methods[method] ?? 0) + 1;
    if (delayMs > 0) await sleep(delayMs);
    // The signature covers the Host header, so headers pass as they are. "Expect" was answered here.
    const headers = withoutExpect(incoming.rawHeaders);
    const forward = request(
      { agent, hostname, port, method, path: incoming.url, headers, setDefaultHeaders: false },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(outgoing);
      },
    );
    forward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => forward.destroy());
    incoming.pipe(forward);
  });
  server.requestTimeout = 0;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      ended = { up: ended.up + socket.bytesRead, down: ended.down + socket.bytesWritten };
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const total = (): { up: number; down: number } => {
    let { up, down } = ended;
    for (const socket of sockets) {
      up += socket.bytesRead;
      down += socket.bytesWritten;
    }
    return { up, down };
  };
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const now = total();
      const requests = Object.values(methods).reduce((sum, count) => sum + count, 0);
      const upBytes = now.up - before.up;
      const traffic = { requests, methods, upBytes, downBytes: now.down - before.down };
      before = now;
      methods = {};
      return traffic;
    },
    async close() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function withoutExpect(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (name.toLowerCase() !== 'expect') kept.push(name, value);
  }
  return kept;
}
