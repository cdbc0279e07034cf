/** Reads the body of an answer, which has no end that the reader could rely on. */
import { uninitialized } from '../base/bytes.ts';

/** Thrown when a body goes on beyond what its reader allows. */
export class StreamTooLong extends Error {}

/**
 * The bytes of a stream. Throws `StreamTooLong`, and ends the stream, beyond `maxBytes`.
 * @param statedBytes how many there are to be, where that was told: room for so many is made at
 *   once. It may be wrong.
 */
export async function readStream(
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
  statedBytes = 0,
): Promise<Uint8Array> {
  let whole = uninitialized(Math.min(statedBytes, maxBytes));
  let sizeBytes = 0;
  // Leaving the loop by a throw destroys the stream and with it the connection.
  for await (const chunk of stream) {
    const filledBytes = sizeBytes;
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw new StreamTooLong(`more than ${maxBytes} bytes`);
    if (sizeBytes > whole.length) {
      const wider = uninitialized(Math.max(sizeBytes, Math.min(2 * filledBytes, maxBytes)));
      wider.set(whole.subarray(0, filledBytes));
      whole = wider;
    }
    whole.set(chunk, filledBytes);
  }
  // Not a view of it: a short body would hold on to all of the room.
  return sizeBytes === whole.length ? whole : whole.slice(0, sizeBytes);
}
