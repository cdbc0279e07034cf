/** The bucket of the tour: a temporary folder, or a fresh prefix in a bucket that a person names. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock, systemRandom } from '../../src/app/ports.ts';
import { openStore } from '../../src/app/store.ts';
import { SatchelError } from '../../src/base/errors.ts';
import type { BucketSettings } from '../../src/store/bucket-settings.ts';
import type { ObjectStore } from '../../src/store/store.ts';
import { formatBucketUrl, parseBucketUrl } from '../../src/store/url.ts';

export interface TourBucket {
  readonly url: string;
  /** Removes everything the tour put there. */
  remove(): Promise<void>;
}

/**
 * @param given a bucket URL; undefined for a folder below `temporary`.
 * @throws SatchelError where the URL names no bucket, or one that does not answer.
 */
export async function chooseBucket(
  given: string | undefined,
  temporary: string,
): Promise<TourBucket> {
  const settings = parseBucketUrl(given ?? join(temporary, 'bucket'));
  if (given !== undefined && settings.kind === 'file' && !existsSync(settings.root)) {
    throw new SatchelError('usage', `There is no folder ${settings.root}.`, {
      hint: 'Name an existing folder; the tour makes a fresh one in it and removes it again.',
    });
  }
  const fresh = given === undefined ? settings : withFreshPrefix(settings);
  const url = formatBucketUrl(fresh);
  if (fresh.kind === 'file') {
    return { url, remove: () => rm(fresh.root, { recursive: true, force: true }) };
  }
  // Whoever cannot list it now could not empty it afterwards.
  await keysIn(url);
  return { url, remove: () => emptyPrefix(url) };
}

function withFreshPrefix(settings: BucketSettings): BucketSettings {
  const name = `satchel-tour-${randomBytes(6).toString('hex')}`;
  if (settings.kind === 'file') return { ...settings, root: join(settings.root, name) };
  if (settings.kind === 'dav') return { ...settings, path: `${settings.path}/${name}` };
  return { ...settings, prefix: [settings.prefix, name].filter((part) => part !== '').join('/') };
}

/** The prefix is the tour's own: whatever lies there, the tour wrote. */
async function emptyPrefix(url: string): Promise<void> {
  const keys = await keysIn(url);
  await withStore(url, async (store) => {
    for (const key of keys) await store.delete(key);
  });
}

function keysIn(url: string): Promise<readonly string[]> {
  return withStore(url, async (store) => {
    const { objects } = await store.list('');
    return objects.map(({ key }) => key);
  });
}

async function withStore<T>(url: string, work: (store: ObjectStore) => Promise<T>): Promise<T> {
  const { store } = openStore(url, { clock: systemClock, random: systemRandom });
  try {
    return await work(store);
  } finally {
    store.close();
  }
}
