/** Opening the bucket: the right store, counted, and tried again where that may help. */
import type { Clock, Random } from '../base/ports.ts';
import { DirectoryStore } from '../store/directory.ts';
import { type MeteredStore, withMeter } from '../store/meter.ts';
import { withRetry } from '../store/retry.ts';
import { openS3Store } from '../store/s3.ts';
import type { ObjectStore } from '../store/store.ts';
import { parseBucketUrl } from '../store/url.ts';

export interface OpenedStore {
  readonly store: ObjectStore;
  readonly meter: MeteredStore;
}

export interface StorePorts {
  readonly clock: Clock;
  readonly random: Random;
}

/** Opens the store at the first request: commands that need none do not wait for its client. */
export function openStore(bucket: string, insecureTls: boolean, ports: StorePorts): OpenedStore {
  const meter = withMeter(lazyStore(bucket, () => connect(bucket, insecureTls, ports)));
  return { store: withRetry(meter, ports), meter };
}

async function connect(
  bucket: string,
  insecureTls: boolean,
  ports: StorePorts,
): Promise<ObjectStore> {
  const settings = parseBucketUrl(bucket);
  if (settings.kind === 'file') return new DirectoryStore(settings.root, ports);
  return await openS3Store(settings, { insecureTls });
}

function lazyStore(bucket: string, connectOnce: () => Promise<ObjectStore>): ObjectStore {
  let opened: Promise<ObjectStore> | undefined;
  const opening = (): Promise<ObjectStore> => {
    opened ??= connectOnce();
    return opened;
  };
  return {
    name: bucket.replace(/\?.*$/, ''),
    get: async (key, options) => await (await opening()).get(key, options),
    put: async (key, body) => await (await opening()).put(key, body),
    list: async (prefix) => await (await opening()).list(prefix),
    delete: async (key) => await (await opening()).delete(key),
    close: () => {
      opened?.then(
        (store) => store.close(),
        () => undefined,
      );
    },
  };
}
