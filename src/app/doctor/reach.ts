/** The way to the server of a bucket: name, connection, TLS, and what time it is there. */
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Clock } from '../../base/ports.ts';
import { type Agents, createAgents } from '../../store/agents.ts';
import { networkError } from '../../store/s3-network-errors.ts';
import { isLoopbackHost } from '../../store/url.ts';
import { type Check, ok, warning } from './check.ts';

/** What a first request to a server took, each part in milliseconds. */
export interface Reached {
  readonly host: string;
  /** Looking up the name; undefined where the host is an address. */
  readonly nameMs: number | undefined;
  readonly connectMs: number;
  /** The version of TLS, where it is spoken. */
  readonly tlsVersion: string | undefined;
  /** Undefined without TLS, and where a proxy hides it. */
  readonly handshakeMs: number | undefined;
  readonly answerMs: number;
  /** The server's clock less this device's; undefined where the server does not tell. */
  readonly aheadMs: number | undefined;
}

const TIMEOUT_MS = 15_000;

/**
 * Asks a server for nothing, without credentials: whatever it answers, it is there. Whether its
 * certificate is to be trusted is left to the first request of the store.
 * @throws StoreError `unreachable`; `usage` for a proxy that cannot be used.
 */
export async function reach(url: URL, clock: Clock): Promise<Reached> {
  const startMs = clock.monotonicMs();
  const marks: { nameMs?: number; connectMs?: number; secureMs?: number } = {};
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const agents = createAgents({ insecureTls: true, maxSockets: 1 });
  const request = send(new URL('/', url), agents).on('error', reject);
  let tlsVersion: string | undefined;
  request.on('response', (answer) => {
    // Known only for as long as the connection stands.
    if (answer.socket instanceof TLSSocket) tlsVersion = answer.socket.getProtocol() ?? 'TLS';
    resolve(answer);
  });
  request.on('socket', (socket) => {
    const mark = (name: keyof typeof marks) => () => {
      marks[name] = clock.monotonicMs() - startMs;
    };
    socket.on('lookup', mark('nameMs'));
    socket.on('connect', mark('connectMs'));
    socket.on('secureConnect', mark('secureMs'));
  });
  request.end();
  let answer: IncomingMessage;
  try {
    answer = await promise;
  } catch (error) {
    throw networkError(error, url.host);
  } finally {
    agents.httpAgent.destroy();
    agents.httpsAgent.destroy();
  }
  answer.destroy();
  const answerMs = clock.monotonicMs() - startMs;
  const { nameMs, connectMs = 0, secureMs } = marks;
  const dateMs = Date.parse(answer.headers.date ?? '');
  // The server wrote the time when the request, sent once the line stood, was half-way back.
  const askedMs = clock.now() - (answerMs - (secureMs ?? connectMs)) / 2;
  return {
    host: url.host,
    nameMs,
    connectMs: connectMs - (nameMs ?? 0),
    tlsVersion,
    handshakeMs: secureMs === undefined ? undefined : secureMs - connectMs,
    answerMs,
    aheadMs: Number.isNaN(dateMs) ? undefined : dateMs - askedMs,
  };
}

/** Through the proxy that the environment names, as the requests of the store go. */
function send(url: URL, { httpAgent, httpsAgent }: Agents): ClientRequest {
  const options = { method: 'HEAD', signal: AbortSignal.timeout(TIMEOUT_MS) };
  return url.protocol === 'https:'
    ? httpsRequest(url, { ...options, agent: httpsAgent })
    : httpRequest(url, { ...options, agent: httpAgent });
}

export function reachedCheck(reached: Reached): Check {
  const { host, nameMs, connectMs, tlsVersion, handshakeMs, answerMs } = reached;
  const inMs = (timeMs: number): string => `${Math.round(timeMs)} ms`;
  const parts = [
    ...(nameMs === undefined ? [] : [`name ${inMs(nameMs)}`]),
    `connection ${inMs(connectMs)}`,
    tlsVersion ?? 'no TLS',
  ];
  const handshake = handshakeMs === undefined ? '' : ` ${inMs(handshakeMs)}`;
  return ok('reach', `${host} answers in ${inMs(answerMs)} (${parts.join(', ')}${handshake}).`);
}

/**
 * What `--insecure-tls` gives up at a server, which is easily forgotten, for the home remembers it.
 * Undefined for a server on this machine.
 */
export function insecureCheck(url: URL): Check | undefined {
  if (isLoopbackHost(url.hostname)) return undefined;
  if (url.protocol === 'https:') {
    return warning(
      'tls',
      'The certificate of the server is not checked: anybody on the way could pose as it.',
      'Name the authority that signed it with --ca-file, in place of --insecure-tls.',
    );
  }
  return warning(
    'tls',
    'All that is sent and fetched goes in clear text, the password of a user with it.',
    'Have the server speak TLS, or use it only on a network you trust.',
  );
}
