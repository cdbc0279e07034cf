/** Reading JSON that came from a bucket: shape checked, unknown fields kept (rule F1). */
import type * as z from 'zod';
import { utf8, utf8Text } from '../base/bytes.ts';
import { SatchelError } from '../base/errors.ts';

/** An object of a format that only a newer Satchel knows: not damaged, and not to be overwritten. */
export class NewerFormatError extends SatchelError {}

/** The newest format this Satchel reads and writes. */
export const FORMAT = 1;

/**
 * Decodes an object's JSON.
 * @throws SatchelError `damaged` where it is no JSON, of another shape, or of a newer format.
 */
export function decodeJson<T>(schema: z.ZodType<T>, objectKey: string, body: Uint8Array): T {
  const text = utf8Text(body);
  const value = text === undefined ? undefined : parse(text);
  if (value === undefined) throw damagedJson(objectKey, 'it is not JSON');
  refuseNewerFormat(objectKey, value);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue === undefined ? '' : ` at "${issue.path.map(String).join('.')}"`;
  throw damagedJson(objectKey, `its content has the wrong shape${where}`);
}

export function encodeJson(value: unknown): Uint8Array {
  return utf8(JSON.stringify(value));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuseNewerFormat(objectKey: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || !('format' in value)) return;
  if (typeof value.format !== 'number' || value.format <= FORMAT) return;
  throw new NewerFormatError(
    'damaged',
    `The object ${objectKey} is of format ${value.format}; this Satchel knows formats up to ${FORMAT}.`,
    { hint: 'Another of your devices runs a newer Satchel. Install that version here as well.' },
  );
}

function damagedJson(objectKey: string, reason: string): SatchelError {
  return new SatchelError('damaged', `The object ${objectKey} cannot be read: ${reason}.`, {
    hint: 'If it was not changed by hand, "satchel verify" tells what else is damaged.',
  });
}
