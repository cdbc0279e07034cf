/** How things stand where all is in step, for tests of what is made of it. */
import type { CollectionStatus, HomeStatus, Status } from '../../src/api/status.ts';

type LiveCollection = HomeStatus['collections'][number];

/** A collection as the replica tells it. */
export function sampleCollection(given: Partial<CollectionStatus> = {}): CollectionStatus {
  const { id = 'notes-id', name = 'Notes' } = given;
  return {
    id,
    name,
    kind: 'vault',
    folder: `/home/person/${name}`,
    only: null,
    removed: false,
    records: 1,
    pending: 0,
    conflicts: 0,
    held: 0,
    state: 'connected',
    lastPullAt: null,
    lastPublishAt: null,
    lastError: null,
    ...given,
  };
}

/** The same as the daemon tells it. */
export function sampleLiveCollection(given: Partial<LiveCollection> = {}): LiveCollection {
  return {
    ...sampleCollection(given),
    paused: false,
    pendingBytes: 0,
    schedule: 'automatic',
    nextTryAt: null,
    lastChangeAt: null,
    ...given,
  };
}

/** A home as its replica tells it. */
export function sampleStatus(collections: readonly CollectionStatus[]): Status {
  return {
    device: { id: 'laptop-id', name: 'laptop' },
    bucket: 's3://my-bucket/satchel',
    repository: 'sample-repository',
    encrypted: true,
    repositoryKey: 'keychain',
    exposed: [],
    needsKey: false,
    clockOffsetMs: 0,
    collections,
  };
}
