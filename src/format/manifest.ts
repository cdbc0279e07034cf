/** `satchel.json`: what this bucket is. Written once, never sealed (rule F1). */
import * as z from 'zod';
import { decodeJson, encodeJson, FORMAT } from './json.ts';
import { MANIFEST_KEY } from './object-keys.ts';
import type { Encryption } from './repository-key.ts';

export interface Manifest {
  readonly format: number;
  /** The repository's id; each device pins it and refuses another. */
  readonly repository: string;
  /** Milliseconds since the Unix epoch. */
  readonly created: number;
  readonly encryption: Encryption;
  /** Tells the right repository key from a wrong one. */
  readonly keyCheck: string;
}

export const manifestSchema = z.looseObject({
  format: z.int().min(1),
  repository: z.string().regex(/^[a-z0-9]{1,64}$/),
  created: z.number(),
  encryption: z.enum(['aes-256-gcm', 'none']),
  keyCheck: z.string(),
});

/** The manifest has a few hundred bytes; a longer one than this is not read. */
export const MANIFEST_MAX_BYTES = 64 * 1024;

export function encodeManifest(manifest: Omit<Manifest, 'format'>): Uint8Array {
  return encodeJson({ format: FORMAT, ...manifest });
}

/** @throws SatchelError `damaged`. */
export function decodeManifest(body: Uint8Array): Manifest {
  return decodeJson(manifestSchema, MANIFEST_KEY, body);
}
