/** Condemned blobs: what a device has announced to delete, as its head names it (rule S12). */
import * as z from 'zod';
import { decodeJson, encodeJson, FORMAT } from './json.ts';

export const condemnedSchema = z.looseObject({
  format: z.int().min(1),
  /** When it was announced, by the writer's clock. */
  since: z.number(),
  /** Ids of blobs. */
  blobs: z.array(z.string().regex(/^[a-z0-9]{1,64}$/)),
});

export type Condemned = z.infer<typeof condemnedSchema>;

/** A list of condemned blobs, decompressed. */
export const CONDEMNED_MAX_BYTES = 16 * 1024 * 1024;
/** So many ids fit into one list with room to spare. */
export const CONDEMNED_MAX_BLOBS = 200_000;

export function encodeCondemned(condemned: Omit<Condemned, 'format'>): Uint8Array {
  return encodeJson({ format: FORMAT, ...condemned });
}

/** @throws SatchelError `damaged`. */
export function decodeCondemned(objectKey: string, body: Uint8Array): Condemned {
  return decodeJson(condemnedSchema, objectKey, body);
}
