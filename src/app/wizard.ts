/** What the wizard of `init` needs: providers, the bucket URL of the answers, looking and making. */
import { SatchelError } from '../base/errors.ts';
import type { BucketOverrides } from '../store/bucket-settings.ts';
import type { StoreCredentials } from '../store/credentials.ts';
import { endpointOf, type ProviderPreset } from '../store/provider.ts';
import { PROVIDERS } from '../store/providers.ts';
import { formatBucketUrl, parseBucketUrl } from '../store/url.ts';
import { readManifest } from '../sync/repository.ts';
import type { AppContext } from './context.ts';
import type { Settings } from './home.ts';
import { chooseCredentials } from './secrets.ts';
import {
  ensureFolder,
  isFolderMissing,
  type OpenStoreOptions,
  openStore,
  s3Options,
} from './store.ts';

export type EnteredCredentials = StoreCredentials;
export type Preset = ProviderPreset;

export function listProviders(): readonly Preset[] {
  return PROVIDERS;
}

/**
 * @param answers by what each question asks for; `bucket` and `prefix`, or for a folder its `path`,
 *   besides.
 * @param overrides what the command line says about the bucket.
 * @throws SatchelError `usage` where an answer cannot be what it is for.
 */
export function bucketUrlOf(
  preset: Preset,
  answers: Readonly<Record<string, string>>,
  overrides: BucketOverrides = {},
): string {
  const { bucket = '', prefix = '' } = answers;
  if (preset.scheme === 'file')
    return formatBucketUrl(parseBucketUrl(answers.path ?? '', overrides));
  const path = prefix.split('/').filter(Boolean).map(encodeURIComponent).join('/');
  const endpoint = endpointOf(preset, answers);
  if (preset.scheme === 'dav') {
    const base = (endpoint ?? '').replace(/\/+$/, '');
    const user = answers.user === undefined ? {} : { user: answers.user };
    return formatBucketUrl(parseBucketUrl(`${base}/${path}`, { ...given(overrides), ...user }));
  }
  // Anything else would be told as a URL that cannot be read, and nobody typed one.
  if (!/^[\w.-]+$/.test(bucket)) {
    throw new SatchelError('usage', `"${bucket}" cannot be the name of a bucket.`, {
      hint: 'A name has 3 to 63 lower-case letters, digits, dots and hyphens.',
    });
  }
  const region = answers.region ?? preset.region;
  return formatBucketUrl(
    parseBucketUrl(`s3://${bucket}${path === '' ? '' : `/${path}`}`, {
      ...given(overrides),
      provider: preset.id,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(region === undefined ? {} : { region }),
      ...(preset.pathStyle === undefined ? {} : { pathStyle: preset.pathStyle }),
    }),
  );
}

/** Without what was not said, which would win over what was answered. */
function given(overrides: BucketOverrides): BucketOverrides {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
}

export interface ChosenBucket {
  readonly bucket: string;
  readonly credentials: EnteredCredentials | undefined;
  readonly insecureTls?: boolean | undefined;
}

export async function hasRepository(context: AppContext, access: ChosenBucket): Promise<boolean> {
  return (await repositoryThere(context, access)) !== undefined;
}

/** Which repository is in a bucket, and how it is encrypted; undefined where there is none. */
export async function repositoryThere(
  context: AppContext,
  access: ChosenBucket,
): Promise<Pick<Settings, 'repository' | 'encryption'> | undefined> {
  const { store } = openStore(access.bucket, storeOptions(context, access));
  try {
    return await readManifest(store);
  } finally {
    store.close();
  }
}

/**
 * True for a bucket of S3, or a folder here or on a WebDAV server, that is not there yet; false
 * where nobody can say.
 */
export async function isBucketMissing(context: AppContext, access: ChosenBucket): Promise<boolean> {
  const settings = parseBucketUrl(access.bucket);
  const how = storeOptions(context, access);
  try {
    if (settings.kind !== 's3') return await isFolderMissing(access.bucket, how);
    const s3 = await import('../store/s3-bucket.ts');
    return await s3.isBucketMissing(settings, await s3Options(settings, how));
  } catch (error) {
    // The doctor has just told why.
    if (error instanceof SatchelError) return false;
    throw error;
  }
}

/** @throws SatchelError where it cannot be made. */
export async function createBucket(context: AppContext, access: ChosenBucket): Promise<void> {
  const settings = parseBucketUrl(access.bucket);
  const how = storeOptions(context, access);
  if (settings.kind !== 's3') return await ensureFolder(access.bucket, how);
  const s3 = await import('../store/s3-bucket.ts');
  await s3.createBucket(settings, await s3Options(settings, how));
}

/** The way to a bucket that is not yet this home's. */
function storeOptions(context: AppContext, access: ChosenBucket): OpenStoreOptions {
  const { credentials = {}, insecureTls = false } = access;
  const { clock, random } = context;
  return {
    clock,
    random,
    insecureTls,
    credentials: async () =>
      await chooseCredentials(context, parseBucketUrl(access.bucket), async () => credentials),
  };
}
