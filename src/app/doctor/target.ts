/** Which bucket is meant: the one that is named, or this home's. */

import type { BucketOverrides, BucketSettings } from '../../store/bucket-settings.ts';
import type { StoreCredentials } from '../../store/credentials.ts';
import { formatBucketUrl, parseBucketUrl } from '../../store/url.ts';
import type { AppContext } from '../context.ts';
import { isSetUp, readSettings } from '../home.ts';
import { chooseCredentials, readStoreCredentials, refuseMisplaced } from '../secrets.ts';
import type { Expected } from './repository.ts';

export interface TargetOptions {
  /** A bucket URL; undefined for the bucket of this home. */
  readonly bucket?: string | undefined;
  readonly overrides?: BucketOverrides;
  readonly insecureTls?: boolean | undefined;
  /** What was just entered, to be tried in place of what this home keeps. */
  readonly credentials?: StoreCredentials | undefined;
}

export interface Target {
  readonly url: string;
  readonly settings: BucketSettings;
  readonly insecureTls: boolean;
  /** What the environment or this home knows; a person is asked at most once. */
  readonly credentials: () => Promise<StoreCredentials>;
  /** What this home expects to be there; undefined where it is not set up. */
  readonly expected: Expected | undefined;
}

/** @throws SatchelError `usage` for a URL that cannot be read, or where there is no home. */
export function chooseTarget(context: AppContext, options: TargetOptions): Target {
  const { bucket, overrides, insecureTls, credentials: entered = {} } = options;
  const home =
    bucket === undefined || isSetUp(context.home) ? readSettings(context.home) : undefined;
  const settings = parseBucketUrl(bucket ?? home?.bucket ?? '', overrides);
  refuseMisplaced(settings, entered);
  const url = formatBucketUrl(settings);
  const isHere = home !== undefined && place(settings) === place(parseBucketUrl(home.bucket));
  return {
    url,
    settings,
    insecureTls: insecureTls ?? (isHere && home.insecureTls === true),
    // What is kept for one bucket is not sent to another.
    credentials: once(() =>
      isHere && options.credentials === undefined
        ? readStoreCredentials(context, home)
        : chooseCredentials(context, settings, async () => entered),
    ),
    expected: home === undefined ? undefined : { repository: home.repository, isHere },
  };
}

/** Where a bucket is, without the settings that say as whom to go there. */
function place(settings: BucketSettings): string {
  const endpoint = settings.kind === 's3' ? (settings.endpoint ?? '') : '';
  return `${endpoint} ${formatBucketUrl(settings).replace(/\?.*$/, '')}`;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
