/** The devices of the repository. */
import * as z from 'zod';
import { route } from './route.ts';
import { timeSchema } from './values.ts';

export const deviceInfoSchema = z.object({
  id: z.string(),
  name: z.string(),
  platform: z.string(),
  app: z.string(),
  self: z.boolean(),
  /** True where its head cannot be read, and never was: nothing but its id is known. */
  unreadable: z.boolean(),
  /** When its head was last written, by its own clock. */
  lastSeenAt: timeSchema.nullable(),
  /** When it was removed; null for a device of the repository. */
  retiredAt: timeSchema.nullable(),
  /** True where it was removed as lost: what it has written since does not count. */
  lost: z.boolean(),
});
export type DeviceInfo = z.infer<typeof deviceInfoSchema>;

export const devicesRoute = route({
  name: 'devices',
  method: 'GET',
  path: '/api/devices',
  summary: 'The devices of the repository, this one first.',
  input: z.object({}),
  answer: z.array(deviceInfoSchema).readonly(),
});

export const renameDeviceRoute = route({
  name: 'renameDevice',
  method: 'POST',
  path: '/api/devices/rename',
  summary: 'Gives this device another name.',
  input: z.object({ name: z.string().min(1).max(60) }),
  answer: z.object({ name: z.string() }),
});

/** By what this device gets into the bucket, in words that give nothing away. */
export const bucketAccessSchema = z.object({
  /** The name of the service, where it is known. */
  provider: z.string().nullable(),
  /** Such as `the access key AKIA…WXYZ`; null where nothing gets into the bucket but the disk's owner. */
  uses: z.string().nullable(),
  /** Where keys are made and revoked. */
  keyHelp: z.string().nullable(),
});
export type BucketAccess = z.infer<typeof bucketAccessSchema>;

export const removeDeviceRoute = route({
  name: 'removeDevice',
  method: 'POST',
  path: '/api/devices/remove',
  summary: 'Removes another device; what it had saved is kept.',
  input: z.object({
    /** Its name, its id, or the beginning of its id. */
    device: z.string().min(1).max(200),
    /** Somebody else may have it: what it sends does not count any more, and the key is changed. */
    lost: z.boolean().default(false),
    /** Also where it was at work within the last day. */
    force: z.boolean().default(false),
    /** What opens the repository now, where the key is changed: not everybody here is its owner. */
    present: z.string().max(1024).optional(),
    /** The new passphrase, where the key is changed. */
    passphrase: z.string().max(1024).optional(),
  }),
  answer: z.object({
    id: z.string(),
    name: z.string(),
    lost: z.boolean(),
    /** False where something of it could not be kept yet; the next rounds go on. */
    kept: z.boolean(),
    /** The new one, shown this once, where the key was changed. */
    recoveryKey: z.string().optional(),
    /** The page to print with it, as text. */
    kit: z.string().optional(),
    /** For a lost device, which may have the same way into the bucket. */
    bucketAccess: bucketAccessSchema.optional(),
  }),
  isGuarded: true,
});
