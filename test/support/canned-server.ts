/** A server on loopback that answers as a test tells it to: S3 with a fault, or no S3 at all. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

export interface CannedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export type Answer = (request: CannedRequest, response: ServerResponse) => void;

export interface CannedServer {
  /** `http://127.0.0.1:port`, or `https://localhost:port`. */
  readonly endpoint: string;
  readonly requests: readonly CannedRequest[];
}

/** Starts a server that answers every request in the same way, until the test is over. */
export async function startServer(
  context: TestContext,
  answer: Answer,
  options: { readonly tls?: boolean } = {},
): Promise<CannedServer> {
  const requests: CannedRequest[] = [];
  const listener = async (incoming: IncomingMessage, response: ServerResponse) => {
    const body = Buffer.concat(await incoming.toArray());
    const { method = '', url = '', headers } = incoming;
    const request = { method, url, headers, body };
    requests.push(request);
    answer(request, response);
  };
  const handle = (incoming: IncomingMessage, response: ServerResponse) => {
    // A client that hangs up in the middle of its request is part of some tests.
    listener(incoming, response).catch(() => response.destroy());
  };
  const server = options.tls ? createTlsServer(selfSigned(), handle) : createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const endpoint = options.tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  return { endpoint, requests };
}

/** Answers with a status, a body and further headers; XML unless they say otherwise. */
export function reply(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/xml', ...headers });
    response.end(body);
  };
}

/** Answers with an S3 error document. */
export function s3Failure(
  status: number,
  code: string,
  more = '',
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return reply(
    status,
    `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code>` +
      `<Message>as the service says</Message>${more}<RequestId>test</RequestId></Error>`,
    headers,
  );
}

/** Answers a write as S3 does, with the MD5 of what arrived. */
export function storedWell(): Answer {
  return (request, response) => {
    const md5 = createHash('md5').update(request.body).digest('hex');
    response.writeHead(200, { etag: `"${md5}"` }).end();
  };
}

function selfSigned(): { key: Buffer; cert: Buffer } {
  const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../fixtures', name));
  return {
    key: fixture('self-signed-for-tests.key.pem'),
    cert: fixture('self-signed-for-tests.cert.pem'),
  };
}
