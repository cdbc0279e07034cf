/** How requests travel: connections, timeouts, sizes; and that each is sent once. */
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createAgents } from './agents.ts';
import type { S3Options } from './s3-options.ts';
import { readStream } from './s3-stream.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 60_000;
const MAX_SOCKETS = 50;
/** A page of 1,000 keys stays far below; only something that is not S3 answers with more. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** The SDK warns on the console otherwise. What matters arrives as an error. */
export const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** The transport part of the client's settings. Throws `usage` as `createAgents` does. */
export function transport(options: S3Options): S3ClientConfig {
  return {
    requestHandler: new NodeHttpHandler({
      // Agents, not agent options: given options, the handler makes a fresh agent with neither our
      // TLS settings nor keep-alive for every request that carries `Expect: 100-continue`.
      ...createAgents({ ...options, maxSockets: MAX_SOCKETS }),
      connectionTimeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      // Idle time, in place of a limit on the whole request: a large body on a slow line is
      // lawful, silence is not. It covers the handshake, the answer and the body.
      socketTimeout: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
      logger: SILENT,
    }),
    expectContinueHeader: false,
    // Retrying is the work of one wrapper of ours; two stacked policies multiply.
    maxAttempts: 1,
    followRegionRedirects: false,
    streamCollector: (stream: AsyncIterable<Uint8Array>) => readStream(stream, MAX_ANSWER_BYTES),
  };
}
