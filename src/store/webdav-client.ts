/**
 * Requests to one WebDAV server: connections, timeouts, the password, redirects. Each request is
 * sent once; every answer comes back whatever its status, and what got no answer is thrown.
 */
import {
  type ClientRequest,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { type Agents, createAgents } from './agents.ts';
import type { DavBucket } from './bucket-settings.ts';
import { networkError } from './s3-network-errors.ts';
import { StoreError } from './store.ts';
import { readStream, StreamTooLong } from './stream.ts';
import { isLoopbackHost } from './url.ts';
import { formatPath } from './url-settings.ts';
import { leadsElsewhere, noPassword } from './webdav-errors.ts';
import type { WebDavOptions } from './webdav-options.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 60_000;
/** Servers at home have few workers, and each holds one while a body travels. */
const MAX_SOCKETS = 16;
const MAX_REDIRECTS = 5;
/** As much of a failure's page as may hold the server's reason. */
const MAX_REASON_BYTES = 64 * 1024;

export interface DavRequest {
  readonly method: string;
  /** A key, a folder below the bucket's with a slash at its end, or empty for that folder. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Beyond this the answer is cut off with `StreamTooLong`. Default 64 KiB. */
  readonly maxBytes?: number;
}

export interface DavAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

export class WebDavClient {
  readonly bucket: DavBucket;
  readonly #origin: string;
  readonly #agents: Agents;
  readonly #options: WebDavOptions;
  readonly #authorization: Readonly<Record<string, string>>;

  /** Sends nothing. Throws `usage` or `refused` where the settings cannot work. */
  constructor(bucket: DavBucket, options: WebDavOptions) {
    const { insecureTls = false, ca, password } = options;
    this.bucket = bucket;
    this.#origin = `${bucket.secure ? 'https' : 'http'}://${bucket.host}`;
    if (!bucket.secure && !insecureTls && !isLoopbackHost(new URL(this.#origin).hostname)) {
      throw new StoreError(
        'usage',
        `the server ${this.#origin} would be spoken to in clear text`,
        'never',
        { hint: 'Use davs://, or allow it with --insecure-tls on a network you trust.' },
      );
    }
    if (bucket.user !== undefined && password === undefined) {
      throw noPassword(bucket.user, bucket.host);
    }
    this.#options = options;
    this.#agents = createAgents({ insecureTls, ca, maxSockets: MAX_SOCKETS });
    this.#authorization = basic(bucket.user, password);
  }

  /** The escaped path on the server of a key, of a folder (`heads/`), or of the bucket's own (``). */
  pathOf(path: string): string {
    const { path: base } = this.bucket;
    return `/${formatPath(base === '' ? path : `${base}/${path}`)}`;
  }

  /** The whole URL of the same, without the user. */
  urlOf(path: string): string {
    return `${this.#origin}${this.pathOf(path)}`;
  }

  /**
   * The answer, after redirects within the server. Throws `StoreError` where none came, or a
   * redirect leads to another server, and `StreamTooLong`.
   */
  async send(request: DavRequest): Promise<DavAnswer> {
    return await this.sendTo(new URL(this.urlOf(request.path)), request);
  }

  /** The same for a path given whole, from the root of the server. */
  async sendTo(start: URL, request: Omit<DavRequest, 'path'>): Promise<DavAnswer> {
    let url = start;
    for (let redirects = 0; ; redirects += 1) {
      const answer = await this.#exchange(url, request);
      const target = redirectTarget(answer, url);
      if (target === undefined) return answer;
      // The password goes to the server that it is meant for, and to no other.
      if (target.origin !== start.origin || redirects === MAX_REDIRECTS) {
        throw leadsElsewhere(this.bucket.host, target);
      }
      url = target;
    }
  }

  close(): void {
    this.#agents.httpAgent.destroy();
    this.#agents.httpsAgent.destroy();
  }

  async #exchange(url: URL, request: Omit<DavRequest, 'path'>): Promise<DavAnswer> {
    try {
      const response = await this.#respond(url, request);
      const { statusCode: status = 0, headers } = response;
      this.#tellServerDate(headers);
      return { status, headers, body: await bodyOf(response, request.maxBytes) };
    } catch (error) {
      if (error instanceof StoreError || error instanceof StreamTooLong) throw error;
      throw networkError(error, this.bucket.host);
    }
  }

  /** Resolves with the head of the answer; its body still flows. */
  #respond(
    url: URL,
    { method, headers, body }: Omit<DavRequest, 'path'>,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const isSecure = url.protocol === 'https:';
      const request = (isSecure ? httpsRequest : httpRequest)(url, {
        method,
        agent: isSecure ? this.#agents.httpsAgent : this.#agents.httpAgent,
        headers: {
          ...this.#authorization,
          'user-agent': 'Satchel',
          'accept-encoding': 'identity',
          ...(body === undefined ? {} : { 'content-length': body.length }),
          ...headers,
        },
        // Idle time, in place of a limit on the whole request: a large body on a slow line is
        // lawful, silence is not. It covers the handshake, the answer and the body.
        timeout: this.#options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
      });
      let response: IncomingMessage | undefined;
      const giveUp = () => {
        const error = timeoutError();
        response?.destroy(error);
        request.destroy(error);
      };
      request.on('timeout', giveUp);
      request.on('socket', (socket) => this.#limitConnecting(request, socket, giveUp));
      request.on('response', (received) => {
        response = received;
        resolve(received);
      });
      // After the answer has begun, its body tells of what breaks.
      request.on('error', reject);
      request.end(body);
    });
  }

  #limitConnecting(request: ClientRequest, socket: Socket, giveUp: () => void): void {
    if (!socket.connecting) return;
    const settled = new AbortController();
    socket.once('connect', () => settled.abort());
    request.once('close', () => settled.abort());
    const limitMs = this.#options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
    // The pause never rejects, and ends with the connection or its lack.
    void this.#options.clock.sleep(limitMs, settled.signal).then(() => {
      if (!settled.signal.aborted) giveUp();
    });
  }

  /** An answer out of a cache tells an old time. */
  #tellServerDate({ date, age }: IncomingHttpHeaders): void {
    const dateMs = Date.parse(date ?? '');
    if (age === undefined && !Number.isNaN(dateMs)) this.#options.onServerDate?.(dateMs);
  }
}

/** HTTP Basic authentication (RFC 7617) in UTF-8. */
function basic(user: string | undefined, password = ''): Readonly<Record<string, string>> {
  if (user === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** Where a redirect leads that keeps method and body; a 303 asks for another request. */
function redirectTarget({ status, headers }: DavAnswer, url: URL): URL | undefined {
  const { location } = headers;
  if (![301, 302, 307, 308].includes(status) || location === undefined) return undefined;
  return URL.canParse(location, url.href) ? new URL(location, url) : undefined;
}

async function bodyOf(response: IncomingMessage, maxBytes = MAX_REASON_BYTES): Promise<Uint8Array> {
  const { statusCode: status = 0 } = response;
  const statedBytes = Number(response.headers['content-length'] ?? '') || 0;
  if (status >= 200 && status < 300) return await readStream(response, maxBytes, statedBytes);
  try {
    return await readStream(response, MAX_REASON_BYTES);
  } catch {
    // The status says enough; a reason that long, or cut short, is none.
    return new Uint8Array(0);
  }
}

function timeoutError(): Error {
  const error = new Error('no byte came or went for too long');
  error.name = 'TimeoutError';
  return error;
}
