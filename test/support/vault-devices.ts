/** Devices that carry one vault: the real engine, real folders, and a bucket in memory. */
import { lutimes, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Disk } from '../../src/kinds/files/disk.ts';
import { attachFolder } from '../../src/kinds/files/marker.ts';
import type { NameFolding } from '../../src/kinds/files/names.ts';
import { nodeDisk } from '../../src/kinds/files/node-disk.ts';
import { vaultKind } from '../../src/kinds/vault/vault.ts';
import { conflictsOf } from '../../src/replica/records.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { ObjectStore } from '../../src/store/store.ts';
import type { OpenCollection } from '../../src/sync/kind.ts';
import { LIMITS, type Limits } from '../../src/sync/limits.ts';
import { openPort } from '../../src/sync/port.ts';
import { type CollectionReport, syncRound } from '../../src/sync/round.ts';
import { openDevice, TEST_COLLECTION, TEST_REPOSITORY, type TestDevice } from './device.ts';

import { foldingDisk, newPath, spelledPath } from './folding-disk.ts';
import { createManualClock, createSeededRandom, type ManualClock } from './ports.ts';
import { treeOf } from './vault-bench.ts';

/** When the first file of a test was saved: long ago, so that all of them count as at rest. */
const FIRST_SAVE_S = Date.UTC(2024, 2, 9) / 1000;

export interface VaultDevice {
  readonly root: string;
  readonly device: TestDevice;
  /** The path of a place, in the spelling that the disk has for it. */
  at(place: string): string;
  /** One round; its report on the vault. */
  sync(): Promise<CollectionReport>;
  /** Takes in what changed in the folder, and sends nothing of it. */
  takeIn(): Promise<void>;
  /** The folder at work, as it was last opened. */
  opened(): OpenCollection;
  /** Opens the folder anew with these subfolders chosen; undefined for the whole. */
  choose(only: readonly string[] | undefined): Promise<void>;
  /** Writes a file as a person would; each has a modification time of its own. */
  put(place: string, text: string): Promise<void>;
  move(from: string, to: string): Promise<void>;
  remove(place: string): Promise<void>;
  link(place: string, target: string): Promise<void>;
  tree(): Promise<Record<string, string>>;
  /** Paths of the records in conflict. */
  conflicts(): readonly string[];
}

export interface VaultDevices {
  readonly clock: ManualClock;
  readonly a: VaultDevice;
  readonly b: VaultDevice;
  /** Rounds on both until nothing can change any more; the last reports of both. */
  settle(): Promise<{ readonly a: CollectionReport; readonly b: CollectionReport }>;
}

export interface VaultDevicesOptions {
  /** Lets a test come between the devices and their disks. */
  readonly wrapA?: (disk: Disk) => Disk;
  readonly wrapB?: (disk: Disk) => Disk;
  /** Which names the devices' disks take for the same; they tell all apart by default. */
  readonly folding?: Readonly<Partial<Record<'a' | 'b', NameFolding>>>;
  readonly seed?: number;
  readonly limits?: Limits;
  /** The bucket; a new one by default. */
  readonly store?: ObjectStore;
}

/** Two devices that carry one vault, empty so far. */
export async function openVaultDevices(
  t: TestContext,
  options: VaultDevicesOptions = {},
): Promise<VaultDevices> {
  const clock = createManualClock(Date.UTC(2030, 0, 1));
  const random = createSeededRandom(options.seed ?? 1);
  const store = options.store ?? createMemoryStore();
  const limits = options.limits ?? LIMITS;
  let saves = 0;
  const open = async (name: 'a' | 'b', wrap: VaultDevicesOptions['wrapA']) => {
    const root = await mkdtemp(join(tmpdir(), `satchel-${name}-`));
    t.after(() => rm(root, { recursive: true, force: true }));
    const folding = options.folding?.[name] ?? { case: false, form: false };
    const real =
      options.folding?.[name] === undefined ? nodeDisk() : foldingDisk(nodeDisk(), folding);
    const disk = wrap === undefined ? real : wrap(real);
    const at = (place: string) => spelledPath(join(root, place), folding);
    const atNew = (place: string) => newPath(join(root, place), folding);
    const owner = { repository: TEST_REPOSITORY, home: `/home-of-${name}` };
    await attachFolder(disk, root, { collection: TEST_COLLECTION, ...owner });
    const kind = vaultKind(disk, owner);
    const isFirst = name === 'a';
    const other = { kind, root };
    const device = await openDevice({ store, clock, random, name, isFirst, other, limits });
    t.after(() => device.close());
    t.after(() => rm(dirname(device.path), { recursive: true, force: true }));
    let opened = device.open;
    const touched = async (place: string) => {
      saves += 1;
      await lutimes(at(place), FIRST_SAVE_S + saves * 61, FIRST_SAVE_S + saves * 61);
    };
    const vaultDevice: VaultDevice = {
      root,
      device,
      at,
      async sync() {
        clock.advance(5_000);
        const { collections } = await syncRound(device.engine, opened, { list: true });
        const [report] = collections;
        if (report === undefined) throw new Error('the round told nothing of the vault');
        if (report.error !== undefined) throw report.error;
        return report;
      },
      async takeIn() {
        await opened.get(TEST_COLLECTION)?.takeIn();
      },
      opened() {
        const now = opened.get(TEST_COLLECTION);
        if (now === undefined) throw new Error('the vault is not open');
        return now;
      },
      async choose(only) {
        const port = openPort(device.engine, TEST_COLLECTION);
        opened = new Map([
          [TEST_COLLECTION, await kind.open(port, root, only === undefined ? {} : { only })],
        ]);
      },
      async put(place, text) {
        await mkdir(dirname(at(place)), { recursive: true });
        await writeFile(at(place), text);
        await touched(place);
      },
      async move(from, to) {
        await mkdir(dirname(at(to)), { recursive: true });
        await rename(at(from), atNew(to));
      },
      remove: (place) => rm(at(place), { recursive: true }),
      async link(place, target) {
        await mkdir(dirname(at(place)), { recursive: true });
        await symlink(target, at(place));
        await touched(place);
      },
      tree: () => treeOf(root),
      conflicts: () =>
        conflictsOf(device.engine.db, TEST_COLLECTION).map(({ fields }) => String(fields.path)),
    };
    return vaultDevice;
  };
  const [a, b] = [await open('a', options.wrapA), await open('b', options.wrapB)];
  return {
    clock,
    a,
    b,
    async settle() {
      for (let turn = 0; turn < 3; turn += 1) {
        await a.sync();
        await b.sync();
      }
      return { a: await a.sync(), b: await b.sync() };
    },
  };
}
