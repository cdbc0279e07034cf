/** Reading JSON that came from a bucket: shape checked, unknown fields kept (rule F1). */
import type * as z from 'zod';
import { utf8, utf8Text } from '../base/bytes.ts';
import { SatchelError } from '../base/errors.ts';

/** An object of a format that only a newer Satchel knows: not damaged, and not to be overwritten. */
export class NewerFormatError extends SatchelError {}

/** The newest format this Satchel reads and writes; key slots count theirs by themselves. */
export const FORMAT = 1;

/**
 * Decodes an object's JSON.
 * @param newestFormat the newest format of such objects that this Satchel knows.
 * @throws SatchelError `damaged` where it is no JSON, of another shape, or of a newer format.
 */
export function decodeJson<T>(
  schema: z.ZodType<T>,
  objectKey: string,
  body: Uint8Array,
  newestFormat: number = FORMAT,
): T {
  const text = utf8Text(body);
  const value = text === undefined ? undefined : parse(text);
  if (value === undefined) throw damagedJson(objectKey, 'it is not JSON');
  refuseNewerFormat(objectKey, value, newestFormat);
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

function refuseNewerFormat(objectKey: string, value: unknown, newestFormat: number): void {
  if (typeof value !== 'object' || value === null || !('format' in value)) return;
  if (typeof value.format !== 'number' || value.format <= newestFormat) return;
  const app = writerOf(value);
  throw new NewerFormatError(
    'damaged',
    `The object ${objectKey} is of format ${value.format}; this Satchel knows formats up to ${newestFormat}.`,
    {
      hint:
        app === undefined
          ? 'Another of your devices runs a newer Satchel. Install that version here as well.'
          : `It was written by ${app}. Install that version, or a newer one, here as well.`,
    },
  );
}

/** Which program wrote an object, where it says so: heads name it with the device. */
function writerOf(value: object): string | undefined {
  if ('app' in value && typeof value.app === 'string') return value.app;
  if (!('device' in value) || typeof value.device !== 'object' || value.device === null) return;
  return 'app' in value.device && typeof value.device.app === 'string'
    ? value.device.app
    : undefined;
}

function damagedJson(objectKey: string, reason: string): SatchelError {
  return new SatchelError('damaged', `The object ${objectKey} cannot be read: ${reason}.`, {
    hint: 'If it was not changed by hand, "satchel verify" tells what else is damaged.',
  });
}
