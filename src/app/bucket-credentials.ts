/** Replacing what was entered to reach the bucket, after it was renewed at the provider. */
import { SatchelError } from '../base/errors.ts';
import type { BucketSettings } from '../store/bucket-settings.ts';
import type { StoreCredentials } from '../store/credentials.ts';
import { parseBucketUrl } from '../store/url.ts';
import type { AppContext, AskedSecret } from './context.ts';
import { changeSettings, readSettings, type Settings } from './home.ts';
import { readOwnManifest } from './own-manifest.ts';
import { isSupplied, keptIn, refuseMisplaced, writeStoreCredentials } from './secrets.ts';
import { openStore } from './store.ts';

/**
 * Tries credentials, and keeps them only if the bucket accepts them.
 * @param given what was entered already; the rest is asked for.
 * @throws SatchelError `usage` where nothing is kept for this bucket, `refused` where the bucket
 *   does not accept them.
 */
export async function renewStoreCredentials(
  context: AppContext,
  given: StoreCredentials,
): Promise<void> {
  const settings = readSettings(context.home);
  const bucket = parseBucketUrl(settings.bucket);
  if (keptCredentials(settings) === null) throw nothingKept(bucket);
  refuseMisplaced(bucket, given);
  const isGiven = given.password !== undefined || given.accessKeys !== undefined;
  const credentials = isGiven ? given : await askFor(context, bucket);
  const { store } = openStore(settings.bucket, {
    clock: context.clock,
    random: context.random,
    insecureTls: settings.insecureTls === true,
    credentials: async () => credentials,
  });
  try {
    await readOwnManifest(store, settings);
  } finally {
    store.close();
  }
  const secrets = await writeStoreCredentials(context, credentials, keptIn(settings));
  changeSettings(context.home, (now) => ({ ...now, secrets }));
}

/** What `renewStoreCredentials` takes; null where the home keeps nothing for its bucket. */
export function keptCredentials(settings: Settings): 'accessKey' | 'password' | null {
  const bucket = parseBucketUrl(settings.bucket);
  if (bucket.kind === 'file' || isSupplied(bucket)) return null;
  if (keptIn(settings).place === 'session') return null;
  return bucket.kind === 'dav' ? 'password' : 'accessKey';
}

async function askFor(context: AppContext, bucket: BucketSettings): Promise<StoreCredentials> {
  const ask = async (secret: AskedSecret): Promise<string> => {
    if (context.ask !== undefined) return await context.ask(secret);
    throw new SatchelError('usage', `Nobody can be asked for the ${secret.kind}.`);
  };
  if (bucket.kind === 'dav') {
    return { password: await ask({ kind: 'password', user: bucket.user ?? 'the user' }) };
  }
  return {
    accessKeys: {
      accessKeyId: await ask({ kind: 'access key id' }),
      secretAccessKey: await ask({ kind: 'secret access key' }),
    },
  };
}

function nothingKept({ kind }: BucketSettings): SatchelError {
  const hint =
    kind === 'file'
      ? 'A folder needs none.'
      : 'They come from the environment or a profile, or are asked for each time: change them there.';
  return new SatchelError('usage', 'This home keeps no credentials for its bucket.', { hint });
}
