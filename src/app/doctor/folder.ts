/** The disk under a bucket that is a folder: whose it is, what carries it, how much room it has. */
import { readdir, rmdir, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Check, ok, warning } from './check.ts';

export interface FolderFacts {
  readonly freeBytes: number | undefined;
  /** What the file system is, where it is one of a network. */
  readonly network: string | undefined;
  /** The program that carries the folder to other computers, where there is a sign of one. */
  readonly carrier: string | undefined;
}

/** Linux's numbers of network file systems (statfs(2), linux/magic.h). */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x01021997, '9P'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'CephFS'],
  [0x65735546, 'FUSE'],
]);

/** What sync programs leave in the folders that they carry. */
const CARRIER_SIGNS: readonly (readonly [RegExp, string])[] = [
  [/^\.stfolder$/, 'Syncthing'],
  [/^\.dropbox(\.cache)?$/, 'Dropbox'],
  [/^\.(owncloudsync\.log|nextcloudsync\.log|_?sync_[0-9a-f]+\.db)$/, 'Nextcloud or ownCloud'],
];
/** What their folders are called. */
const CARRIER_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^Dropbox( \(.*\))?$/, 'Dropbox'],
  [/^OneDrive( - .*)?$/, 'OneDrive'],
  [/^(Google ?Drive|GoogleDrive-.*|My Drive)$/, 'Google Drive'],
  [/^(iCloud ?Drive|com~apple~CloudDocs)$/, 'iCloud Drive'],
  [/^Nextcloud$/, 'Nextcloud or ownCloud'],
];

const LITTLE_BYTES = 1_000_000_000;

export async function readFolderFacts(root: string): Promise<FolderFacts> {
  const disk = await statfs(root).catch(() => undefined);
  return {
    freeBytes: disk === undefined ? undefined : disk.bavail * disk.bsize,
    network: root.startsWith('\\\\') ? 'SMB' : networkOf(disk?.type),
    carrier: await carrierOf(root),
  };
}

function networkOf(type: number | undefined): string | undefined {
  // Elsewhere the numbers mean something else, or nothing.
  if (process.platform !== 'linux' || type === undefined) return undefined;
  return NETWORK_TYPES.get(type >>> 0);
}

async function carrierOf(root: string): Promise<string | undefined> {
  for (let folder = root; ; folder = dirname(folder)) {
    const name = folder.slice(dirname(folder).length).replace(/^[/\\]/, '');
    const byName = CARRIER_NAMES.find(([pattern]) => pattern.test(name));
    if (byName !== undefined) return byName[1];
    const inside = await readdir(folder).catch(() => []);
    const bySign = CARRIER_SIGNS.find(([pattern]) => inside.some((entry) => pattern.test(entry)));
    if (bySign !== undefined) return bySign[1];
    if (dirname(folder) === folder) return undefined;
  }
}

export function folderChecks({ freeBytes, network, carrier }: FolderFacts): readonly Check[] {
  return [
    placeCheck(network, carrier),
    ...(freeBytes === undefined ? [] : [spaceCheck(freeBytes)]),
  ];
}

function placeCheck(network: string | undefined, carrier: string | undefined): Check {
  if (carrier !== undefined) {
    return ok(
      'folder',
      `${carrier} carries this folder to other computers.`,
      'Let it keep the whole folder on each device ("available offline"), and count on what it ' +
        'carries coming later than a save.',
    );
  }
  return network === undefined
    ? ok('folder', 'The folder is on a disk of this computer.')
    : ok('folder', `The folder is on a network or virtual file system (${network}).`);
}

function spaceCheck(freeBytes: number): Check {
  const shown =
    freeBytes < LITTLE_BYTES
      ? `${Math.floor(freeBytes / 1_000_000)} MB`
      : `${Math.floor(freeBytes / 1_000_000_000)} GB`;
  return freeBytes < LITTLE_BYTES
    ? warning('space', `Only ${shown} are free there.`, 'Make room before the disk is full.')
    : ok('space', `${shown} are free there.`);
}

/** The time that the file system gave to a file, milliseconds since the epoch. */
export async function modifiedAtMs(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.mtimeMs;
}

/** Which of these folders are not in `root` yet; for `removeEmptyFolders`, later. */
export async function missingFolders(
  root: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const there = await readdir(root).catch(() => undefined);
  return there === undefined ? [] : names.filter((name) => !there.includes(name));
}

/** Removes these folders again where they are empty. */
export async function removeEmptyFolders(root: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rmdir(join(root, name)).catch(() => undefined);
}
