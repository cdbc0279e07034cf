/** Setting up: a new repository, one that is there, or a link from another device. */
import * as z from 'zod';
import { checkSchema } from './bucket.ts';
import { route } from './route.ts';

export const providerSchema = z.object({
  /** As in a bucket URL (`provider=r2`). */
  id: z.string(),
  name: z.string(),
  scheme: z.enum(['s3', 'dav', 'file']),
  /** What to ask, in this order; the answers go into a choice by their names. */
  questions: z
    .array(
      z.object({
        name: z.string(),
        question: z.string(),
        example: z.string(),
        /** What is meant where nothing else is said; null where something has to be. */
        standard: z.string().nullable(),
        /** Known answers. There may be others. */
        choices: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
  /** What it lets in by: an access key, the password of a user, or nothing. */
  needs: z.enum(['accessKey', 'password']).nullable(),
  /** Where to make that. */
  keyHelp: z.string(),
  /** What to know before choosing it, in sentences. */
  limits: z.array(z.string()).readonly(),
  /** Such as "0.00695 USD for a GB and month"; null where nothing is billed, or it is not known. */
  price: z.string().nullable(),
  /** True where no one bills for use: a server or disk of one's own. */
  isOwn: z.boolean(),
});
export type Provider = z.infer<typeof providerSchema>;

/** Ways into a bucket that are on this computer already: what they are called, never what they are. */
export const detectedSchema = z.object({
  scheme: z.enum(['s3', 'dav']),
  /** Such as `the AWS profile "work"`. */
  from: z.string(),
  /** To be passed with a choice that uses it; null where nothing has to be said. */
  profile: z.string().nullable(),
  /** True where it is used whatever else is said. */
  isBinding: z.boolean(),
});
export type Detected = z.infer<typeof detectedSchema>;

/** A bucket as a person describes it: a provider with answers, or a URL; and how to get in. */
export const bucketChoiceSchema = z.object({
  provider: z.string().max(100).optional(),
  answers: z.record(z.string().max(100), z.string().max(4096)).optional(),
  /** Of a bucket, or the path of a folder: in place of a provider. */
  url: z.string().max(4096).optional(),
  accessKeyId: z.string().max(256).optional(),
  secretAccessKey: z.string().max(1024).optional(),
  password: z.string().max(1024).optional(),
  profile: z.string().max(200).optional(),
  /** Allows clear text and certificates that cannot be checked. */
  insecureTls: z.boolean().optional(),
});
export type BucketChoice = z.infer<typeof bucketChoiceSchema>;

/** 1 to 60 printable characters. */
const deviceNameSchema = z.string().min(1).max(60);

export const providersRoute = route({
  name: 'providers',
  method: 'GET',
  path: '/api/setup/providers',
  summary: 'Where a bucket can be, what each needs, and what of that is on this computer.',
  input: z.object({}),
  answer: z.object({
    providers: z.array(providerSchema).readonly(),
    detected: z.array(detectedSchema).readonly(),
    /** A name to propose for this device. */
    deviceName: z.string(),
  }),
});

export const checkBucketRoute = route({
  name: 'checkBucket',
  method: 'POST',
  path: '/api/setup/check',
  summary: 'Tries a bucket as the doctor does, and looks what is in it.',
  input: bucketChoiceSchema,
  answer: z.object({
    /** Its URL. */
    bucket: z.string(),
    checks: z.array(checkSchema).readonly(),
    /**
     * `own`: the repository of the home that asks, such as from a move that was stopped; `missing`:
     * there is no such bucket; `none`: it holds no repository; `unknown`: nobody can say.
     */
    holds: z.enum(['repository', 'own', 'none', 'missing', 'unknown']),
    /** Null where no repository is known to be there. */
    encrypted: z.boolean().nullable(),
  }),
});

export const createBucketRoute = route({
  name: 'createBucket',
  method: 'POST',
  path: '/api/setup/bucket',
  summary: 'Makes the bucket, where the provider lets these credentials do so.',
  input: bucketChoiceSchema,
  answer: z.object({ bucket: z.string() }),
});

/** A device that was just set up. */
const madeSchema = z.object({
  repository: z.string(),
  bucket: z.string(),
  /** The name of the device. */
  device: z.string(),
  encrypted: z.boolean(),
  /** Where this device keeps its key. */
  secrets: z.enum(['keychain', 'file', 'session']),
  /** What went otherwise than it should, though the device is set up. */
  notices: z.array(z.string()).readonly(),
});

export const setUpRoute = route({
  name: 'setUp',
  method: 'POST',
  path: '/api/setup/create',
  summary: 'Makes a repository in the bucket, or joins the one that is there.',
  input: bucketChoiceSchema.extend({
    device: deviceNameSchema,
    /** Also the recovery key, where it joins. Not needed without encryption. */
    passphrase: z.string().max(1024).optional(),
    isEncrypted: z.boolean().default(true),
    join: z.boolean().default(false),
  }),
  answer: madeSchema.extend({
    /** Shown this once: the key, and the page to print. Null where it joined, or nothing is encrypted. */
    recovery: z.object({ recoveryKey: z.string(), kit: z.string() }).nullable(),
  }),
  isGuarded: true,
});

export const joinLinkRoute = route({
  name: 'joinLink',
  method: 'POST',
  path: '/api/setup/join',
  summary: 'Joins by a link from another device, and the code that was told with it.',
  input: z.object({
    link: z.string().max(8192),
    code: z.string().max(32),
    device: deviceNameSchema,
    insecureTls: z.boolean().optional(),
  }),
  answer: madeSchema,
  isGuarded: true,
});

export const foldersRoute = route({
  name: 'folders',
  method: 'GET',
  path: '/api/setup/folders',
  summary: 'Folders on this computer, to choose one.',
  input: z.object({ folder: z.string().max(4096).optional() }),
  answer: z.object({
    /** The one asked for, or the nearest one above it that is there. */
    folder: z.string(),
    /** False where the folder asked for is not there. */
    isThere: z.boolean(),
    parent: z.string().nullable(),
    /** Hidden ones are left out; `files` counts what is directly in each. */
    folders: z
      .array(z.object({ name: z.string(), path: z.string(), files: z.number() }))
      .readonly(),
  }),
});

export const moveRoute = route({
  name: 'move',
  method: 'POST',
  path: '/api/move',
  summary: 'Carries the whole repository to another bucket; the other devices follow.',
  input: bucketChoiceSchema,
  answer: z.object({
    from: z.string(),
    to: z.string(),
    objects: z.number(),
    bytes: z.number(),
  }),
});
