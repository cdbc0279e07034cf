/** Collections that a test makes up: for looking at the page. */
import type { DescribedCollection } from '../../src/api/collections.ts';
import type { TreeEntry } from '../../src/api/time.ts';
import type { Handlers } from '../../src/daemon/handlers.ts';

const HOUR_MS = 60 * 60_000;

type Served = Pick<Handlers, 'collections' | 'folders' | 'look' | 'lookVersions' | 'lookText'>;

export function collectionHandlers(nowMs: number): Served {
  return {
    collections: async () => sampleCollections(nowMs),
    folders: async (_, { folder = '/home/person' }) => ({
      folder,
      isThere: true,
      parent: '/home',
      folders: ['Documents', 'Music', 'Recipes'].map((name, index) => ({
        name,
        path: `${folder}/${name}`,
        files: index * 40,
      })),
    }),
    look: async (_, { folder }) => {
      const entries = sampleEntries(nowMs, folder);
      const readAt = new Date(nowMs).toISOString();
      return { entries, next: null, total: entries.length, readAt, trouble: null };
    },
    lookVersions: async (_, { path }) =>
      ([3, 50] as const).map((hours, index) => ({
        id: `version-${index}`,
        time: new Date(nowMs - hours * HOUR_MS).toISOString(),
        device: 'desktop',
        path,
        size: 32 - index,
        state: index === 0 ? ('current' as const) : ('superseded' as const),
      })),
    lookText: async (_, { version }) => ({
      version,
      device: 'desktop',
      time: new Date(nowMs).toISOString(),
      size: 32,
      content: 'text',
      text: `Dear reader,\nthis is ${version}.\n`,
    }),
  };
}

function sampleCollections(nowMs: number): readonly DescribedCollection[] {
  const common = {
    kind: 'vault',
    created: new Date(nowMs - 9_000 * HOUR_MS).toISOString(),
    folder: null,
    only: null,
    removed: false,
    size: null,
    files: null,
    lastChangeAt: null,
    lastChangeBy: null,
    devices: ['desktop'],
    readAt: null,
    toRead: 0,
  };
  const read = {
    size: 48_000_000_000,
    files: 18_350,
    lastChangeAt: new Date(nowMs - 3 * HOUR_MS).toISOString(),
    lastChangeBy: 'desktop',
  };
  return [
    {
      ...common,
      ...read,
      id: 'notes-id',
      name: 'Notes',
      folder: '/home/person/Notes',
      size: 3_400_000,
      files: 1_204,
      devices: ['laptop', 'desktop', 'phone'],
    },
    {
      ...common,
      ...read,
      id: 'photos-id',
      name: 'Scans and a long name that has to be cut',
      folder: '/home/person/Documents/Scans/of everything that came by post',
      only: ['2025', '2026'],
      devices: ['laptop'],
    },
    { ...common, ...read, id: 'music-id', name: 'Music', devices: ['desktop', 'phone'] },
    { ...common, id: 'mail-id', name: 'Old mail', toRead: 240_000_000 },
  ];
}

function sampleEntries(nowMs: number, folder: string): readonly TreeEntry[] {
  const at = folder === '' ? '' : `${folder}/`;
  const common = {
    size: 32,
    files: 1,
    time: new Date(nowMs - 3 * HOUR_MS).toISOString(),
    device: 'desktop',
    deleted: false,
    version: null,
  };
  return [
    { ...common, path: `${at}2025`, kind: 'folder', files: 210, size: 4_000_000 },
    { ...common, path: `${at}2026`, kind: 'folder', files: 12, size: 80_000 },
    { ...common, path: `${at}letter.txt`, kind: 'file', version: 'version-0' },
  ];
}
