/** The secrets of a home: the repository's keys, and what a person entered to reach the bucket. */
import * as z from 'zod';
import { fromBase64, toBase64 } from '../base/bytes.ts';
import { isErrorKind, SatchelError } from '../base/errors.ts';
import { newObjectId } from '../format/ids.ts';
import { FIRST_EPOCH, KEY_BYTES, type KeyRing, mergeRings } from '../format/key-ring.ts';
import type { BucketSettings } from '../store/bucket-settings.ts';
import type { StoreCredentials } from '../store/credentials.ts';
import { parseBucketUrl } from '../store/url.ts';
import type { AppContext } from './context.ts';
import { parseJson, type Settings } from './home.ts';
import { filePlace } from './secrets-file.ts';
import { keychainPlace } from './secrets-keychain.ts';
import type { SecretPlace } from './secrets-place.ts';

/** How the settings say where secrets are kept. */
export type KeptIn = NonNullable<Settings['secrets']>;

/** Homes of Satchel 0.1 do not say it. */
const IN_FILES: KeptIn = { place: 'file' };

export function keptIn(settings: Settings): KeptIn {
  return settings.secrets ?? IN_FILES;
}

/**
 * Where a home about to be set up keeps its secrets: in the keychain if one answers, else in files.
 */
export async function choosePlace(
  context: AppContext,
  options: { readonly sessionOnly: boolean },
): Promise<KeptIn> {
  if (options.sessionOnly) return { place: 'session' };
  if (isKeychainOff()) return IN_FILES;
  const inKeychain: KeptIn = { place: 'keychain', account: newObjectId(context.random) };
  try {
    // Only writing tells: a locked keychain, or none at all, may still answer that it holds nothing.
    const place = placeOf(context, inKeychain);
    await place?.write('bucket', 'a trial');
    await place?.remove('bucket');
    return inKeychain;
  } catch (error) {
    if (!isErrorKind(error, 'refused')) throw error;
    return IN_FILES;
  }
}

/** Undefined for a home that keeps nothing. */
function placeOf({ home, clock }: AppContext, { place, account }: KeptIn): SecretPlace | undefined {
  if (place === 'session') return undefined;
  if (place === 'file') return filePlace(home);
  if (isKeychainOff() || account === undefined) {
    throw new SatchelError('refused', 'The secrets of this home are in the keychain.', {
      hint:
        'It is switched off by SATCHEL_KEYCHAIN=off. Unset that, or run "satchel keys unlock" to ' +
        'keep the key in a file from now on.',
    });
  }
  return keychainPlace(account, clock);
}

/** For scripts, and where a keychain only gets in the way. */
export function isKeychainOff(): boolean {
  return process.env.SATCHEL_KEYCHAIN === 'off';
}

/** `root` alone is what Satchel 0.1 wrote, and reads. */
const keySchema = z.looseObject({
  root: z.string(),
  roots: z.array(z.looseObject({ epoch: z.int().min(FIRST_EPOCH), root: z.string() })).optional(),
});

export type KeptRing =
  | { readonly kind: 'found'; readonly ring: KeyRing }
  | { readonly kind: 'missing' | 'damaged'; readonly where: string }
  /** A home that keeps no keys. */
  | { readonly kind: 'not kept' };

/** @throws SatchelError `refused` where the keychain does not answer, `internal` for a bad disk. */
export async function lookUpKeyRing(context: AppContext, settings: Settings): Promise<KeptRing> {
  const place = placeOf(context, keptIn(settings));
  if (place === undefined) return { kind: 'not kept' };
  const where = place.nameOf('key');
  const text = await place.read('key');
  if (text === undefined) return { kind: 'missing', where };
  const ring = decodeKeys(text);
  return ring === undefined ? { kind: 'damaged', where } : { kind: 'found', ring };
}

/**
 * The repository's keys as kept on this device; undefined where it keeps none.
 * @throws SatchelError `refused` where it should have them, and they are missing or damaged.
 */
export async function readKeyRing(
  context: AppContext,
  settings: Settings,
): Promise<KeyRing | undefined> {
  const found = await lookUpKeyRing(context, settings);
  if (found.kind === 'not kept') return undefined;
  if (found.kind === 'found') return found.ring;
  throw new SatchelError('refused', `The repository key in ${found.where} is ${found.kind}.`, {
    hint: 'Run "satchel keys unlock" with the passphrase or the recovery key.',
  });
}

/** Keeps the keys where `kept` says; nowhere for a home that keeps none. */
export async function writeKeyRing(
  context: AppContext,
  ring: KeyRing,
  kept: KeptIn,
): Promise<void> {
  const [first, ...later] = ring.map(({ epoch, root }) => ({ epoch, root: toBase64(root) }));
  const document = { root: first?.root, ...(later.length > 0 ? { roots: [first, ...later] } : {}) };
  await placeOf(context, kept)?.write('key', `${JSON.stringify(document)}\n`);
}

function decodeKeys(text: string): KeyRing | undefined {
  const parsed = keySchema.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { root, roots = [{ epoch: FIRST_EPOCH, root }] } = parsed.data;
  const ring = roots.map((key) => ({ epoch: key.epoch, root: fromBase64(key.root) }));
  const isWhole = ring.length > 0 && ring.every((key) => key.root.length === KEY_BYTES);
  return isWhole ? mergeRings([], ring) : undefined;
}

const credentialsSchema = z.looseObject({
  accessKeys: z
    .looseObject({
      accessKeyId: z.string(),
      secretAccessKey: z.string(),
      sessionToken: z.string().optional(),
    })
    .optional(),
  password: z.string().optional(),
});

/**
 * What a person entered to reach the bucket. What environment, profile or role supply wins, and is
 * never kept; a password that is nowhere is asked for.
 */
export async function readStoreCredentials(
  context: AppContext,
  settings: Settings,
): Promise<StoreCredentials> {
  const bucket = parseBucketUrl(settings.bucket);
  return await chooseCredentials(context, bucket, async () => {
    if (context.held?.credentials !== undefined) return context.held.credentials;
    const kept = keptIn(settings);
    // "keys unlock" takes the key out of a keychain that is switched off, and has to get in before.
    const isOutOfReach = kept.place === 'keychain' && isKeychainOff();
    const isKept = kept.credentials === true && !isOutOfReach;
    const text = isKept ? await placeOf(context, kept)?.read('bucket') : undefined;
    return text === undefined ? {} : decodeCredentials(text);
  });
}

/** @param entered asked only where the environment supplies nothing. */
export async function chooseCredentials(
  context: AppContext,
  bucket: BucketSettings,
  entered: () => Promise<StoreCredentials>,
): Promise<StoreCredentials> {
  if (bucket.kind === 'file') return {};
  if (bucket.kind === 's3') {
    const { accessKeys } = isSupplied(bucket) ? {} : await entered();
    return accessKeys === undefined ? {} : { accessKeys };
  }
  const { user } = bucket;
  const password =
    variable('SATCHEL_WEBDAV_PASSWORD') ??
    (await entered()).password ??
    (user === undefined ? undefined : await context.ask?.({ kind: 'password', user }));
  return password === undefined ? {} : { password };
}

/**
 * A password that was given to a bucket that asks for none would be kept for nothing.
 * @throws SatchelError `usage`.
 */
export function refuseMisplaced(bucket: BucketSettings, entered: StoreCredentials): void {
  if (entered.password === undefined || bucket.kind === 'dav') return;
  throw new SatchelError('usage', 'Only a WebDAV bucket has a password.', {
    hint:
      bucket.kind === 'file'
        ? 'Leave --password-file out.'
        : 'Leave --password-file out. Access keys come from the environment or a profile.',
  });
}

/** True where the environment or a profile says how to get into the bucket. */
export function isSupplied(bucket: BucketSettings): boolean {
  if (bucket.kind === 'dav') return variable('SATCHEL_WEBDAV_PASSWORD') !== undefined;
  if (bucket.kind === 'file') return true;
  return (bucket.profile ?? variable('AWS_ACCESS_KEY_ID') ?? variable('AWS_PROFILE')) !== undefined;
}

/** One that is empty says nothing, to the AWS tools as well. */
function variable(name: string): string | undefined {
  return process.env[name] || undefined;
}

/**
 * Keeps what a person entered where `kept` says; nothing for a home that keeps nothing.
 * @returns how the settings say it from now on.
 */
export async function writeStoreCredentials(
  context: AppContext,
  credentials: StoreCredentials,
  kept: KeptIn,
): Promise<KeptIn> {
  const { credentials: _former, ...rest } = kept;
  if (credentials.accessKeys === undefined && credentials.password === undefined) return rest;
  const place = placeOf(context, kept);
  if (place === undefined) return rest;
  await place.write('bucket', `${JSON.stringify(credentials)}\n`);
  return { ...rest, credentials: true };
}

function decodeCredentials(text: string): StoreCredentials {
  const parsed = credentialsSchema.safeParse(parseJson(text));
  if (!parsed.success) return {};
  const { accessKeys, password } = parsed.data;
  const { sessionToken } = accessKeys ?? {};
  return {
    ...(password === undefined ? {} : { password }),
    ...(accessKeys === undefined
      ? {}
      : {
          accessKeys: {
            accessKeyId: accessKeys.accessKeyId,
            secretAccessKey: accessKeys.secretAccessKey,
            ...(sessionToken === undefined ? {} : { sessionToken }),
          },
        }),
  };
}
