/** Numbers and bytes from a seed: the same data in every run that names it. */
import { createCipheriv, createHash } from 'node:crypto';

export interface Seeded {
  /** An integer in `0 .. below-1`. */
  below(below: number): number;
  /** Bytes that no compressor makes smaller. */
  bytes(length: number): Buffer;
}

const ZEROS = Buffer.alloc(64 * 1024);

/** @param purpose keeps the data of one workload apart from that of another. */
export function createSeeded(seed: number, purpose: string): Seeded {
  const key = createHash('sha256').update(`${seed} ${purpose}`).digest();
  // AES in counter mode over zeros: random enough, and a gigabyte a second.
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  let pool = Buffer.alloc(0);
  let at = 0;
  const small = (): number => {
    if (at + 6 > pool.length) {
      pool = stream.update(ZEROS);
      at = 0;
    }
    at += 6;
    return pool.readUIntBE(at - 6, 6);
  };
  return {
    below: (below) => Math.floor((small() / 2 ** 48) * below),
    bytes: (length) => stream.update(Buffer.alloc(length)),
  };
}
