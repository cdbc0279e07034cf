/**
 * Measures two daemons of this machine on one S3 server, as people have them: how long an edit takes
 * from disk to disk, alone and in turns, and to the page; and what a daemon uses that has nothing to
 * do.
 *
 *   node benchmarks/daemon.ts [--edits 30] [--idle-minutes 11] [--seed 1]
 *
 * Only prints. After ten idle minutes a daemon asks the bucket every five; with fewer, more often.
 */
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { buildBundle } from '../scripts/build.ts';
import { buildWeb } from '../scripts/build-web.ts';
import { NO_BROWSER, openBrowser } from '../test/support/browser.ts';
import { type Daemon, startDaemon } from './harness/daemon.ts';
import { writeNotes } from './harness/data.ts';
import { run } from './harness/measure.ts';
import { createSeeded, type Seeded } from './harness/random.ts';
import { BUCKET, startServer } from './harness/server.ts';
import { summarize } from './harness/statistics.ts';
import { findPrograms } from './peers/list.ts';
import type { Place } from './peers/peer.ts';
import { satchel, satchelCommand } from './peers/satchel.ts';
import { describeMachine } from './report/machine.ts';
import { sizeWords, timeWords } from './report/words.ts';

const COUNT = 1000;
const NOTE_BYTES = 4096;
/** A person pauses between two saves; never in step with a poll. */
const PAUSE_MS = { least: 1500, most: 5500 };
const LOOK_EVERY_MS = 5;
const PATIENCE_MS = 60_000;
/** So short that most windows have no poll in them. */
const WINDOW_MS = 10_000;
const WINDOWS = 18;
const INTERRUPTED_EXIT_CODE = 130;

interface Wishes {
  readonly edits: number;
  readonly idleMinutes: number;
  readonly seed: number;
}

interface Device {
  readonly name: string;
  readonly folder: string;
  readonly daemon: Daemon;
}

function readWishes(): Wishes {
  const { values } = parseArgs({
    options: {
      edits: { type: 'string', default: '30' },
      'idle-minutes': { type: 'string', default: '11' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [edits, idleMinutes, seed] = [values.edits, values['idle-minutes'], values.seed].map(
    Number,
  );
  if (edits === undefined || !Number.isInteger(edits) || edits < 1) {
    throw new Error('--edits takes a whole number from 1');
  }
  if (idleMinutes === undefined || !(idleMinutes >= 0)) {
    throw new Error('--idle-minutes takes a number from 0');
  }
  if (seed === undefined || !Number.isInteger(seed)) throw new Error('--seed takes a whole number');
  return { edits, idleMinutes, seed };
}

/** Both carry the same notes, encrypted, and know each other. */
async function startDevices(place: Place, scratch: string, seed: number): Promise<Device[]> {
  const [here, there] = [join(scratch, 'a'), join(scratch, 'b')];
  await writeNotes(here, { count: COUNT, sizeBytes: NOTE_BYTES, perFolder: 100 }, seed);
  const repository = await satchel({ isEncrypted: true }).create(place, here);
  await run(repository.push);
  const second = await repository.secondDevice?.(there);
  if (second === undefined) throw new Error('there is no second device');
  await run(second.pull);
  const devices: Device[] = [];
  for (const [name, folder] of [
    ['a', here],
    ['b', there],
  ] as const) {
    const daemon = await startDaemon(satchelCommand(place, name, ['up', '--port', '0', '--json']));
    devices.push({ name, folder, daemon });
  }
  return devices;
}

/** Saves as editors do, beside and over; returns how long the other side took, milliseconds. */
async function edit(from: Device, to: Device, name: string, text: string): Promise<number> {
  const startMs = performance.now();
  await writeFile(join(from.folder, '.saving'), text);
  await rename(join(from.folder, '.saving'), join(from.folder, name));
  const arrived = join(to.folder, name);
  while ((await readFile(arrived, 'utf8').catch(() => '')) !== text) {
    if (performance.now() - startMs > PATIENCE_MS) throw new Error(`${name} never arrived`);
    await sleep(LOOK_EVERY_MS);
  }
  return performance.now() - startMs;
}

async function measureEdits(devices: readonly Device[], wishes: Wishes): Promise<void> {
  const [a, b] = devices;
  if (a === undefined || b === undefined) throw new Error('there are no two devices');
  const seeded = createSeeded(wishes.seed, 'daemon');
  // The first finds the daemons still starting.
  await edit(a, b, 'Edited.md', '# At first\n');
  await edit(b, a, 'Edited.md', '# And back\n');
  const oneWay: number[] = [];
  for (let number = 1; number <= wishes.edits; number += 1) {
    await pause(seeded);
    oneWay.push(await edit(a, b, 'Edited.md', `# Edit ${number}\n`));
  }
  tell('an edit, from disk to disk', oneWay);
  const inTurns: number[] = [];
  for (let number = 1; number <= wishes.edits; number += 1) {
    await pause(seeded);
    const [from, to] = number % 2 === 1 ? [a, b] : [b, a];
    inTurns.push(await edit(from, to, 'Edited.md', `# Turn ${number}\n`));
  }
  tell('the same, the two taking turns', inTurns);
  await measurePage(a, wishes, seeded);
}

/** Until the name of a new note stands on the overview, which is open in a browser. */
async function measurePage({ daemon, folder }: Device, wishes: Wishes, seeded: Seeded) {
  if (NO_BROWSER !== false) {
    console.log(`an edit, from disk to the page: ${NO_BROWSER}`);
    return;
  }
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(daemon.link);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    const delays: number[] = [];
    for (let number = 1; number <= wishes.edits; number += 1) {
      await pause(seeded);
      const startMs = performance.now();
      const name = `Seen ${number} on the page.md`;
      await writeFile(join(folder, name), `# ${name}\n`);
      // What happened tells of what has left: a second of quiet is part of it (rule S11).
      await page.getByText(name).first().waitFor({ timeout: PATIENCE_MS });
      delays.push(performance.now() - startMs);
    }
    tell('an edit, from disk to what the page says has left', delays);
  } finally {
    await browser.close();
  }
}

async function measureIdle(devices: readonly Device[], wishes: Wishes): Promise<void> {
  console.log(`waiting ${wishes.idleMinutes} minutes …`);
  await sleep(wishes.idleMinutes * 60_000);
  const cpuMs: number[] = [];
  const rssBytes: number[] = [];
  for (let window = 0; window < WINDOWS; window += 1) {
    const before = await Promise.all(devices.map(({ daemon }) => daemon.used()));
    await sleep(WINDOW_MS);
    for (const [index, { daemon }] of devices.entries()) {
      const used = await daemon.used();
      cpuMs.push(used.cpuMs - (before[index]?.cpuMs ?? 0));
      rssBytes.push(used.rssBytes);
    }
  }
  const memory = summarize(rssBytes);
  console.log(
    `memory of an idle daemon: median ${sizeWords(memory.median)}, most ${sizeWords(memory.max)}`,
  );
  tell(`processor time of an idle daemon in ${WINDOW_MS / 1000} s`, cpuMs);
}

async function pause(seeded: Seeded): Promise<void> {
  await sleep(PAUSE_MS.least + seeded.below(PAUSE_MS.most - PAUSE_MS.least));
}

function tell(what: string, valuesMs: readonly number[]): void {
  const { median, max, count } = summarize(valuesMs);
  console.log(`${what}: median ${timeWords(median)}, worst ${timeWords(max)} of ${count}`);
}

async function main(): Promise<void> {
  const wishes = readWishes();
  console.log(`${describeMachine()}; seed ${wishes.seed}; ${COUNT} notes`);
  await Promise.all([buildBundle(), buildWeb()]);
  const scratch = await mkdtemp(join(tmpdir(), 'satchel-bench-'));
  const server = await startServer((await findPrograms()).get('versitygw'));
  const place: Place = {
    endpoint: server.endpoint,
    bucket: BUCKET,
    prefix: 'daemon',
    state: join(scratch, 'state'),
  };
  await mkdir(place.state);
  let devices: readonly Device[] = [];
  const tidyUp = async (): Promise<void> => {
    for (const { daemon } of devices) await daemon.end();
    await server.stop();
    await rm(scratch, { recursive: true, force: true });
  };
  // Neither processes nor a folder in memory stay behind.
  const interrupted = (): void => void tidyUp().finally(() => process.exit(INTERRUPTED_EXIT_CODE));
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  try {
    devices = await startDevices(place, scratch, wishes.seed);
    await measureEdits(devices, wishes);
    await measureIdle(devices, wishes);
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await tidyUp();
  }
}

await main();
