/** By what this device gets into the bucket, in words that give nothing away. */
import type { BucketAccess } from '../api/devices.ts';
import { parseBucketUrl } from '../store/url.ts';
import { providerOf } from './provider.ts';
import { readStoreCredentials } from './secrets.ts';
import type { Session } from './session.ts';

export async function bucketAccess({ context, settings }: Session): Promise<BucketAccess> {
  const provider = providerOf(settings.bucket);
  const common = { provider: provider?.name ?? null, keyHelp: provider?.keyHelp ?? null };
  const bucket = parseBucketUrl(settings.bucket);
  if (bucket.kind === 'file') return { ...common, uses: null };
  if (bucket.kind === 'dav') {
    const { user } = bucket;
    return { ...common, uses: user === undefined ? null : `the password of "${user}"` };
  }
  const profile = bucket.profile ?? (process.env.AWS_PROFILE || undefined);
  if (profile !== undefined) return { ...common, uses: `the AWS profile "${profile}"` };
  const { accessKeys } = await readStoreCredentials(context, settings);
  const id = accessKeys?.accessKeyId ?? (process.env.AWS_ACCESS_KEY_ID || undefined);
  if (id === undefined) return { ...common, uses: 'what the AWS tools find on this computer' };
  return { ...common, uses: `the access key ${masked(id)}` };
}

/** Enough of an id to recognise it by. */
function masked(id: string): string {
  return id.length <= 8 ? `${id.slice(0, 2)}…` : `${id.slice(0, 4)}…${id.slice(-4)}`;
}
