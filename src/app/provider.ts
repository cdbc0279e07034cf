/** Which provider a bucket is with. */
import type { ProviderPreset } from '../store/provider.ts';
import { findProvider, guessProvider } from '../store/providers.ts';
import { parseBucketUrl } from '../store/url.ts';

/** By the name in the bucket URL, else by the host of its endpoint; undefined for one unknown. */
export function providerOf(bucket: string): ProviderPreset | undefined {
  const parsed = parseBucketUrl(bucket);
  if (parsed.kind === 'file') return findProvider('folder');
  if (parsed.kind === 'dav') return guessProvider(parsed.host) ?? findProvider('webdav');
  if (parsed.provider !== undefined) return findProvider(parsed.provider);
  if (parsed.endpoint === undefined) return findProvider('aws');
  return guessProvider(new URL(parsed.endpoint).host);
}
