/** Reads the body of an answer, which has no end that the reader could rely on. */
import { concat } from '../base/bytes.ts';

/** Thrown when a body goes on beyond what its reader allows. */
export class StreamTooLong extends Error {}

/** The bytes of a stream. Throws `StreamTooLong`, and ends the stream, beyond `maxBytes`. */
export async function readStream(
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  // Leaving the loop by a throw destroys the stream and with it the connection.
  for await (const chunk of stream) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw new StreamTooLong(`more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return concat(chunks);
}
