/** A vault at work in a real temporary folder, with the engine's side in memory. */
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Disk } from '../../src/kinds/files/disk.ts';
import { attachFolder } from '../../src/kinds/files/marker.ts';
import { nodeDisk } from '../../src/kinds/files/node-disk.ts';
import { vaultKind } from '../../src/kinds/vault/vault.ts';
import type { Kind, OpenCollection, OpenOptions, PutOutReport } from '../../src/sync/kind.ts';
import { FakePort } from './port-fake.ts';

const OWNER = { repository: 'repository-for-tests', home: '/home-for-tests' };

export interface VaultBench {
  readonly root: string;
  readonly port: FakePort;
  readonly kind: Kind;
  readonly vault: OpenCollection;
  /** Writes a file as a person would, with the folders above it. */
  put(place: string, text: string, mtimeMs?: number): Promise<void>;
  remove(place: string): Promise<void>;
  makeFolder(place: string): Promise<void>;
  makeExecutable(place: string): Promise<void>;
  mtimeMs(place: string): Promise<number>;
  isExecutable(place: string): Promise<boolean>;
  /** Every file with its text, every link with `-> target`, every folder as `name/` with ''. */
  tree(): Promise<Record<string, string>>;
  /** The same of a folder below `.satchel`. */
  treeOf(place: string): Promise<Record<string, string>>;
  /** Takes in and puts out as the engine does: once more where that is asked for. */
  sync(): Promise<PutOutReport>;
  /** The same folder and records, opened anew, as after a crash. */
  reopen(disk?: Disk, options?: OpenOptions): Promise<OpenCollection>;
}

export async function makeFolderForTest(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'satchel-vault-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** @param wrap lets a test come between the vault and its disk. */
export async function openVaultBench(
  t: TestContext,
  wrap: (disk: Disk) => Disk = (disk) => disk,
): Promise<VaultBench> {
  const root = await makeFolderForTest(t);
  const disk = wrap(nodeDisk());
  const kind = vaultKind(disk, OWNER);
  const port = new FakePort(kind);
  await attachFolder(nodeDisk(), root, { collection: port.collection, ...OWNER });
  const vault = await kind.open(port, root);
  return {
    root,
    port,
    kind,
    vault,
    async put(place, text, mtimeMs) {
      await mkdir(dirname(join(root, place)), { recursive: true });
      await writeFile(join(root, place), text);
      if (mtimeMs !== undefined) {
        // Half a microsecond more, as seconds travel as a binary fraction.
        const seconds = (mtimeMs + 0.0005) / 1000;
        await utimes(join(root, place), seconds, seconds);
      }
    },
    remove: (place) => rm(join(root, place), { recursive: true }),
    async makeFolder(place) {
      await mkdir(join(root, place), { recursive: true });
    },
    makeExecutable: (place) => chmod(join(root, place), 0o755),
    mtimeMs: async (place) => Math.floor((await stat(join(root, place))).mtimeMs),
    isExecutable: async (place) => ((await stat(join(root, place))).mode & 0o100) !== 0,
    tree: () => treeOf(root),
    treeOf: (place) => treeOf(join(root, place)),
    sync: () => syncOnce(vault),
    reopen: (other = disk, options = {}) => vaultKind(other, OWNER).open(port, root, options),
  };
}

export async function syncOnce(vault: OpenCollection): Promise<PutOutReport> {
  await vault.takeIn();
  const report = await vault.putOut();
  if (report.again !== true) return report;
  await vault.takeIn();
  return vault.putOut();
}

/** What is in a folder, without `.satchel`. */
export async function treeOf(root: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const place = path.slice(root.length + 1);
    if (place === '.satchel' || place.startsWith('.satchel/')) continue;
    if (entry.isDirectory()) tree[`${place}/`] = '';
    else if (entry.isSymbolicLink()) tree[place] = `-> ${await readlink(path)}`;
    else tree[place] = entry.isFile() ? await readFile(path, 'utf8') : '(no file)';
  }
  return Object.fromEntries(Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A disk of which one or more calls are replaced. */
export function overriding(disk: Disk, overrides: (disk: Disk) => Partial<Disk>): Disk {
  return { ...disk, ...overrides(disk) };
}

/** A disk of which every call that waits calls `burn` before it acts: a test may throw there. */
export function fusedDisk(disk: Disk, burn: () => void): Disk {
  const fused =
    <A extends readonly unknown[], R>(act: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      burn();
      return act(...args);
    };
  return overriding(disk, () => ({
    list: fused(disk.list),
    stat: fused(disk.stat),
    readFile: fused(disk.readFile),
    writeNew: fused(disk.writeNew),
    makeFolder: fused(disk.makeFolder),
    makePrivate: fused(disk.makePrivate),
    rename: fused(disk.rename),
    replace: fused(disk.replace),
    link: fused(disk.link),
    readLink: fused(disk.readLink),
    makeLink: fused(disk.makeLink),
    flushFolder: fused(disk.flushFolder),
    remove: fused(disk.remove),
    removeFolder: fused(disk.removeFolder),
    setMtime: fused(disk.setMtime),
    setExecutable: fused(disk.setExecutable),
  }));
}

export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made by a test`), { code });
}
