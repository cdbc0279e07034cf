/** A bucket's settings as every device can use them. */
import type { BucketSettings } from '../store/bucket-settings.ts';

/** The same bucket without what only this machine has: a profile, a file of certificates. */
export function portableBucket(settings: BucketSettings): BucketSettings {
  if (settings.kind === 'file') return settings;
  const { caFile: _caFile, ...rest } = settings;
  if (rest.kind === 'dav') return rest;
  const { profile: _profile, ...portable } = rest;
  return portable;
}
