/** How requests travel: connections, timeouts, sizes; and that each is sent once. */
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createAgents } from './agents.ts';
import type { S3Options } from './s3-options.ts';
import { readStream } from './stream.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 60_000;
const MAX_SOCKETS = 50;
/**
 * A page of 1,000 keys of 1,024 bytes, each percent-encoded, stays below; only something that is not
 * S3 answers with more. What the SDK makes of a page takes some forty times as much memory.
 */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

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
    streamCollector: async (stream: AsyncIterable<Uint8Array>) =>
      withoutDoctype(await readStream(stream, MAX_ANSWER_BYTES)),
  };
}

/**
 * An answer that has a document type counts as empty: no S3 answer has one, and the SDK's parser
 * goes through all of the document anew for each that it meets.
 */
function withoutDoctype(answer: Uint8Array): Uint8Array {
  return /<!doctype/i.test(
    Buffer.from(answer.buffer, answer.byteOffset, answer.length).toString('latin1'),
  )
    ? new Uint8Array(0)
    : answer;
}
