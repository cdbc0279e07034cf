/** Where the bucket is and how it is addressed, by what its settings tell and what is known. Pure. */

import type { S3Bucket } from './bucket-settings.ts';
import { endpointOf, type ProviderPreset } from './provider.ts';
import { findProvider, regionOfHost } from './providers.ts';
import { StoreError } from './store.ts';

/** Services of one's own mostly ignore the region, and this is the one that they expect. */
const DEFAULT_REGION = 'us-east-1';

export interface S3Location {
  /** Undefined for Amazon's own, which the SDK knows. */
  readonly endpoint?: string;
  /** Undefined where the SDK is to find it in the environment or the profile. */
  readonly region?: string;
  readonly forcePathStyle: boolean;
}

/**
 * What the settings leave out is filled in from the provider they name, or that the host of the
 * endpoint belongs to. Throws `usage` where a provider is named whose endpoint cannot be known.
 */
export function placeOf(bucket: S3Bucket): S3Location {
  const preset = bucket.provider === undefined ? undefined : findProvider(bucket.provider);
  const endpoint = bucket.endpoint ?? endpointBy(bucket, preset);
  const region =
    bucket.region ??
    preset?.region ??
    (endpoint === undefined
      ? undefined
      : (regionOfHost(new URL(endpoint).hostname) ?? DEFAULT_REGION));
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    forcePathStyle: bucket.pathStyle ?? preset?.pathStyle ?? endpoint !== undefined,
  };
}

/** Without this the keys of another provider would be shown to Amazon. */
function endpointBy(bucket: S3Bucket, preset: ProviderPreset | undefined): string | undefined {
  if (bucket.provider === undefined) return undefined;
  if (preset?.scheme !== 's3') {
    throw new StoreError('usage', `no S3 provider called "${bucket.provider}" is known`, 'never', {
      hint: 'Name its endpoint (?endpoint=https://s3.example.org in the bucket URL, or --endpoint).',
    });
  }
  return endpointOf(preset, { region: bucket.region });
}
