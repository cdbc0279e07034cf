/** What opens the repository, and what opens the bucket. */
import * as z from 'zod';
import { bucketAccessSchema } from './devices.ts';
import { route } from './route.ts';
import { doneSchema, timeSchema } from './values.ts';

/** A passphrase or recovery key that opens the repository now: not everybody here is its owner. */
const presentSchema = z.string().min(1).max(1024);
const passphraseSchema = z.string().min(1).max(1024);

export const keySlotSchema = z.object({
  id: z.string(),
  kind: z.enum(['passphrase', 'recovery']),
  name: z.string().nullable(),
  createdAt: timeSchema.nullable(),
  /** `older` where the key was changed without it: what is newer stays closed to it. */
  opens: z.enum(['everything', 'older']),
});
export type KeySlotInfo = z.infer<typeof keySlotSchema>;

export const keysRoute = route({
  name: 'keys',
  method: 'GET',
  path: '/api/keys',
  summary: 'The passphrases and recovery keys that open the repository, the oldest first.',
  input: z.object({}),
  answer: z.array(keySlotSchema).readonly(),
});

export const addPassphraseRoute = route({
  name: 'addPassphrase',
  method: 'POST',
  path: '/api/keys/passphrase',
  summary: 'Adds a passphrase, in place of the former ones if asked for.',
  input: z.object({
    present: presentSchema,
    passphrase: passphraseSchema,
    /** Everybody who can read the bucket can read it. */
    name: z.string().max(200).optional(),
    replace: z.boolean().default(true),
  }),
  answer: z.object({ id: z.string(), removed: z.array(z.string()).readonly() }),
  isGuarded: true,
});

export const removeKeyRoute = route({
  name: 'removeKey',
  method: 'POST',
  path: '/api/keys/remove',
  summary: 'Removes a passphrase. What opens everything stays.',
  input: z.object({ present: presentSchema, id: z.string().min(1).max(200) }),
  answer: z.object({ removed: z.array(z.string()).readonly() }),
  isGuarded: true,
});

export const newRecoveryRoute = route({
  name: 'newRecovery',
  method: 'POST',
  path: '/api/keys/recovery',
  summary: 'Makes a new recovery key, shown this once. Those before it go with `keepRecovery`.',
  input: z.object({ present: presentSchema }),
  answer: z.object({
    id: z.string(),
    recoveryKey: z.string(),
    /** The page to print, as text. */
    kit: z.string(),
    /** The slots of those before it, which open the repository still. */
    earlier: z.array(z.string()).readonly(),
  }),
  isGuarded: true,
});

export const keepRecoveryRoute = route({
  name: 'keepRecovery',
  method: 'POST',
  path: '/api/keys/recovery/keep',
  summary: 'Removes all recovery keys but this one, once a person has written it down.',
  input: z.object({ recoveryKey: z.string().min(1).max(1024) }),
  answer: z.object({ removed: z.array(z.string()).readonly() }),
  isGuarded: true,
});

export const unlockRoute = route({
  name: 'unlock',
  method: 'POST',
  path: '/api/keys/unlock',
  summary: 'Gives this device the key of the repository that it lacks.',
  input: z.object({ passphrase: passphraseSchema }),
  answer: z.object({
    /** How many keys are new here. */
    added: z.number(),
    /** True where what was typed is from before the last change of the key. */
    isPartial: z.boolean(),
  }),
  isGuarded: true,
});

export const bucketKeyRoute = route({
  name: 'bucketKey',
  method: 'GET',
  path: '/api/keys/bucket',
  summary: 'By what this device gets into the bucket.',
  input: z.object({}),
  answer: bucketAccessSchema.extend({
    /** What `changeBucketKey` takes; null where the home keeps no credentials. */
    keeps: z.enum(['accessKey', 'password']).nullable(),
  }),
});

export const changeBucketKeyRoute = route({
  name: 'changeBucketKey',
  method: 'POST',
  path: '/api/keys/bucket',
  summary: 'Other credentials for the bucket, tried before they are kept.',
  input: z.object({
    accessKeyId: z.string().max(256).optional(),
    secretAccessKey: z.string().max(1024).optional(),
    password: z.string().max(1024).optional(),
  }),
  answer: doneSchema,
});
