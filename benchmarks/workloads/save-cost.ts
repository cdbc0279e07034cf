/**
 * What one save costs beside many others: the engine itself on a real replica and the real server,
 * with a kind that has no folder, so that looking through one is not part of it.
 */
import { join } from 'node:path';
import { systemClock, systemRandom } from '../../src/app/ports.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { contentHash } from '../../src/base/hash.ts';
import { type MeteredStore, withMeter } from '../../src/store/meter.ts';
import { openS3Store } from '../../src/store/s3.ts';
import { parseBucketUrl } from '../../src/store/url.ts';
import type { CollectionPort, Edit, Kind } from '../../src/sync/kind.ts';
import { openDevice, type TestDevice } from '../../test/support/device.ts';
import type { Bench, Workload } from '../harness/bench.ts';
import { createSeeded } from '../harness/random.ts';
import { ACCESS_KEY, BUCKET, REGION, SECRET_KEY } from '../harness/server.ts';
import { createWriter, type Writer } from '../harness/text.ts';

const RECORDS = [1000, 10_000, 100_000, 1_000_000] as const;
const QUICK_RECORDS = [1000, 10_000] as const;
const NOTE_BYTES = 200;
/** Records taken in and published at once while the replica is filled. */
const BATCH = 20_000;
const SAVES = 60;
/** The first saves find caches cold and are left out. */
const WARM_UP = 5;

export const saveCost: Workload = {
  id: 'save-cost',
  title: 'One save beside 1,000 to 1,000,000 other records',
  async run(bench) {
    const sizes = bench.isQuick ? QUICK_RECORDS : RECORDS;
    const writer = createWriter(createSeeded(bench.seed, 'save-cost'));
    const worlds: World[] = [];
    try {
      for (const count of sizes) worlds.push(await fill(bench, count, writer));
      // In turn, so that whatever else the machine does hits all sizes alike.
      const costs = worlds.map((): Cost[] => []);
      for (let save = 0; save < SAVES; save += 1) {
        for (const [index, world] of worlds.entries()) {
          const cost = await saveOne(world, writer, save);
          if (save >= WARM_UP) costs[index]?.push(cost);
        }
      }
      for (const [index, { count }] of worlds.entries()) note(bench, count, costs[index] ?? []);
    } finally {
      for (const { device, store, prefix } of worlds) {
        device.close();
        store.close();
        await bench.server.empty(prefix);
      }
    }
  },
};

/** A device with so many records, all of them published. */
interface World {
  readonly count: number;
  readonly prefix: string;
  readonly device: TestDevice;
  readonly store: MeteredStore;
  readonly port: CollectionPort;
  /** What the next `takeIn` hands over. */
  readonly waiting: Edit[];
}

interface Cost {
  /** The transaction that makes a save safe. */
  readonly localMs: number;
  /** The round that sends it. */
  readonly publishMs: number;
  readonly requests: number;
  readonly upBytes: number;
}

async function fill(bench: Bench, count: number, writer: Writer): Promise<World> {
  const startMs = performance.now();
  const prefix = `save-cost-${count}`;
  const world = await openWorld(bench, count, prefix);
  for (let first = 0; first < count; first += BATCH) {
    const last = Math.min(count, first + BATCH);
    for (let index = first; index < last; index += 1) {
      world.waiting.push(edit(world, index, writer.note(NOTE_BYTES)));
    }
    await world.device.sync({ list: false, publishOnly: true });
  }
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  bench.tell(`save-cost: ${count} records are in the replica and the bucket after ${seconds} s`);
  return world;
}

async function openWorld(bench: Bench, count: number, prefix: string): Promise<World> {
  const url = `s3://${BUCKET}/${prefix}?endpoint=${bench.server.endpoint}&region=${REGION}`;
  const settings = parseBucketUrl(url);
  if (settings.kind !== 's3') throw new Error(`${url} is no S3 bucket`);
  const accessKeys = { accessKeyId: ACCESS_KEY, secretAccessKey: SECRET_KEY };
  const store = withMeter(await openS3Store(settings, { accessKeys }));
  const waiting: Edit[] = [];
  let opened: CollectionPort | undefined;
  const kind = folderless(waiting, (port) => {
    opened = port;
  });
  const device = await openDevice({
    store,
    clock: systemClock,
    random: systemRandom,
    name: `device-${count}`,
    other: { kind, root: join(bench.scratch, prefix) },
    isFirst: true,
  });
  await device.sync();
  if (opened === undefined) throw new Error('the collection was not opened');
  return { count, prefix, device, store, port: opened, waiting };
}

/** A kind whose edits are given to it. */
function folderless(waiting: Edit[], onOpen: (port: CollectionPort) => void): Kind {
  return {
    name: 'vault',
    policy: 'hold',
    contentFields: [],
    nameField: 'path',
    claimOf: (fields) => String(fields.path),
    titleOf: (fields) => String(fields.path),
    isAttachment: () => false,
    fieldsOfCopy: (fields) => fields,
    open(port) {
      onOpen(port);
      return Promise.resolve({
        takeIn: () => Promise.resolve({ edits: port.save(waiting.splice(0)), skipped: [] }),
        putOut: () => Promise.resolve({ applied: { versions: 0, bytes: 0 }, failed: [] }),
        readLocal: () => Promise.resolve(undefined),
        watch: () => Promise.resolve({ watched: 1, limited: undefined }),
        close: () => Promise.resolve(),
      });
    },
  };
}

function edit({ port }: World, index: number, text: string): Edit {
  const path = `Note ${String(index).padStart(7, '0')}.md`;
  const bytes = utf8(text);
  const hash = contentHash(bytes);
  const record = port.recordFor({ path });
  const known = port.shownAt(path);
  return {
    record: known?.record ?? record,
    sawVersions: known?.versions ?? [],
    change: {
      kind: 'write',
      fields: { path },
      changed: [],
      content: { kind: 'bytes', bytes, hash },
      shown: { place: path, mark: hash, hash },
    },
  };
}

async function saveOne(world: World, writer: Writer, save: number): Promise<Cost> {
  const { count, device, store, port } = world;
  // Another record each time, from all over the collection.
  const index = Math.floor((save * 0.618034 * count) % count);
  const next = edit(world, index, writer.note(NOTE_BYTES));
  const startMs = performance.now();
  port.save([next]);
  const savedMs = performance.now();
  const before = store.snapshot();
  await device.sync({ list: false, publishOnly: true });
  const publishedMs = performance.now();
  const { get, put, list, delete: deletes, bytesUp } = store.since(before);
  return {
    localMs: savedMs - startMs,
    publishMs: publishedMs - savedMs,
    requests: get + put + list + deletes,
    upBytes: bytesUp,
  };
}

function note({ findings, tell }: Bench, count: number, costs: readonly Cost[]): void {
  const at = { workload: 'save-cost', step: `${count} records`, peer: 'satchel' };
  const rows = [
    { name: 'local write', unit: 'ms', values: costs.map(({ localMs }) => localMs) },
    { name: 'publish round', unit: 'ms', values: costs.map(({ publishMs }) => publishMs) },
    { name: 'requests', unit: '', values: costs.map(({ requests }) => requests) },
    { name: 'sent', unit: 'B', values: costs.map(({ upBytes }) => upBytes) },
  ];
  for (const row of rows) findings.figures.push({ ...at, ...row });
  tell(`save-cost: ${count} records are measured`);
}
